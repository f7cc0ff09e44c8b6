//! Large operators with ranges, and gradients. They bind names in what follows.

use super::ranges::Part;
use super::{Parser, Result};
use crate::syntax::NameKind;
use crate::syntax::expr::{Expr, Fold, Kind, Over, Range};
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    pub(super) fn fold(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.fold_over(if command == "sum" { Fold::Sum } else { Fold::Product }, start)
    }

    /// `\max_{0 \le x \le 1}`: over the whole numbers, or over all of them?
    fn check_whole(&self, ranges: &[Range], start: u32) -> Result<()> {
        const WHOLE: [&str; 12] = ["i", "j", "k", "l", "m", "n", "r", "s", "N", "M", "K", "L"];
        let is_open = |range: &&Range| {
            let is_interval = matches!(range.over, Over::Interval(..)) && !range.conditions.is_empty();
            is_interval && !WHOLE.contains(&range.variable.base())
        };
        let Some(range) = ranges.iter().find(is_open) else { return Ok(()) };
        let name = &range.variable;
        let message = format!("`{name}` can run over all numbers here, or over the whole ones");
        let help =
            format!("write `_{{{name} = 0}}^{{1}}` for whole numbers; over all numbers nothing is computed");
        Err(self.error_at(self.since(start), message).ambiguous().help(help))
    }

    /// The scripts and the body of a sum and its kin; the operator has been read.
    pub(super) fn fold_over(&mut self, fold: Fold, start: u32) -> Result<Expr> {
        let (mut lower, mut upper) = (None, None);
        loop {
            match self.peek().kind {
                TokenKind::Underscore if lower.is_none() => {
                    self.advance();
                    lower = Some(self.index_part()?);
                }
                TokenKind::Caret if upper.is_none() => {
                    self.advance();
                    upper = Some(self.upper_limits()?);
                }
                _ => break,
            }
        }
        let index = (lower.is_none() && upper.is_none()).then(|| self.index_ahead()).flatten();
        let Some(lower) = lower.or_else(|| index.map(|name| vec![Part::Bare(name)])) else {
            return Err(self
                .error_at(self.since(start), "nothing says what this runs over")
                .help("write `\\sum_{i=1}^{n}`"));
        };
        let ranges = self.ranges(lower, upper.unwrap_or_default())?;
        if matches!(fold, Fold::Max | Fold::Min) {
            self.check_whole(&ranges, start)?;
        }
        let before = self.bound.len();
        self.bound.extend(ranges.iter().map(|range| range.variable.clone()));
        let body = self.nested(|parser| parser.term());
        self.bound.truncate(before);
        let body = body?;
        self.check_fold_body(fold, &ranges, &body)?;
        Ok(Expr::new(Kind::Fold { fold, ranges, body: Box::new(body) }, self.since(start)))
    }

    /// The index of `\sum x_i y_i`: the only letter below what follows up to the next sign of a sum that has no value and
    /// counts by custom, where it stands below a list.
    fn index_ahead(&self) -> Option<Name> {
        use TokenKind as T;
        let ends =
            |kind: TokenKind<'_>| matches!(kind, T::Plus | T::Minus | T::Relation(_) | T::Wide | T::Implies);
        let mut depth = 0usize;
        let mut found: Option<Name> = None;
        for at in 0.. {
            match self.look(at).kind {
                T::Eof => break,
                T::Open(_) | T::Begin(_) => depth += 1,
                T::Close(_) | T::End(_) if depth == 0 => break,
                T::Close(_) | T::End(_) => depth -= 1,
                kind if depth == 0 && ends(kind) => break,
                T::Underscore => {
                    let index = self.letter_at(at + 1).filter(|index| self.counts(index))?;
                    let is_list = at > 0
                        && matches!(self.look(at - 1).kind, T::Word(word)
                            if word.chars().last().is_some_and(|letter| self.kind(letter.encode_utf8(&mut [0; 4])) == Some(NameKind::List)));
                    match &found {
                        Some(found) if *found != index => return None,
                        None if is_list => found = Some(index),
                        _ => {}
                    }
                }
                T::Command("sum" | "prod" | "int" | "max" | "min" | "lim") => return None,
                _ => {}
            }
        }
        found
    }

    /// The letter that a script consists of, with or without braces.
    fn letter_at(&self, at: usize) -> Option<Name> {
        let letter = |at: usize| match self.look(at).kind {
            TokenKind::Word(word) if word.len() == 1 => Some(Name::new(word)),
            _ => None,
        };
        match self.look(at).kind {
            TokenKind::Open(Bracket::Brace) if self.look(at + 2).kind == TokenKind::Close(Bracket::Brace) => {
                letter(at + 1)
            }
            // Without braces TeX lowers one letter.
            TokenKind::Word(word) => Some(Name::new(&word[..1])),
            _ => None,
        }
    }

    /// Whether a letter counts by custom, and nothing gives it a value.
    fn counts(&self, index: &Name) -> bool {
        matches!(index.as_str(), "i" | "j" | "k" | "l" | "m" | "n" | "t")
            && self.kind(index.as_str()).is_none()
            && !self.bound.contains(index)
    }

    /// Whether nothing stands here that could belong to a product.
    pub(super) fn at_end_of_term(&self) -> bool {
        matches!(
            self.peek().kind,
            TokenKind::Eof
                | TokenKind::Plus
                | TokenKind::Minus
                | TokenKind::Relation(_)
                | TokenKind::Close(_)
                | TokenKind::End(_)
                | TokenKind::Comma
                | TokenKind::Semicolon
                | TokenKind::Wide
                | TokenKind::Newline
                | TokenKind::Ampersand
                | TokenKind::Period
                | TokenKind::Implies
                | TokenKind::Dots
        ) || self.at_differential()
    }

    /// `\mathbf{v}`, with or without braces around it: a name whose spelling is not its text.
    fn accented_variable(&mut self) -> Option<Name> {
        let before = self.at;
        let braced = self.eat(TokenKind::Open(Bracket::Brace));
        let is_command = matches!(self.peek().kind, TokenKind::Command(_));
        let name = is_command.then(|| self.base_name().ok()).flatten();
        let name = name.filter(|_| !braced || self.eat(TokenKind::Close(Bracket::Brace)));
        if name.is_none() {
            self.at = before;
        }
        name.map(|name| Name::new(&name))
    }

    /// `\nabla f`, `\nabla_x f`.
    pub(super) fn gradient(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let mut variables = Vec::new();
        if self.eat(TokenKind::Underscore) {
            let place = self.peek().start;
            let names = match self.accented_variable() {
                Some(name) => vec![name],
                None => {
                    let text = self.script_text()?;
                    text.trim_matches(['[', ']', '(', ')']).split(',').map(Name::new).collect()
                }
            };
            let span = self.since(place);
            variables = names.into_iter().map(|name| (name, span)).collect();
        }
        let body = self.nested(|parser| parser.power())?;
        // Of a function alone it is by its parameters.
        if let (true, Kind::Name(function)) = (variables.is_empty(), &body.kind) {
            let parameters = self.lexicon.parameters(function.as_str()).unwrap_or_default();
            variables = parameters.iter().map(|name| (name.clone(), body.span)).collect();
        }
        Ok(Expr::new(Kind::Gradient { body: Box::new(body), variables }, self.since(start)))
    }
}
