//! What a page says of an average as a whole: `E[X] = 3.5` gives a name its value where nothing is known of `X`. However it
//! is set, `\mathbb{E}[X]` and `E(X)` are one name, and so are `\Pr[A]` and `P(A)`.

use super::{Parser, Result};
use crate::syntax::Head;
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::function::Builtin;
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    /// The member as such a name, if it is nothing else.
    pub(super) fn average_head(&mut self) -> Result<Option<Head>> {
        self.attempt(|parser| {
            let Some(builtin) = parser.average_symbol() else { return Ok(None) };
            let Some(bracket) = parser.bracket_of_average() else { return Ok(None) };
            let before = parser.at;
            let parameters = parser.names_until(bracket).ok().filter(|_| parser.at_end());
            parser.at = before;
            let Ok(spelled) = parser.spelled_arguments(bracket) else { return Ok(None) };
            // Of what is known the average is a constant, or a mistake.
            let is_unknown = |word: &str| parser.kind(word).is_none() && word.contains(char::is_alphabetic);
            if !parser.at_end() || !spelled.split(|c: char| !c.is_alphanumeric() && c != '_').any(is_unknown)
            {
                return Ok(None);
            }
            let function = Name::new(builtin.name());
            Ok(Some(Head::Call { whole: whole(builtin, &spelled), function, parameters }))
        })
    }

    /// At what an average is taken of: the whole, if the page has given it a value.
    pub(super) fn known_average(&mut self, builtin: Builtin, start: u32) -> Result<Option<Expr>> {
        self.attempt(|parser| {
            let Some(bracket) = parser.bracket_of_average() else { return Ok(None) };
            let Ok(spelled) = parser.spelled_arguments(bracket) else { return Ok(None) };
            let name = whole(builtin, &spelled);
            let known = parser.kind(name.as_str()).is_some();
            Ok(known.then(|| Expr::new(Kind::Name(name), parser.since(start))))
        })
    }

    fn bracket_of_average(&mut self) -> Option<Bracket> {
        match self.peek().kind {
            TokenKind::Open(bracket @ (Bracket::Round | Bracket::Square)) => {
                self.advance();
                Some(bracket)
            }
            _ => None,
        }
    }

    /// `E`, `\Pr`, `\text{Var}`, `\mathbb{E}`.
    fn average_symbol(&mut self) -> Option<Builtin> {
        let word = match self.peek().kind {
            TokenKind::Command(command @ ("mathbb" | "mathbf")) => return self.blackboard_average(command),
            TokenKind::Command("Pr") => "Pr",
            TokenKind::Word(word) | TokenKind::Text(word) => word.trim(),
            _ => return None,
        };
        let builtin = self.builtin(word).filter(|builtin| builtin.is_average())?;
        self.advance();
        Some(builtin)
    }
}

fn whole(builtin: Builtin, spelled: &str) -> Name {
    Name::new(&format!("{}({spelled})", builtin.name()))
}
