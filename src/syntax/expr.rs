//! The one expression form that both notations are read into. Every node carries the place it was read from.

use std::cmp::Ordering;

use super::function::Builtin;
use super::name::Name;
use super::number::Literal;
use crate::source::Span;

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Where it was read.
    pub span: Span,
}

/// The forms an expression can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number as typed.
    Number(Literal),
    /// A text in quotes, for text cells.
    Text(String),
    /// A name, defined or not.
    Name(Name),
    /// `base_{index}` where the index has to be evaluated: an element of a list, or the name spelt with the
    /// index's value.
    Subscript {
        /// What is indexed.
        base: Name,
        /// One index, or several for a matrix.
        indices: Vec<Expr>,
    },
    /// A sign, postfix mark or bracket form with one operand.
    Unary(Unary, Box<Expr>),
    /// An operation on two operands.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// A built-in function applied to arguments.
    Call(Builtin, Vec<Expr>),
    /// A function of the page applied to arguments, `order` times differentiated (`f''(x)`).
    Apply {
        /// The function.
        function: Name,
        /// Number of primes.
        order: u32,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `value[i, j]`, counted from 1.
    Index(Box<Expr>, Vec<Expr>),
    /// `value.field`.
    Member(Box<Expr>, String),
    /// `value.method(arguments)`.
    Method(Box<Expr>, String, Vec<Expr>),
    /// `[a, b, …]`, `(a, b, …)` or `\{a, b, …\}`.
    List(Vec<Expr>),
    /// Rows of a matrix environment.
    Matrix(Vec<Vec<Expr>>),
    /// `\sum`, `\prod`, `\max` and `\min` over ranges.
    Fold {
        /// How the terms are combined.
        fold: Fold,
        /// The index variables, outermost first.
        ranges: Vec<Range>,
        /// The term.
        body: Box<Expr>,
    },
    /// `\int_{lower}^{upper} body d variable`.
    Integral {
        /// The variable of integration.
        variable: Name,
        /// Lower limit.
        lower: Box<Expr>,
        /// Upper limit.
        upper: Box<Expr>,
        /// The integrand.
        body: Box<Expr>,
    },
    /// `\lim_{variable \to point} body`.
    Limit {
        /// The variable.
        variable: Name,
        /// Where it goes.
        point: Box<Expr>,
        /// From which side.
        side: Side,
        /// The expression.
        body: Box<Expr>,
    },
    /// `\left. body \right|_{x = 3}`: the value where names have other values; `[body]_0^1`: a difference of two.
    At {
        /// What is evaluated.
        body: Box<Expr>,
        /// The names and their values there.
        upper: Vec<(Name, Expr)>,
        /// Where the value to subtract is taken, if there is one.
        lower: Vec<(Name, Expr)>,
    },
    /// `5 \pm 2`: with the upper signs and with the lower ones.
    TwoSigns(Box<[Expr; 2]>),
    /// `1 + 2 + \dots + n`, `n(n-1) \cdots 1`: terms or factors, of which those between are left out.
    Dots {
        /// Factors instead of terms.
        product: bool,
        /// Those that are written out, one at least.
        shown: Vec<Expr>,
        /// Where it ends; without one it goes on for ever.
        last: Option<Box<Expr>>,
    },
    /// `\infty`.
    Infinity,
    /// A derivative of a defined name or an expression, once for each of the variables.
    Derivative {
        /// `\partial` instead of `d`.
        partial: bool,
        /// What is differentiated.
        body: Box<Expr>,
        /// With respect to what, once for each order.
        variables: Vec<(Name, Span)>,
    },
    /// `\nabla body`, `\nabla_{[a, b]} body`.
    Gradient {
        /// What is differentiated.
        body: Box<Expr>,
        /// With respect to what.
        variables: Vec<(Name, Span)>,
    },
    /// A `cases` environment: the first value of which one alternative holds with all its conditions; no alternative is
    /// "otherwise".
    Cases(Vec<(Expr, Vec<Vec<Condition>>)>),
    /// A number with a unit.
    Unit(Box<Expr>, String),
    /// A condition used as an argument, `P(z > 0)`.
    Condition(Box<Condition>),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-x`.
    Negate,
    /// `+x`.
    Plus,
    /// `x!`.
    Factorial,
    /// `x!!`.
    DoubleFactorial,
    /// `x\%`.
    Percent,
    /// `1.414\ldots`: digits that go on.
    Ellipsis,
    /// `x^\circ`.
    Degrees,
    /// `|x|`: an absolute value, a norm of a list, a determinant of a matrix.
    Bars,
    /// `A^T`.
    Transpose,
    /// Round brackets; kept, since `(0.5)` is computed and `f (x)` may be a product.
    Group,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// A product; how it was written matters for vectors.
    Multiply(Product),
    /// `\frac`, `/`, `\div`.
    Divide,
    /// `^`.
    Power,
    /// `\bmod`.
    Modulo,
}

/// How a product was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Side by side.
    Implicit,
    /// `\cdot` or `*`.
    Dot,
    /// `\times`.
    Times,
    /// `\odot`, `\circ`: element by element.
    Elementwise,
}

/// How the terms of a range are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// `\sum`.
    Sum,
    /// `\prod`.
    Product,
    /// `\max_{…}`.
    Max,
    /// `\min_{…}`.
    Min,
}

/// The values an index variable takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The index variable.
    pub variable: Name,
    /// Where it runs.
    pub over: Over,
    /// `i \neq j` and the like: terms that do not satisfy it are left out.
    pub conditions: Vec<Condition>,
}

/// Where an index variable runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// All integers from the first to the second.
    Interval(Box<Expr>, Box<Expr>),
    /// The elements of a list.
    Elements(Box<Expr>),
    /// Nothing is said: the places of the lists that the variable indexes in the term.
    Indexed,
}

/// From which side a limit is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Both sides agree.
    Both,
    /// `x \to a^+`.
    Above,
    /// `x \to a^-`.
    Below,
}

/// `a R b R c`: relations that all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The members.
    pub members: Vec<Expr>,
    /// The relations between them, one fewer.
    pub relations: Vec<Relation>,
}

/// What stands between two members of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`.
    Equal,
    /// `:=`.
    Define,
    /// `\approx` and its kin.
    Approximate,
    /// `\equiv`: equal up to a multiple of the modulus that follows; without one, an identity.
    Congruent,
    /// `\not\equiv`.
    Incongruent,
    /// `\neq`.
    NotEqual,
    /// `<`.
    Less,
    /// `\le`.
    LessEqual,
    /// `>`.
    Greater,
    /// `\ge`.
    GreaterEqual,
    /// `\to`: equality before a percentage, else unverifiable.
    Arrow,
    /// `\mid`: the right side is a multiple of the left one.
    Divides,
    /// `\nmid`.
    NotDivides,
    /// `\in`.
    In,
    /// `\notin`.
    NotIn,
    /// `\sim`.
    Distributed,
}

impl Range {
    /// The ends of its interval, or the list it runs over.
    pub fn ends(&self) -> impl Iterator<Item = &Expr> {
        let (one, other) = match &self.over {
            Over::Interval(lower, upper) => (Some(lower), Some(upper)),
            Over::Elements(list) => (Some(list), None),
            Over::Indexed => (None, None),
        };
        one.into_iter().chain(other).map(|end| &**end)
    }
}

impl Relation {
    /// As printed in messages.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Define => ":=",
            Self::Approximate => "≈",
            Self::Congruent => "≡",
            Self::Incongruent => "≢",
            Self::NotEqual => "≠",
            Self::Less => "<",
            Self::LessEqual => "≤",
            Self::Greater => ">",
            Self::GreaterEqual => "≥",
            Self::Arrow => "→",
            Self::Divides => "∣",
            Self::NotDivides => "∤",
            Self::In => "∈",
            Self::NotIn => "∉",
            Self::Distributed => "~",
        }
    }

    /// `≡` or `≢`.
    pub fn is_congruence(self) -> bool {
        matches!(self, Self::Congruent | Self::Incongruent)
    }

    /// Whether it says that one number divides another, or does not.
    pub fn is_divisibility(self) -> bool {
        matches!(self, Self::Divides | Self::NotDivides)
    }

    /// Whether it says that two values are equal, perhaps once they are rounded.
    pub fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::Define | Self::Approximate)
    }

    /// The same relation read from right to left.
    pub fn reversed(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            other => other,
        }
    }

    /// Whether it holds between two values in this order.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal | Self::Define | Self::Approximate | Self::Congruent | Self::Arrow => order.is_eq(),
            Self::NotEqual | Self::Incongruent => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::In | Self::NotIn | Self::Distributed | Self::Divides | Self::NotDivides => false,
        }
    }

    /// Whether it compares two numbers by order or inequality.
    pub fn is_inequality(self) -> bool {
        matches!(self, Self::NotEqual | Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual)
    }
}

impl Expr {
    /// An expression of this kind at this place.
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The expression inside round brackets, however many.
    pub fn ungrouped(&self) -> &Self {
        match &self.kind {
            Kind::Unary(Unary::Group, inner) => inner.ungrouped(),
            _ => self,
        }
    }

    /// Calls `visit` for this node and every node below it, parents first.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(self);
        self.for_each_child(&mut |child| child.walk(visit));
    }

    /// Whether this node or some node below it passes `test`.
    pub fn any(&self, test: impl Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |node| found = found || test(node));
        found
    }

    /// The expression with every node that `change` has something else for replaced by that, parents first.
    pub fn replaced(&self, change: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Self {
        if let Some(other) = change(self) {
            return other;
        }
        let mut copy = self.clone();
        copy.for_each_child_mut(&mut |child| *child = child.replaced(change));
        copy
    }

    fn for_each_child_mut(&mut self, each: &mut dyn FnMut(&mut Expr)) {
        match &mut self.kind {
            Kind::Number(_) | Kind::Text(_) | Kind::Name(_) | Kind::Infinity => {}
            Kind::Subscript { indices, .. } => indices.iter_mut().for_each(each),
            Kind::Unary(_, inner) | Kind::Member(inner, _) | Kind::Unit(inner, _) => each(inner),
            Kind::Binary(_, lhs, rhs) => [lhs, rhs].into_iter().for_each(|side| each(side)),
            Kind::Call(_, args) | Kind::Apply { args, .. } | Kind::List(args) => {
                args.iter_mut().for_each(each);
            }
            Kind::Index(base, args) | Kind::Method(base, _, args) => {
                each(base);
                args.iter_mut().for_each(each);
            }
            Kind::Matrix(rows) => rows.iter_mut().flatten().for_each(each),
            Kind::TwoSigns(both) => both.iter_mut().for_each(each),
            Kind::Dots { shown, last, .. } => shown.iter_mut().chain(last.as_deref_mut()).for_each(each),
            Kind::Fold { ranges, body, .. } => {
                for range in ranges {
                    match &mut range.over {
                        Over::Interval(lower, upper) => [lower, upper].into_iter().for_each(|end| each(end)),
                        Over::Elements(list) => each(list),
                        Over::Indexed => {}
                    }
                    let conditions = range.conditions.iter_mut();
                    conditions.flat_map(|condition| &mut condition.members).for_each(&mut *each);
                }
                each(body);
            }
            Kind::Integral { lower, upper, body, .. } => {
                [lower, upper, body].into_iter().for_each(|part| each(part));
            }
            Kind::Limit { point, body, .. } => [point, body].into_iter().for_each(|part| each(part)),
            Kind::At { body, upper, lower } => {
                each(body);
                upper.iter_mut().chain(lower).for_each(|(_, value)| each(value));
            }
            Kind::Derivative { body, .. } | Kind::Gradient { body, .. } => each(body),
            Kind::Cases(branches) => {
                for (value, alternatives) in branches {
                    each(value);
                    let conditions = alternatives.iter_mut().flatten();
                    conditions.flat_map(|condition| &mut condition.members).for_each(&mut *each);
                }
            }
            Kind::Condition(condition) => condition.members.iter_mut().for_each(each),
        }
    }

    /// Calls `each` for every node directly below this one.
    pub fn for_each_child<'e>(&'e self, each: &mut dyn FnMut(&'e Expr)) {
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) | Kind::Name(_) | Kind::Infinity => {}
            Kind::Subscript { indices, .. } => indices.iter().for_each(each),
            Kind::Unary(_, inner) | Kind::Member(inner, _) | Kind::Unit(inner, _) => each(inner),
            Kind::Binary(_, lhs, rhs) => [lhs, rhs].into_iter().for_each(|side| each(side)),
            Kind::Call(_, args) | Kind::Apply { args, .. } | Kind::List(args) => args.iter().for_each(each),
            Kind::Index(base, args) | Kind::Method(base, _, args) => {
                each(base);
                args.iter().for_each(each);
            }
            Kind::Matrix(rows) => rows.iter().flatten().for_each(each),
            Kind::TwoSigns(both) => both.iter().for_each(each),
            Kind::Dots { shown, last, .. } => shown.iter().chain(last.as_deref()).for_each(each),
            Kind::Fold { ranges, body, .. } => {
                for range in ranges {
                    match &range.over {
                        Over::Interval(lower, upper) => [lower, upper].into_iter().for_each(|end| each(end)),
                        Over::Elements(list) => each(list),
                        Over::Indexed => {}
                    }
                    range.conditions.iter().flat_map(|condition| &condition.members).for_each(&mut *each);
                }
                each(body);
            }
            Kind::Integral { lower, upper, body, .. } => {
                [lower, upper, body].into_iter().for_each(|part| each(part));
            }
            Kind::Limit { point, body, .. } => [point, body].into_iter().for_each(|part| each(part)),
            Kind::At { body, upper, lower } => {
                each(body);
                upper.iter().chain(lower).for_each(|(_, value)| each(value));
            }
            Kind::Derivative { body, .. } | Kind::Gradient { body, .. } => each(body),
            Kind::Cases(branches) => {
                for (value, alternatives) in branches {
                    each(value);
                    let conditions = alternatives.iter().flatten();
                    conditions.flat_map(|condition| &condition.members).for_each(&mut *each);
                }
            }
            Kind::Condition(condition) => condition.members.iter().for_each(each),
        }
    }
}
