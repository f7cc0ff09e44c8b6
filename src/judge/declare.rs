//! `c > 0`, `x in R^3`, `z ~ N(0, 1)`: names with a domain but no value.
//!
//! In a `let` every inequality, `in` and `~` declares; in a fence an inequality does for names that nothing defines, and
//! in either notation `in` and `~` do. Constraints of one tag on one name intersect; a later tag declares it anew.

use std::sync::Arc;

use super::Judge;
use super::chain::typed;
use super::finding::{self, Finding, no_value, one_line};
use super::set::{self, Result, bounded, malformed, number, unreadable};
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Definition, Domain, Family, Law, Nature, Scope};
use crate::num::{Number, Precision};
use crate::report::Kind as ClaimKind;
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::{Condition, Expr, Kind, Member, MemberKind, Name, Relation, SetExpr, Statement};

/// Where a statement stands, as far as it decides what it declares.
#[derive(Clone, Copy)]
pub(super) struct Tag {
    /// It stands in a `let`.
    pub(super) always: bool,
    /// It stands in a fence.
    pub(super) fence: bool,
    /// How many definitions there were before its tag: names declared since then are this tag's own.
    pub(super) first: BindingId,
}

/// What a statement declares.
pub(super) struct Declaration {
    /// Names with their domains; none if it claims something of a known name.
    pub(super) names: Vec<(Name, Domain)>,
    /// What the report says of it: that a known value lies in a set, or what a fence declares by an inequality.
    pub(super) claim: Option<Finding>,
    /// Whether the claim is of these names, so that one that nothing uses is noticed.
    pub(super) stated: bool,
    /// Whether a quantifier does so.
    pub(super) is_quantified: bool,
    /// The statement.
    pub(super) span: Span,
}

/// Reads a group of statements as a declaration; `None` if it is none.
pub(super) fn read(
    group: &[Statement<'_>],
    text: &Fragment,
    scope: &Scope,
    tag: Tag,
) -> Option<std::result::Result<Declaration, Finding>> {
    let [statement] = group else { return None };
    if statement.links.is_empty() || statement.continues {
        return None;
    }
    let relations = || statement.links.iter().map(|link| link.relation);
    let set = |relation: Relation| matches!(relation, Relation::In | Relation::NotIn | Relation::Distributed);
    if !relations().all(|relation| set(relation) || relation.is_inequality()) {
        return None;
    }
    let reader = Reader { statement, text, scope, tag };
    let is_set = relations().any(set);
    let declares = is_set || tag.always || tag.fence && reader.constrains_unknown();
    if !declares {
        return None;
    }
    let declared = if is_set { reader.membership() } else { reader.inequality() };
    Some(declared.map_err(|diagnostic| {
        let stated = one_line(&reader.typed(statement.span));
        Finding::new(ClaimKind::Definition, statement.span, &stated, Verdict::Unverifiable)
            .complaint(*diagnostic)
    }))
}

impl Judge<'_> {
    /// `let x`: something without a relation gives no name a value.
    pub(super) fn lacks_value(&mut self, group: &[Statement<'_>]) -> bool {
        let lacking = matches!(group, [statement] if statement.links.is_empty());
        if lacking {
            let diagnostic =
                Diagnostic::error(Code::MalformedTag, group[0].span, "no value is given to this");
            self.diagnostics.push(diagnostic.help("write `let x = 1`, or a domain as in `let c > 0`"));
        }
        lacking
    }

    /// What is wrong with a line of a fence that relates nothing: it may show a value, if it has one.
    pub(super) fn idle(&self, statement: &Statement<'_>, text: &Fragment) -> Option<Finding> {
        let text = one_line(&typed(text, statement.span));
        let complaint = |diagnostic| {
            let finding = Finding::new(ClaimKind::Fence, statement.span, &text, Verdict::Unverifiable);
            Some(finding.complaint(diagnostic))
        };
        match statement.read(0, &self.scope, &[]).kind {
            MemberKind::Error(error) => complaint(finding::unreadable(&error)),
            MemberKind::Expr(expr) => {
                let free = self.scope.declares() && !self.scope.free_in([&expr]).is_empty();
                let error = self.scope.evaluate(&expr, Precision::DOUBLE).err().filter(|_| !free)?;
                complaint(no_value(&error))
            }
            MemberKind::Hole(_) | MemberKind::Remark => None,
        }
    }

    /// Gives names a domain, or says what is wrong with it.
    pub(super) fn declare(&mut self, declared: std::result::Result<Declaration, Finding>, text: &Fragment) {
        match declared {
            Ok(declaration) => {
                self.tracing.declaration(&declaration, text, &self.scope, self.findings.len());
                let nature = Nature { is_quantified: declaration.is_quantified, ..Nature::default() };
                for (name, domain) in declaration.names {
                    let definition = Definition::Free(Arc::new(domain));
                    let id = self.scope.define_as(name, definition, declaration.span, nature.clone());
                    if declaration.stated {
                        self.givens.add(id, self.findings.len());
                    }
                }
                self.findings.extend(declaration.claim);
            }
            Err(finding) => self.findings.push(finding),
        }
    }
}

struct Reader<'r, 't> {
    statement: &'r Statement<'t>,
    text: &'r Fragment,
    scope: &'r Scope,
    tag: Tag,
}

impl Reader<'_, '_> {
    fn typed(&self, span: Span) -> String {
        typed(self.text, span)
    }

    fn set(&self, idx: usize) -> Result<SetExpr> {
        self.present(idx)?;
        self.statement.read_set(idx, self.scope).map_err(|error| unreadable(&error))
    }

    /// Where a member stands; an error if nothing does.
    fn present(&self, idx: usize) -> Result<Span> {
        let place = self.statement.span_of(idx);
        place.ok_or_else(|| malformed(self.statement.span, "a side of this is missing"))
    }

    fn is_unknown(&self, name: &Name) -> bool {
        self.scope.here(name).is_none()
    }

    /// Whether a name has a domain rather than a value, or neither.
    fn is_open(&self, name: &Name) -> bool {
        let id = self.scope.here(name);
        id.is_none_or(|id| self.scope.domain(id).is_some())
    }

    /// Whether an inequality has a name on one side that nothing defines.
    fn constrains_unknown(&self) -> bool {
        let mut names = (0..self.statement.len()).flat_map(|idx| self.statement.names(idx));
        names.any(|name| self.is_unknown(&name))
    }

    /// The domain of a name with one more constraint, if this tag gave it the others.
    fn constrained(&self, name: Name, domain: Domain) -> (Name, Domain) {
        let id = self.scope.here(&name).filter(|id| *id >= self.tag.first);
        match id.and_then(|id| self.scope.domain(id)) {
            Some(earlier) => (name, (**earlier).clone().intersect(domain)),
            None => (name, domain),
        }
    }

    fn declaration(&self, names: Vec<(Name, Domain)>) -> Declaration {
        let is_quantified = self.statement.is_quantified;
        Declaration { names, claim: None, stated: false, is_quantified, span: self.statement.span }
    }

    /// `x in S`, `z ~ D`, `x ~ D in S`.
    fn membership(&self) -> Result<Declaration> {
        let names = self.statement.names(0);
        let links = &self.statement.links;
        let excluded = links.iter().find(|link| link.relation == Relation::NotIn);
        let defines = |name: &Name| self.tag.always || self.is_open(name);
        if let (Some(link), true) = (excluded, links.len() > 1 || names.iter().any(defines)) {
            return Err(malformed(
                link.span,
                "a name is declared by where it lies, not by where it does not",
            ));
        }
        // Behind a formula it would come too late: that was judged by what the name was before.
        if self.statement.is_quantified && names.iter().any(|name| !self.is_unknown(name)) {
            let message = "this name has another meaning here, and what is said of that is not said for all";
            let help = "begin an exercise of its own with `<!-- qed: new -->`, or take another letter";
            return Err(Box::new(
                Diagnostic::error(Code::Ambiguous, self.statement.span, message).help(help),
            ));
        }
        if !names.is_empty() && names.iter().all(defines) {
            let domain = self.domain()?;
            let names = names.into_iter().map(|name| self.constrained(name, domain.clone()));
            return Ok(self.declaration(names.collect()));
        }
        let [link] = &links[..] else {
            return Err(malformed(self.statement.span, "a known value lies in one set"));
        };
        if link.relation == Relation::Distributed {
            let message = "only a name without a value can be distributed";
            return Err(malformed(self.statement.span, message));
        }
        Ok(Declaration { claim: Some(self.contained(excluded.is_none())?), ..self.declaration(Vec::new()) })
    }

    /// Where all relations of the statement say that its names lie.
    fn domain(&self) -> Result<Domain> {
        let mut domain = Domain::reals();
        for (at, link) in self.statement.links.iter().enumerate() {
            let part = match link.relation {
                Relation::In | Relation::NotIn => set::domain(&self.set(at + 1)?, self.scope)?,
                Relation::Distributed => self.law(at + 1, self.present(at + 1)?)?,
                _ => {
                    let message = "a domain is declared by `in`, `~` or inequalities alone";
                    return Err(malformed(link.span, message));
                }
            };
            domain = domain.intersect(part);
        }
        Ok(domain)
    }

    /// That a known value lies in a set, or that it does not.
    fn contained(&self, inside: bool) -> Result<Finding> {
        let set = self.set(1)?;
        let MemberKind::Expr(expr) = self.statement.read(0, self.scope, &[]).kind else {
            return Err(malformed(self.statement.span, "what lies in a set is a name or a value"));
        };
        let evaluated =
            self.scope.evaluate(&expr, Precision::LADDER[1]).map_err(|error| Box::new(no_value(&error)))?;
        let span = self.statement.span;
        let text = one_line(&self.typed(span));
        let finding = |verdict| {
            Finding::new(ClaimKind::Relation, span, &text, verdict).computed(evaluated.value.to_string())
        };
        Ok(match set::contains(&set, &evaluated.value, self.scope)? {
            Some(lies) if lies == inside => finding(Verdict::Holds),
            Some(lies) => finding(Verdict::Mismatch).complaint(
                Diagnostic::error(
                    Code::RelationFalse,
                    span,
                    if lies { "the value lies in this set" } else { "the value does not lie in this set" },
                )
                .secondary(expr.span, format!("evaluates to {}", evaluated.value)),
            ),
            None => {
                let message = "whether the value lies in this set is too close to call";
                finding(Verdict::Unverifiable).complaint(Diagnostic::error(Code::Undecided, span, message))
            }
        })
    }

    /// `c > 0`, `0 < p < 1`, `x \neq 0`, `a < b`.
    fn inequality(&self) -> Result<Declaration> {
        let members: Vec<Vec<Name>> =
            (0..self.statement.len()).map(|idx| self.statement.names(idx)).collect();
        let open = |names: &Vec<Name>| !names.is_empty() && names.iter().all(|name| self.is_open(name));
        let mut declares: Vec<bool> = members.iter().map(open).collect();
        if !declares.contains(&true) {
            // Every name has a value: the first one is declared anew.
            match members.iter().position(|names| !names.is_empty()) {
                Some(at) => declares[at] = true,
                None => {
                    let message = "a domain is declared of a name, such as `c > 0`";
                    return Err(malformed(self.statement.span, message));
                }
            }
        }
        let mut declared: Vec<(Name, Domain)> = Vec::new();
        for (at, names) in members.iter().enumerate().filter(|(at, _)| declares[*at]) {
            let mut domain = Domain::reals();
            if let Some(lhs) = at.checked_sub(1).filter(|lhs| !declares[*lhs]) {
                domain = domain.intersect(bounded(self.number(lhs)?, self.statement.links[lhs].relation));
            }
            if at + 1 < members.len() && !declares[at + 1] {
                let relation = self.statement.links[at].relation.reversed();
                domain = domain.intersect(bounded(self.number(at + 1)?, relation));
            }
            if at > 0 && declares[at - 1] {
                domain.conditions.push(self.condition(at - 1)?);
            }
            declared.extend(names.iter().map(|name| self.constrained(name.clone(), domain.clone())));
        }
        let declaration = self.declaration(declared);
        if self.tag.always {
            return Ok(declaration);
        }
        // A misspelt name would be declared in silence, and whatever was to be claimed of it would not be judged.
        let span = declaration.span;
        let claim = Finding::new(ClaimKind::Definition, span, &one_line(&self.typed(span)), Verdict::Given);
        Ok(Declaration { claim: Some(claim), stated: true, ..declaration })
    }

    /// The relation between members `at` and `at + 1`, both of them names with a domain.
    fn condition(&self, at: usize) -> Result<Condition> {
        let mut members = Vec::new();
        for idx in [at, at + 1] {
            let [name] = &self.statement.names(idx)[..] else {
                return Err(malformed(self.statement.span, "relate two names, not lists of them"));
            };
            members.push(Expr::new(Kind::Name(name.clone()), self.present(idx)?));
        }
        Ok(Condition { members, relations: vec![self.statement.links[at].relation] })
    }

    fn number(&self, idx: usize) -> Result<Number> {
        self.present(idx)?;
        match self.statement.read(idx, self.scope, &[]) {
            Member { kind: MemberKind::Expr(expr), .. } => number(&expr, self.scope),
            Member { kind: MemberKind::Error(error), .. } => Err(unreadable(&error)),
            Member { span, .. } => Err(malformed(span, "a number is expected here")),
        }
    }

    /// `N(0, 1)`: a family and its parameters.
    fn law(&self, idx: usize, span: Span) -> Result<Domain> {
        let unknown = || {
            let message = "this distribution is not known";
            let help = "write `N(mean, variance)`, `U(a, b)`, `Bernoulli(p)`, `B(n, p)`, `Poisson(mean)` or `Exp(rate)`";
            Box::new(Diagnostic::error(Code::Unsupported, span, message).help(help))
        };
        // The letters of a family are its own here, whatever the page has defined.
        let expr = match self.statement.read(idx, &Scope::default(), &[]).kind {
            MemberKind::Expr(expr) => expr,
            MemberKind::Error(error) => return Err(Box::new(finding::unreadable(&error))),
            _ => return Err(unknown()),
        };
        let Kind::Apply { function, args, order: 0 } = expr.kind else { return Err(unknown()) };
        let (family, count) = Family::named(function.as_str()).ok_or_else(unknown)?;
        if args.len() != count {
            let message = format!("`{function}` takes {count} parameters, not {}", args.len());
            return Err(malformed(span, message));
        }
        Ok(Domain::random(Law { family, parameters: args }))
    }
}
