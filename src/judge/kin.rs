//! Names that say something of each other by their spelling: `\sigma^2` and `\sigma`, `a_1` and the formula of `a_n`. Where
//! they do not agree, one of them is wrong, or they are two things that are spelt alike.

use super::chain::Chain;
use super::finding::{Finding, one_line};
use super::naming::Naming;
use super::{Judge, constant};
use crate::compare::{self, Computed, Outcome, Relation, Rule};
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Definition, Value};
use crate::num::{Number, Precision};
use crate::report;
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::{self, Binary, Expr, Kind, Literal, MemberKind, Name, Notation};

/// Powers of a name that a page may have given a number before the name itself.
const POWERS: [&str; 3] = ["2", "3", "4"];

impl Judge<'_> {
    /// What does not agree with the names that a chain has just defined.
    pub(super) fn clashes(&self, chain: &Chain) -> Vec<Finding> {
        let clash = |(member, naming): &(usize, Naming)| {
            let member = &chain.members[*member];
            let diagnostic = match naming {
                Naming::Name(name) => {
                    let list = Name::as_element(name.as_str()).map(|(list, _)| Name::new(&list));
                    let in_sequence = || self.element_clash(&list?, member.span);
                    let of_list = || self.list_clash(name, member.span);
                    let of_run = || self.run_clash(name, member.span);
                    self.power_clash(name, member.span).or_else(in_sequence).or_else(of_list).or_else(of_run)
                }
                Naming::Sequence { base, .. } => self.element_clash(base, member.span),
                Naming::Function { function, .. } => self.call_clash(function, member.span),
                Naming::Parts(_) => None,
            }?;
            let text = one_line(&member.text);
            let verdict = compare::Verdict::Unverifiable;
            let finding = Finding::new(report::Kind::Definition, member.span, &text, verdict);
            Some(finding.named(&text).complaint(diagnostic))
        };
        chain.namings.iter().filter_map(clash).collect()
    }

    /// `\sigma = 3` where `\sigma^2 = 4` is a name of its own.
    fn power_clash(&self, name: &Name, span: Span) -> Option<Diagnostic> {
        let here = self.scope.len();
        let own = self.scope.lookup(name.as_str(), here)?;
        POWERS.iter().find_map(|exponent| {
            let raised = Name::with_superscript(name.as_str(), exponent);
            let given = self.scope.lookup(raised.as_str(), here)?;
            let of = |name: &Name| Expr::new(Kind::Name(name.clone()), span);
            let exponent = Literal::new(exponent, (*exponent).to_owned(), 0)?;
            let exponent = || Expr::new(Kind::Number(exponent.clone()), span);
            let power = self.number(&binary(Binary::Power, of(name), exponent()))?;
            let inverse = binary(Binary::Divide, Expr::new(Kind::Number(Literal::one()), span), exponent());
            let root = self.number(&binary(Binary::Power, of(&raised), inverse));
            // What a formula comes to is exact, whatever the page has rounded it to.
            let is_off = match self.givens.is_given(given) {
                true => self.differs(&power, given)?,
                false => self.value(given)?.compare(&power)?.is_ne(),
            };
            let clashes = is_off && root.is_none_or(|root| self.differs(&root, own) != Some(false));
            let value = self.number(&of(&raised))?;
            clashes.then(|| {
                let message = format!(
                    "`{raised}` was given as {}, but by this `{name}` it is {}",
                    shown(&value),
                    shown(&power)
                );
                self.clash(message, span, given, &raised)
            })
        })
    }

    /// `a_n = 2 n` where `a_1 = 3` was given.
    fn element_clash(&self, base: &Name, span: Span) -> Option<Diagnostic> {
        let here = self.scope.len();
        let sequence = self.scope.sequence(base.as_str(), here)?;
        let given = self.scope.given_elements(base, here);
        // What a recurrence begins with is not made by it.
        let first = given.iter().map(|(place, _)| *place).min().filter(|_| self.scope.recurs(sequence));
        let mut made = given.into_iter().filter(|(place, _)| first.is_none_or(|first| *place > first));
        made.find_map(|(place, given)| {
            let element = self.scope.evaluate_element(sequence, place, Precision::LADDER[1]).ok()?;
            let element = element.value.as_number()?.clone();
            let name = &self.scope.binding(given).name;
            self.differs(&element, given)?.then(|| {
                let message = format!(
                    "by this formula `{name}` is {}, but another number was given for it",
                    shown(&element)
                );
                self.clash(message, span, given, name)
            })
        })
    }

    /// `f(x) = x^2 + 1` where `f(3) = 9` was given.
    fn call_clash(&self, function: &Name, span: Span) -> Option<Diagnostic> {
        self.given_calls(function, span).into_iter().find_map(|(given, value)| {
            let name = &self.scope.binding(given).name;
            self.differs(&value, given)?.then(|| {
                let message = format!(
                    "by this formula `{name}` is {}, but another number was given for it",
                    shown(&value)
                );
                self.clash(message, span, given, name)
            })
        })
    }

    /// The numbers that were given for values of a function, with what these are by its formula.
    fn given_calls(&self, function: &Name, span: Span) -> Vec<(BindingId, Number)> {
        let arguments = |name: &Name| {
            let (called, arguments) = name.as_call()?;
            (called == function.as_str()).then(|| self.numbers(arguments, span))?
        };
        let value = |name: &Name| {
            let given = self.scope.here(name)?;
            let apply = Kind::Apply { function: function.clone(), order: 0, args: arguments(name)? };
            Some((given, self.number(&Expr::new(apply, span))?))
        };
        self.scope.named_alike(function).filter_map(value).collect()
    }

    /// What was given and is held against a formula behind it is used.
    pub(super) fn use_what_clashes(&mut self, chain: &Chain) {
        for (member, naming) in &chain.namings {
            let Naming::Function { function, .. } = naming else { continue };
            let calls = self.given_calls(function, chain.members[*member].span);
            calls.into_iter().for_each(|(given, _)| self.givens.use_name(given));
        }
    }

    /// Expressions in plain notation between commas; their place is that of what they are read for.
    fn numbers(&self, text: &str, span: Span) -> Option<Vec<Expr>> {
        let text = Fragment {
            text: format!("[{text}]"),
            span: Span { end: span.start + text.len() as u32 + 2, ..span },
        };
        let statements = syntax::parse(&text, Notation::Plain).ok()?;
        match statements.first()?.read(0, &self.scope, &[]).kind {
            MemberKind::Expr(Expr { kind: Kind::List(items), .. }) => Some(items),
            MemberKind::Expr(Expr { kind: Kind::Unary(_, only), .. }) => Some(vec![*only]),
            _ => None,
        }
    }

    /// `y = [3, 5, 8]` where `y_i = 2 i + 1` was a formula for its elements.
    fn list_clash(&self, name: &Name, span: Span) -> Option<Diagnostic> {
        let here = self.scope.len();
        let sequence = self.scope.sequence(name.as_str(), here)?;
        let own = self.scope.lookup(name.as_str(), here)?;
        let evaluated = self.scope.evaluate_binding(own, Precision::LADDER[1]).ok()?;
        let Value::List(items) = &evaluated.value else { return None };
        items.iter().zip(1..).find_map(|(item, place)| {
            let element = self.scope.evaluate_element(sequence, place, Precision::LADDER[1]).ok()?;
            let (one, two) = (element.value.as_number()?, item.as_number()?);
            one.compare(two)?.is_ne().then(|| {
                let message = format!(
                    "element {place} of `{name}` is {} by its formula, not {}",
                    shown(one),
                    shown(two)
                );
                self.clash(message, span, sequence, &self.scope.binding(sequence).name)
            })
        })
    }

    /// What is not known at the end of the page in the formulas of sequences, which nothing else may have told.
    pub(super) fn unknown_in_sequences(&self) -> Vec<Finding> {
        let unknown = |id: &BindingId| {
            let binding = self.scope.binding(*id);
            let Definition::Sequence { base, index, body, .. } = &binding.definition else { return None };
            let mut found = None;
            body.for_each_free_name(&mut |name, node| {
                if matches!(node.kind, Kind::Name(_))
                    && found.is_none()
                    && name != index
                    && !constant::is_one(name)
                    && Name::as_element(name.as_str()).is_none_or(|(list, _)| list != base.as_str())
                    && !self.scope.has_known(name)
                {
                    found = Some((name.clone(), node.span));
                }
            });
            let (name, span) = found?;
            let error = Diagnostic::error(Code::UnknownName, span, format!("`{name}` is not defined"));
            let text = binding.name.to_string();
            let finding =
                Finding::new(report::Kind::Definition, binding.span, &text, compare::Verdict::Unverifiable);
            Some(
                finding
                    .named(&text)
                    .complaint(error.help("define it on the page, before the formula or after it")),
            )
        };
        self.sequences.iter().filter_map(unknown).collect()
    }

    pub(super) fn clash(&self, message: String, span: Span, given: BindingId, name: &Name) -> Diagnostic {
        Diagnostic::error(Code::Ambiguous, span, message)
            .secondary(self.scope.binding(given).span, "given here")
            .help(format!("mend one of them; if they have nothing to do with each other, forget the other one with `<!-- qed: new [{name}] -->` or rename it"))
    }

    /// The value of an expression, if that is a number.
    pub(super) fn number(&self, expr: &Expr) -> Option<Number> {
        let evaluated = self.scope.evaluate(expr, Precision::LADDER[1]).ok()?;
        evaluated.value.as_number().cloned()
    }

    /// Whether `computed` is not what the page says of a definition: its stated number if there is one, else its value.
    fn differs(&self, computed: &Number, definition: BindingId) -> Option<bool> {
        if let Some(stated) = self.stated.get(&definition) {
            let (lo, hi) = computed.enclosure();
            let bounds = if computed.is_exact() { Computed::exact(lo) } else { Computed::between(lo, hi) };
            let outcome = compare::compare(stated, &bounds, &Rule::new(Relation::Equal), true);
            return Some(!matches!(outcome, Outcome::Decided(verdict, _) if verdict.passes()));
        }
        let evaluated = self.scope.evaluate_binding(definition, Precision::LADDER[1]).ok()?;
        let Value::Number(value) = &evaluated.value else { return None };
        Some(computed.compare(value)?.is_ne())
    }
}

fn binary(operator: Binary, lhs: Expr, rhs: Expr) -> Expr {
    let span = lhs.span;
    Expr::new(Kind::Binary(operator, Box::new(lhs), Box::new(rhs)), span)
}

pub(super) fn shown(number: &Number) -> String {
    number.to_decimal(6).unwrap_or_default()
}
