//! Numbers one below the other over a line, with what they come to under it, as they are added by hand:
//! `\begin{array}{r} 12 \\ +\ 35 \\ \hline 47 \end{array}`.

use super::expr::Relation;
use super::place;
use super::statement::{Link, Statement};
use super::token::{Token, TokenKind};
use crate::source::Span;

/// Makes equations of the arrays that are such a calculation.
pub(super) fn calculated<'t>(
    text: &str,
    base: Span,
    mut statements: Vec<Statement<'t>>,
) -> Vec<Statement<'t>> {
    for statement in &mut statements {
        if let ([member], true) = (&statement.members[..], statement.links.is_empty())
            && let Some(column) = Column::of(text, member)
        {
            let line = column.line;
            statement.members = vec![column.above(), column.below];
            statement.links =
                vec![Link { relation: Relation::Equal, span: place(base, line.start, line.end) }];
        }
    }
    statements
}

/// The rows of such an array.
struct Column<'t> {
    rows: Vec<Vec<Token<'t>>>,
    /// Where the line is drawn.
    line: Token<'t>,
    /// The number under it.
    below: Vec<Token<'t>>,
}

impl<'t> Column<'t> {
    /// The column in a member that is one array, whose last row is a number under a line and some row of which begins with
    /// an operator.
    fn of(text: &str, member: &[Token<'t>]) -> Option<Self> {
        use TokenKind as T;
        let [first, inner @ .., last] = member else { return None };
        // A line may close the array too.
        let length = inner.iter().rposition(|token| token.kind != T::Newline).map_or(0, |at| at + 1);
        let inner = &inner[..length];
        if !matches!(first.kind, T::Begin("array")) || !matches!(last.kind, T::End("array")) {
            return None;
        }
        let mut lines = inner.iter().enumerate().filter(|(_, token)| token.kind == T::Newline);
        let (cut, line) = lines.next_back()?;
        let below = without_columns(&inner[cut + 1..]);
        let drawn = text.get(line.end as usize..below.first()?.start as usize)?;
        let rows: Vec<_> =
            inner[..cut].split(|token| token.kind == T::Newline).map(without_columns).collect();
        let is_number = matches!(&below[..], [Token { kind: T::Number(_), .. }]);
        let computes =
            rows.iter().skip(1).any(|row| row.first().is_some_and(|token| token.kind.is_operator()));
        (is_number && computes && drawn.contains("\\hline")).then_some(Self { rows, line: *line, below })
    }

    /// The calculation above the line; a sign that nothing is known of where it is more than a sum, or one operation.
    fn above(&self) -> Vec<Token<'t>> {
        use TokenKind as T;
        let unread = || vec![Token { kind: T::Unknown("\\hline"), ..self.line }];
        let Some(last) = self.rows.last().and_then(|row| row.first()) else { return unread() };
        let mut terms = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            match &row[..] {
                [number] if at == 0 && is_number(number) => terms.push(*number),
                [sign, number] if at > 0 && sign.kind.is_operator() && is_number(number) => terms.extend(row),
                // In a long sum the sign stands in the last row alone.
                [number] if last.kind == T::Plus && is_number(number) => {
                    terms.extend([Token { kind: T::Plus, end: number.start, ..*number }, *number]);
                }
                _ => return unread(),
            }
        }
        let sums = terms.iter().all(|token| matches!(token.kind, T::Plus | T::Number(_)));
        if sums || self.rows.len() == 2 { terms } else { unread() }
    }
}

fn without_columns<'t>(row: &[Token<'t>]) -> Vec<Token<'t>> {
    row.iter().filter(|token| token.kind != TokenKind::Ampersand).copied().collect()
}

fn is_number(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Number(_))
}
