//! Numbers one below the other over a line, with what they come to under it, as they are added by hand:
//! `\begin{array}{r} 12 \\ +\ 35 \\ \hline 47 \end{array}`.
//!
//! Rows with an operator over a line say that something is calculated. What of it is not read is an error and never passed
//! over: a wrong sum would hide there.

use super::expr::Relation;
use super::place;
use super::statement::{Link, Statement};
use super::token::{Bracket, Token, TokenKind, closings};
use crate::source::Span;

/// Without the bracket that some countries write behind the sign, `+)\ 35`: it closes nothing.
pub(super) fn without_brackets(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    use TokenKind as T;
    let closes_nothing = |at: usize| {
        at > 1
            && tokens[at].kind == T::Close(Bracket::Round)
            && tokens[at - 1].kind.is_operator()
            && matches!(tokens[at - 2].kind, T::Newline | T::Ampersand | T::Begin(_))
    };
    let dropped: Vec<usize> = (0..tokens.len()).filter(|at| closes_nothing(*at)).collect();
    for at in dropped.into_iter().rev() {
        tokens.remove(at);
    }
    tokens
}

/// Makes equations of the arrays that are such a calculation.
pub(super) fn calculated<'t>(
    text: &str,
    base: Span,
    mut statements: Vec<Statement<'t>>,
) -> Vec<Statement<'t>> {
    for statement in &mut statements {
        if statement.is_lone()
            && let Some(column) = Column::of(text, &statement.members[0])
        {
            let line = column.line;
            statement.members = column.sides();
            statement.links =
                vec![Link { relation: Relation::Equal, span: place(base, line.start, line.end) }];
        }
    }
    statements
}

/// An array in which something is calculated.
struct Column<'t> {
    rows: Vec<Row<'t>>,
    /// The row under the last line.
    result: usize,
    /// The token before that row, for where the line is drawn.
    line: Token<'t>,
    /// Whether nothing stands beside the array.
    is_whole: bool,
}

impl<'t> Column<'t> {
    /// The calculation in a member. What relates its rows is no calculation but a system.
    fn of(text: &str, member: &[Token<'t>]) -> Option<Self> {
        use TokenKind as T;
        let begin =
            member.iter().position(|token| matches!(token.kind, T::Begin("array" | "tabular" | "matrix")))?;
        let end = closings(member)[begin]?;
        let inner = &member[begin + 1..end];
        if inner.iter().any(|token| matches!(token.kind, T::Relation(_))) {
            return None;
        }
        let rows = rows(text, member[begin].end, inner);
        let result = rows.iter().rposition(|row| row.is_under_line).filter(|at| *at > 0)?;
        if !rows[1..result].iter().any(Row::computes) {
            return None;
        }
        let start = rows[result].tokens[0].start;
        let line = *inner.iter().rfind(|token| token.end <= start)?;
        Some(Self { rows, result, line, is_whole: begin == 0 && end + 1 == member.len() })
    }

    /// What stands over the line and what stands under it; a sign that nothing is known of for what is not read.
    fn sides(self) -> Vec<Vec<Token<'t>>> {
        let unread = || vec![Token { kind: TokenKind::Unknown("\\hline"), ..self.line }];
        let below = &self.rows[self.result].tokens;
        let number = || below.iter().rfind(|token| matches!(token.kind, TokenKind::Number(_)));
        match self.above() {
            Some(above) if is_amount(unsigned(below)) => vec![above, below.clone()],
            _ => vec![unread(), number().map_or_else(unread, |number| vec![*number])],
        }
    }

    /// The calculation above the line, if it is a sum, or one operation.
    fn above(&self) -> Option<Vec<Token<'t>>> {
        use TokenKind as T;
        let (first, others) = self.rows[..self.result].split_first()?;
        let is_one_calculation = self.is_whole
            && self.result + 1 == self.rows.len()
            && !others.iter().any(|row| row.is_under_line)
            && !self.rows.iter().any(|row| row.is_shifted);
        if !is_one_calculation || !is_amount(unsigned(&first.tokens)) {
            return None;
        }
        let sign = |row: &Row<'t>| row.tokens.first().filter(|token| token.kind.is_operator()).copied();
        let only = |kinds: &[T<'_>]| {
            others.iter().all(|row| sign(row).is_none_or(|sign| kinds.contains(&sign.kind)))
        };
        let all_signed = others.iter().all(|row| sign(row).is_some());
        // In a long sum the sign stands in the last row alone.
        let is_sum = only(&[T::Plus]) && others.last().and_then(sign).is_some();
        if !(is_sum || all_signed && (others.len() == 1 || only(&[T::Plus, T::Minus]))) {
            return None;
        }
        let mut terms = first.tokens.clone();
        for row in others {
            let number = *row.tokens.first()?;
            let plus = Token { kind: T::Plus, end: number.start, ..number };
            let amount = if sign(row).is_some() { &row.tokens[1..] } else { &row.tokens };
            terms.push(sign(row).unwrap_or(plus));
            terms.extend(is_amount(amount).then_some(amount)?);
        }
        Some(terms)
    }
}

/// A row in which something stands.
struct Row<'t> {
    /// Its tokens without the marks of columns.
    tokens: Vec<Token<'t>>,
    /// A line is drawn between it and the row before it.
    is_under_line: bool,
    /// Its first column holds a sign alone, or everything.
    is_signed: bool,
    /// Its number stands farther left than it is typed.
    is_shifted: bool,
}

impl Row<'_> {
    /// Whether it begins with an operator, or one stands behind its number. In a table or a matrix a minus belongs to its
    /// number.
    fn computes(&self) -> bool {
        let first = self.tokens[0].kind;
        let is_sign_of_number = first == TokenKind::Minus && (self.is_under_line || !self.is_signed);
        let is_behind = match &self.tokens[..] {
            [amount @ .., last] => last.kind.is_operator() && is_amount(amount),
            [] => false,
        };
        first.is_operator() && !is_sign_of_number || is_behind
    }
}

/// The rows of an array whose content begins at `start`. Lines leave no token: they are looked for in the text between.
fn rows<'t>(text: &str, start: u32, inner: &[Token<'t>]) -> Vec<Row<'t>> {
    use TokenKind as T;
    let draws = |from: u32, to: u32, lines: &[&str]| {
        let typed = text.get(from as usize..to as usize).unwrap_or_default();
        lines.iter().any(|line| typed.contains(line))
    };
    let mut rows: Vec<Row<'t>> = Vec::new();
    let (mut before, mut is_drawn) = (start, false);
    for row in inner.split(|token| token.kind == T::Newline) {
        let cells = cells(row);
        let tokens = cells.concat();
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { continue };
        let is_line = matches!(&tokens[..], [Token { kind: T::Text(text), .. }] if is_ruled(text));
        is_drawn |= is_line
            || draws(before, first.start, &["\\hline", "\\cline", "\\midrule"])
            || draws(before, last.end, &["\\overline"]);
        let is_underlined = draws(before, last.end, &["\\underline"]);
        before = last.end;
        if !is_line {
            let is_signed = cells.len() == 1 || cells[0].len() == 1;
            let is_shifted = is_shifted(text, last);
            rows.push(Row { tokens, is_under_line: is_drawn, is_signed, is_shifted });
            is_drawn = is_underlined;
        }
    }
    rows
}

/// What stands in each column of a row, its last point left out.
fn cells<'t>(row: &[Token<'t>]) -> Vec<Vec<Token<'t>>> {
    use TokenKind as T;
    let row = match row {
        [row @ .., Token { kind: T::Period | T::Comma, .. }] => row,
        _ => row,
    };
    row.split(|token| token.kind == T::Ampersand)
        .map(|cell| cell.iter().filter(|token| token.kind != T::Wide).copied().collect())
        .filter(|cell: &Vec<_>| !cell.is_empty())
        .collect()
}

/// Whether the last number of a row is a whole one that stands before an unseen digit, `36\phantom{0}`.
fn is_shifted(text: &str, last: &Token<'_>) -> bool {
    let TokenKind::Number(digits) = last.kind else { return false };
    let rest = text.get(last.end as usize..).unwrap_or_default();
    let end = ["\\\\", "\\end"].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    !digits.contains('.') && rest[..end].contains("phantom")
}

/// Whether a text is a line: `\text{-----}`.
fn is_ruled(text: &str) -> bool {
    text.trim().len() > 1 && text.trim().chars().all(|c| matches!(c, '-' | '_' | '–' | '—' | '='))
}

/// The tokens behind a sign.
fn unsigned<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    match tokens {
        [Token { kind: TokenKind::Plus | TokenKind::Minus, .. }, rest @ ..] => rest,
        _ => tokens,
    }
}

/// Whether this is a number, with its unit or in brackets with its sign. Digits in a column each are several numbers.
fn is_amount(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let kinds: Vec<_> = tokens.iter().map(|token| token.kind).collect();
    match &kinds[..] {
        [T::Open(Bracket::Round), .., T::Close(Bracket::Round)]
        | [T::Open(Bracket::Brace), .., T::Close(Bracket::Brace)] => {
            is_amount(unsigned(&tokens[1..tokens.len() - 1]))
        }
        [T::Number(_)] | [T::Currency(_), T::Number(_)] => true,
        [T::Number(_), T::Text(_) | T::Percent | T::Degree | T::Currency(_)]
        | [T::Number(_), T::Text(_), T::Caret, T::Number(_)] => true,
        _ => false,
    }
}
