//! What a congruence goes by, after a chain and in a condition.

use super::{Parser, Result, binary};
use crate::syntax::SyntaxError;
use crate::syntax::expr::{Binary, Condition, Expr, Kind, Relation};
use crate::syntax::number::Literal;
use crate::syntax::token::TokenKind;

impl Parser<'_, '_> {
    /// The sign of a modulus and the modulus. What `\pmod` takes ends it, but for texts.
    pub(in crate::syntax) fn modulus(mut self) -> Result<Expr> {
        let (sign, base) = (self.peek().kind, self.base);
        self.advance();
        if !matches!(sign, TokenKind::Command("pmod")) {
            let modulus = self.whole()?;
            return match modulus.kind {
                Kind::Binary(Binary::Add | Binary::Subtract, ..) => {
                    let message = "what is added after a modulus belongs to it to some, and to the number before it to others";
                    let error = SyntaxError::new(
                        (modulus.span.start - base.start) as usize,
                        (modulus.span.end - base.start) as usize,
                        message,
                    );
                    Err(error.ambiguous().help("write `\\pmod{n + b}`, or `a + b \\equiv c \\pmod{n}`"))
                }
                _ => Ok(modulus),
            };
        }
        let modulus = self.bracketed_modulus()?;
        while matches!(self.peek().kind, TokenKind::Text(_)) {
            self.advance();
        }
        match self.peek().kind {
            TokenKind::Eof => Ok(modulus),
            _ => Err(self
                .error_here("a modulus ends the congruence, and something follows it")
                .help("write it before the modulus, or into its brackets")),
        }
    }

    /// What `\pmod` takes. A number is taken whole: nobody means `\pmod 12` as TeX has it.
    fn bracketed_modulus(&mut self) -> Result<Expr> {
        match self.peek().kind {
            TokenKind::Number(_) => self.nested(|parser| parser.atom()),
            _ => self.script(),
        }
    }

    /// `a \equiv b \pmod n` as a condition: the remainder of the difference is 0. Without a modulus it is `a = b`.
    pub(super) fn congruence(&mut self, condition: &mut Condition, relation: Relation) -> Result<()> {
        let rhs = self.expression()?;
        let (rhs, modulus) = match (self.peek().kind, rhs.kind) {
            (TokenKind::Command("pmod"), kind) => {
                self.advance();
                (Expr { kind, span: rhs.span }, Some(self.bracketed_modulus()?))
            }
            (_, Kind::Binary(Binary::Modulo, rhs, modulus)) => (*rhs, Some(*modulus)),
            (_, kind) => (Expr { kind, span: rhs.span }, None),
        };
        let alone = condition.relations.is_empty() && !matches!(self.peek().kind, TokenKind::Relation(_));
        if modulus.is_some() && !alone {
            let message = "a congruence in a longer chain of conditions is not supported";
            return Err(self
                .error_at(rhs.span, message)
                .unsupported()
                .help("write it as a condition of its own"));
        }
        let equal = if relation == Relation::Congruent { Relation::Equal } else { Relation::NotEqual };
        condition.relations.push(equal);
        let Some(modulus) = modulus else {
            condition.members.push(rhs);
            return Ok(());
        };
        let zero = Expr::new(Kind::Number(Literal::zero()), rhs.span);
        let lhs = condition.members.pop().expect("a relation follows a member");
        let remainder = binary(Binary::Modulo, binary(Binary::Subtract, lhs, rhs), modulus);
        condition.members.extend([remainder, zero]);
        Ok(())
    }
}
