//! Statements to chains: what each member is (a number as typed, an expression, a hole), and what the chain defines.
//!
//! Nothing is evaluated or judged here.

use super::naming::{self, Naming};
use super::number::{self, Bare};
use crate::compare::Stated;
use crate::eval::Scope;
use crate::scan::{Fragment, Rules};
use crate::source::Span;
use crate::syntax::{
    self, Expr, Hole, Lexicon, Link, MemberKind, Name, NameKind, Relation, Statement, SyntaxError, Unary,
};

/// `m0 R m1 R m2 …` with everything read that can be read.
#[derive(Debug)]
pub(super) struct Chain {
    /// The members.
    pub(super) members: Vec<Member>,
    /// The relations between them, one fewer.
    pub(super) links: Vec<Link>,
    /// For each link the modulus that it goes by, if it is a congruence.
    pub(super) moduli: Vec<Option<Result<Expr, SyntaxError>>>,
    /// The signs `≡` that no modulus follows.
    pub(super) bare_congruences: Vec<Span>,
    /// What the chain defines, by the member that says so.
    pub(super) namings: Vec<(usize, Naming)>,
    /// It has no link, but a relation in a place where none is read.
    pub(super) hidden: bool,
}

/// A member and the characters that were typed.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) span: Span,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What a member is.
#[derive(Debug)]
pub(super) enum Kind {
    /// What the chain defines.
    Defined,
    /// A number as typed, or a list of such.
    Bare(Bare),
    /// Something to be computed.
    Expr(Expr),
    /// A hole that asks for the value.
    Hole(Hole),
    /// Not readable.
    Unreadable(SyntaxError),
}

impl Member {
    /// The expression to be computed, if it is one.
    pub(super) fn expr(&self) -> Option<&Expr> {
        match &self.kind {
            Kind::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    /// The expression of a number as typed too.
    pub(super) fn value(&self) -> Option<&Expr> {
        match &self.kind {
            Kind::Expr(expr) | Kind::Bare(Bare { expr, .. }) => Some(expr),
            _ => None,
        }
    }

    /// The number that it states, if it is a single one.
    pub(super) fn stated(&self) -> Option<&Stated> {
        match &self.kind {
            Kind::Bare(bare) => match &bare.numbers[..] {
                [(path, number)] if path.is_empty() => Some(&number.stated),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Chain {
    /// Whether it says of all its members that they are equal.
    pub(super) fn equates(&self) -> bool {
        self.links.iter().all(|link| link.relation.is_equality())
    }

    /// The names that its formulas leave free; one may come more than once.
    pub(super) fn free_names(&self) -> impl Iterator<Item = &Name> {
        self.members.iter().filter_map(Member::expr).flat_map(Expr::free_names)
    }

    /// Whether a formula in it uses a name.
    pub(super) fn uses(&self, name: &Name) -> bool {
        self.members.iter().filter_map(Member::expr).any(|expr| expr.depends_on(name))
    }

    /// The first formulas in it that stand side by side, as a chain of their own.
    pub(super) fn formulas(&self) -> Self {
        let is_formula = |member: &&Member| member.expr().is_some();
        let start = self.members.iter().take_while(|member| !is_formula(member)).count();
        let formulas = self.members[start..].iter().take_while(is_formula);
        let members: Vec<Member> = formulas
            .filter_map(|member| Some((member, member.expr()?)))
            .map(|(member, expr)| Member {
                kind: Kind::Expr(expr.clone()),
                text: member.text.clone(),
                span: member.span,
            })
            .collect();
        let links: Vec<Link> =
            self.links.iter().skip(start).take(members.len().saturating_sub(1)).copied().collect();
        Self {
            moduli: links.iter().map(|_| None).collect(),
            members,
            links,
            bare_congruences: Vec::new(),
            namings: Vec::new(),
            hidden: false,
        }
    }

    /// The last number that it states, and the relation before it.
    pub(super) fn stated(&self) -> Option<(&Stated, Relation)> {
        let numbers = self.members.iter().enumerate().rev();
        let (at, stated) = numbers.filter_map(|(at, member)| Some((at, member.stated()?))).next()?;
        let link = at.checked_sub(1).and_then(|at| self.links.get(at));
        Some((stated, link.map_or(Relation::Equal, |link| link.relation)))
    }
}

/// Statements that belong together: one, and those after it that begin with a relation.
pub(super) fn groups<'s, 't>(statements: &'s [Statement<'t>]) -> Vec<&'s [Statement<'t>]> {
    let mut groups = Vec::new();
    let mut start = 0;
    for at in 1..=statements.len() {
        if statements.get(at).is_none_or(|statement| !statement.continues) {
            groups.push(&statements[start..at]);
            start = at;
        }
    }
    groups
}

/// Reads a group with the names known now. `always` says that it defines its first member even if that is known.
pub(super) fn read(group: &[Statement<'_>], fragment: &Fragment, scope: &Scope, always: bool) -> Chain {
    let mut links: Vec<Link> = group.iter().flat_map(|statement| &statement.links).copied().collect();
    let at: Vec<(&Statement<'_>, usize)> =
        group.iter().flat_map(|statement| (0..statement.len()).map(move |idx| (statement, idx))).collect();
    let dangling = at.len() == links.len();
    let with_modulus =
        at.iter().enumerate().filter(|(_, (statement, idx))| statement.moduli().any(|at| at == *idx));
    let with_modulus: Vec<usize> = with_modulus.map(|(at, _)| at + usize::from(dangling)).collect();
    let congruences: Vec<Span> =
        links.iter().filter(|link| link.relation.is_congruence()).map(|link| link.span).collect();
    let by = syntax::resolve(&mut links, &with_modulus);
    let has_modulus =
        |sign: &Span| links.iter().any(|link| link.span == *sign && link.relation.is_congruence());
    let bare_congruences = congruences.into_iter().filter(|sign| !has_modulus(sign)).collect();
    let namings = naming::namings(&at, &links, scope, always);
    // A parameter that has a domain keeps what is known of it: `w` of `R(w)` may be a list.
    let bound: Vec<Name> = match namings.iter().find(|(_, naming)| naming.is_general()) {
        Some((_, naming)) => {
            let has_domain = |name: &Name| scope.here(name).is_some_and(|id| scope.domain(id).is_some());
            let is_list = |name: &Name| scope.kind(name.as_str()) == Some(NameKind::List);
            naming.parameters().iter().filter(|name| !has_domain(name) && !is_list(name)).cloned().collect()
        }
        _ => naming::arguments(&at, scope),
    };
    let hidden = links.is_empty() && group.iter().any(Statement::hides_relation);
    let mut chain = Chain {
        members: Vec::new(),
        links: Vec::new(),
        moduli: Vec::new(),
        bare_congruences,
        namings: Vec::new(),
        hidden,
    };
    for (position, (statement, idx)) in at.iter().enumerate() {
        let before = if dangling { Some(position) } else { position.checked_sub(1) };
        let link = before.and_then(|before| links.get(before));
        let naming = namings.iter().find(|(member, _)| *member == position);
        let read = statement.read(*idx, scope, &bound);
        let kind = match (naming, read.kind) {
            (Some(_), _) => Kind::Defined,
            (None, MemberKind::Remark) => continue,
            (None, MemberKind::Hole(hole)) => Kind::Hole(hole),
            (None, MemberKind::Error(error)) => Kind::Unreadable(error),
            (None, MemberKind::Expr(expr)) => {
                let expr =
                    if is_one_in_brackets(&expr) { expr.as_set(&typed(fragment, read.span)) } else { expr };
                let power_of_ten = link.is_some_and(|link| link.relation == Relation::Approximate);
                match number::bare(&expr, fragment, power_of_ten) {
                    Some(bare) => Kind::Bare(bare),
                    None => Kind::Expr(expr),
                }
            }
        };
        if let Some((_, naming)) = naming {
            chain.namings.push((chain.members.len(), naming.clone()));
        }
        if !chain.members.is_empty() || dangling {
            chain.links.extend(link);
            let modulus =
                before.and_then(|before| *by.get(before)?).map(|member| member - usize::from(dangling));
            let modulus = modulus.and_then(|member| at[member].0.modulus(at[member].1, scope));
            chain.moduli.extend(link.map(|_| modulus));
        }
        chain.members.push(Member { span: read.span, text: typed(fragment, read.span), kind });
    }
    if dangling {
        chain.before_the_first(&links);
    }
    chain
}

/// A number or a name in brackets of some kind, and nothing else: if they are those of a set, it is a set of one.
fn is_one_in_brackets(expr: &Expr) -> bool {
    let syntax::Kind::Unary(Unary::Group, only) = &expr.kind else { return false };
    match &only.kind {
        syntax::Kind::Unary(Unary::Negate, inner) => matches!(inner.kind, syntax::Kind::Number(_)),
        kind => matches!(kind, syntax::Kind::Number(_) | syntax::Kind::Name(_)),
    }
}

impl Chain {
    /// The moduli that could be read.
    pub(super) fn moduli(&self) -> impl Iterator<Item = &Expr> {
        self.moduli.iter().filter_map(|modulus| modulus.as_ref()?.as_ref().ok())
    }

    /// A text that begins with a relation has nothing on its left.
    fn before_the_first(&mut self, links: &[Link]) {
        let Some(link) = links.first() else { return };
        let error = SyntaxError {
            span: link.span,
            message: format!("nothing stands before this `{}`", link.relation.symbol()),
            help: None,
            reason: syntax::Reason::Malformed,
        };
        let kind = Kind::Unreadable(error);
        self.members.insert(0, Member { span: link.span.at_start(), text: String::new(), kind });
        for (member, _) in &mut self.namings {
            *member += 1;
        }
    }
}

/// The characters of `fragment` at `span`, with the `\left` of a bracket that they begin with.
pub(super) fn typed(fragment: &Fragment, span: Span) -> String {
    let start = (span.start - fragment.span.start) as usize;
    let end = (span.end - fragment.span.start) as usize;
    let before = fragment.text.get(..start).unwrap_or("").trim_end();
    let start = before.strip_suffix("\\left").map_or(start, str::len);
    fragment.text.get(start..end).unwrap_or("").to_owned()
}

/// A block's rules, the book's where it has none.
pub(super) fn overridden(book: &Rules, block: &Rules) -> Rules {
    Rules {
        rel: block.rel.clone().or_else(|| book.rel.clone()),
        abs: block.abs.clone().or_else(|| book.abs.clone()),
        rounding: block.rounding.or(book.rounding),
        log: block.log.or(book.log),
        intermediate: block.intermediate.or(book.intermediate),
    }
}
