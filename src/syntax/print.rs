//! Expressions as text in plain notation, with as few brackets as their meaning allows; parts of them may be written
//! differently, as their values for instance. What is printed reads back as the same expression.

use super::expr::{Binary, Expr, Fold, Kind, Over, Product, Range, Side, Unary};
use super::name::Name;
use super::unicode::named_letter;

/// How a part of an expression is to be written, if not by its form.
pub type Instead<'i> = &'i dyn Fn(&Expr) -> Option<String>;

/// The same, with how strongly that holds together.
type Signs<'i> = &'i dyn Fn(&Expr) -> Option<Text>;

/// How strongly a text holds together; a weaker one is put in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// It reaches as far as the formula goes: a sum over an index, an integral, a limit, a condition.
    Open,
    /// Beside a sum or a product, what a remainder is taken of is read differently.
    Remainder,
    Sum,
    Product,
    /// A derivative, as `dL/dx`: one factor among others, but neither divided by nor raised as it is.
    Derivative,
    Power,
    Postfix,
    Atom,
}

struct Text {
    text: String,
    strength: Strength,
}

impl Text {
    fn new(text: String, strength: Strength) -> Self {
        Self { text, strength }
    }

    /// In brackets, if it is weaker than that.
    fn at_least(self, strength: Strength) -> String {
        if self.strength < strength { format!("({})", self.text) } else { self.text }
    }
}

/// `expr` in plain notation; `None` if it has a part that plain notation cannot say and that is not written `instead`.
pub fn print(expr: &Expr, instead: Instead<'_>) -> Option<String> {
    let value = |expr: &Expr| {
        let text = instead(expr)?;
        let strength = strength_of_value(&text);
        Some(Text::new(text, strength))
    };
    write(expr, &value).map(|text| text.text)
}

fn write(expr: &Expr, instead: Signs<'_>) -> Option<Text> {
    use Strength::{Atom, Postfix, Product as Products, Sum};
    if let Some(text) = instead(expr) {
        return Some(text);
    }
    let within = |inner: &Expr, strength| Some(write(inner, instead)?.at_least(strength));
    let after = |inner: &Expr, mark: &str| Some(Text::new(within(inner, Atom)? + mark, Postfix));
    let atom = |text| Some(Text::new(text, Atom));
    match &expr.kind {
        Kind::Number(literal) if literal.repeats() => Some(Text::new(literal.value.to_string(), Products)),
        Kind::Number(literal) if literal.exponent == 0 => atom(literal.digits.clone()),
        Kind::Number(literal) => {
            Some(Text::new(format!("{}e{}", literal.digits, literal.exponent), Products))
        }
        Kind::Text(text) => atom(format!("\"{text}\"")),
        Kind::Name(name) => atom(name.to_string()),
        Kind::Unary(unary, inner) => match unary {
            Unary::Group => write(inner, instead),
            Unary::Negate => Some(Text::new(format!("-{}", within(inner, Products)?), Sum)),
            Unary::Plus => Some(Text::new(format!("+{}", within(inner, Products)?), Sum)),
            Unary::Factorial => after(inner, "!"),
            Unary::DoubleFactorial => after(inner, "!!"),
            Unary::Percent => after(inner, "%"),
            Unary::Ellipsis => after(inner, "..."),
            Unary::Degrees => after(inner, "°"),
            Unary::Transpose => after(inner, "^T"),
            Unary::Bars => atom(format!("|{}|", write(inner, instead)?.text)),
        },
        Kind::Binary(operator, lhs, rhs) => binary(*operator, lhs, rhs, instead),
        Kind::Call(builtin, args) => atom(format!("{}({})", builtin.name(), listed(args, instead)?)),
        Kind::Apply { function, order, args } => {
            let primes = "'".repeat(*order as usize);
            atom(format!("{function}{primes}({})", listed(args, instead)?))
        }
        // There is no way to write these in plain notation: brackets behind brackets are a factor, and `[12]` is one index.
        Kind::Index(base, _) if is_grouped(base) => None,
        Kind::Index(base, indices) => atom(format!("{}[{}]", within(base, Atom)?, listed(indices, instead)?)),
        Kind::Member(base, field) => atom(format!("{}.{field}", within(base, Atom)?)),
        Kind::Method(base, method, args) => {
            atom(format!("{}.{method}({})", within(base, Atom)?, listed(args, instead)?))
        }
        Kind::List(items) => atom(format!("[{}]", listed(items, instead)?)),
        // In plain notation a single row or column is a list.
        Kind::Matrix(rows) if rows.len() > 1 && rows[0].len() > 1 => {
            let rows = rows.iter().map(|row| Some(format!("[{}]", listed(row, instead)?)));
            atom(format!("[{}]", rows.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        _ => None,
    }
}

/// `expr` for a reader's eyes: as [`print()`] writes it, with Greek letters, and with signs for what plain notation
/// cannot say.
pub fn readable(expr: &Expr) -> Option<String> {
    write(expr, &sign).map(|text| text.text)
}

fn sign(expr: &Expr) -> Option<Text> {
    use Strength::{Atom, Derivative, Open};
    let within = |inner: &Expr, strength| Some(write(inner, &sign)?.at_least(strength));
    let term = |inner: &Expr| within(inner, Strength::Product);
    let (text, strength) = match &expr.kind {
        Kind::Name(name) => (lettered(name), Atom),
        Kind::Infinity => ("∞".to_owned(), Atom),
        Kind::Subscript { base, indices } => match indices.as_slice() {
            [index] => (format!("{}_{}", lettered(base), within(index, Atom)?), Atom),
            _ => return None,
        },
        Kind::Fold { fold, ranges, body } => {
            let ranges = ranges.iter().map(range).collect::<Option<Vec<_>>>()?.join(", ");
            let fold = match fold {
                Fold::Sum => "Σ",
                Fold::Product => "Π",
                Fold::Max => "max",
                Fold::Min => "min",
            };
            (format!("{fold}[{ranges}] {}", term(body)?), Open)
        }
        Kind::Integral { variable, lower, upper, body } => {
            let (lower, upper) = (readable(lower)?, readable(upper)?);
            (format!("∫[{lower}..{upper}] {} d{}", term(body)?, lettered(variable)), Open)
        }
        Kind::Limit { variable, point, side: Side::Both, body } => {
            (format!("lim[{} → {}] {}", lettered(variable), readable(point)?, term(body)?), Open)
        }
        Kind::Derivative { partial, body, variables } => {
            let d = if *partial { "∂" } else { "d" };
            let order = if variables.len() > 1 { format!("^{}", variables.len()) } else { String::new() };
            let below: String = variables
                .chunk_by(|(one, _), (next, _)| one == next)
                .map(|same| match same.len() {
                    1 => format!("{d}{}", lettered(&same[0].0)),
                    times => format!("{d}{}^{times}", lettered(&same[0].0)),
                })
                .collect();
            (format!("{d}{order}{}/{below}", within(body, Atom)?), Derivative)
        }
        Kind::Condition(condition) => {
            let mut text = readable(&condition.members[0])?;
            for (relation, member) in condition.relations.iter().zip(&condition.members[1..]) {
                text.push_str(&format!(" {} {}", relation.symbol(), readable(member)?));
            }
            (text, Open)
        }
        _ => return None,
    };
    Some(Text::new(text, strength))
}

/// Where an index runs; `None` if terms are left out.
fn range(range: &Range) -> Option<String> {
    let variable = lettered(&range.variable);
    if !range.conditions.is_empty() {
        return None;
    }
    Some(match &range.over {
        Over::Interval(first, last) => format!("{variable} = {}..{}", readable(first)?, readable(last)?),
        Over::Elements(list) => format!("{variable} in {}", readable(list)?),
        Over::Indexed => variable,
    })
}

/// A name with Greek letters in the places of their Latin names, and no brackets around brackets.
fn lettered(name: &Name) -> String {
    let mut output = String::new();
    let mut rest = name.as_str();
    while !rest.is_empty() {
        let length = rest.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        match named_letter(word) {
            Some(letter) => output.push(letter),
            None => output.push_str(word),
        }
        let other = after.find(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(after.len());
        output.push_str(&after[..other]);
        rest = &after[other..];
    }
    match output.strip_suffix("))").and_then(|inner| inner.split_once("((")) {
        Some((base, superscript)) => format!("{base}({superscript})"),
        None => output,
    }
}

fn listed(items: &[Expr], instead: Signs<'_>) -> Option<String> {
    let items = items.iter().map(|item| Some(write(item, instead)?.text));
    Some(items.collect::<Option<Vec<_>>>()?.join(", "))
}

fn binary(operator: Binary, lhs: &Expr, rhs: &Expr, instead: Signs<'_>) -> Option<Text> {
    use Strength::{Atom, Derivative, Power, Product as Products, Remainder, Sum};
    let (left, right) = (write(lhs, instead)?, write(rhs, instead)?);
    let (mark, strength, least_left, least_right) = match operator {
        // `a + -b` is not written.
        Binary::Add if right.text.starts_with('-') => (" + ", Sum, Sum, Products),
        Binary::Add => (" + ", Sum, Sum, Sum),
        Binary::Subtract => (" - ", Sum, Sum, Products),
        Binary::Multiply(Product::Elementwise) => (" ⊙ ", Products, Products, Derivative),
        Binary::Multiply(Product::Times) => (" × ", Products, Products, Derivative),
        Binary::Multiply(_) => (" · ", Products, Products, Derivative),
        Binary::Divide if is_short(&left) && is_short(&right) => ("/", Products, Products, Power),
        Binary::Divide => (" / ", Products, Products, Power),
        Binary::Modulo => (" mod ", Remainder, Products, Power),
        Binary::Power => ("^", Power, Atom, Atom),
    };
    Some(Text::new(left.at_least(least_left) + mark + &right.at_least(least_right), strength))
}

fn is_short(text: &Text) -> bool {
    text.text.chars().count() <= 4 && !text.text.contains(' ')
}

/// How strongly the text of a value holds together: a sign and a power of ten are no atoms.
fn strength_of_value(text: &str) -> Strength {
    let number = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.'));
    match number {
        true if text.starts_with('-') => Strength::Sum,
        true if text.contains(['e', ' ', '/', '·', '×']) => Strength::Product,
        _ => Strength::Atom,
    }
}

/// Brackets around anything but a call.
fn is_grouped(base: &Expr) -> bool {
    matches!(base.kind, Kind::Unary(Unary::Group, _))
        && !matches!(base.ungrouped().kind, Kind::Call(..) | Kind::Apply { .. })
}

#[cfg(test)]
mod tests {
    use super::{print, readable};
    use crate::scan::Fragment;
    use crate::source::{FileId, Span};
    use crate::syntax::{self, Builtin, Expr, Kind, Lexicon, MemberKind, NameKind, Notation};

    /// A page on which `f` is a function and everything else a number.
    struct Page;

    impl Lexicon for Page {
        fn kind(&self, name: &str) -> Option<NameKind> {
            match name {
                "f" => Some(NameKind::Function),
                // No name of this page has a superscript, or is spelt like a call or a function.
                _ if Builtin::named(name).is_some() => None,
                _ => (!name.contains(['^', '('])).then_some(NameKind::Number),
            }
        }

        fn knows_base(&self, _letters: &str) -> bool {
            true
        }
    }

    fn read(text: &str, notation: Notation) -> Expr {
        let fragment = Fragment { text: text.to_owned(), span: Span::new(FileId(0), 0, text.len()) };
        let statements = syntax::parse(&fragment, notation).unwrap();
        match statements[0].read(0, &Page, &[]).kind {
            MemberKind::Expr(expr) => expr,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[track_caller]
    fn check(latex: &str, expected: &str) {
        let printed = print(&read(latex, Notation::Latex), &|_| None);
        assert_eq!(printed.as_deref(), Some(expected), "{latex}");
        let again = print(&read(expected, Notation::Plain), &|_| None);
        assert_eq!(again.as_deref(), Some(expected), "reads back differently");
    }

    #[test]
    fn brackets_where_the_meaning_needs_them() {
        check("w_7 h_1 + w_{10} h_2 + b", "w_7 · h_1 + w_10 · h_2 + b");
        check(r"\frac{1}{2}(o - t)^2", "1/2 · (o - t)^2");
        check(r"a - (b - c)", "a - (b - c)");
        check(r"(a - b) - c", "a - b - c");
        check(r"\frac{a + b}{c \cdot d}", "(a + b) / (c · d)");
        check(r"-x^2", "-x^2");
        check(r"(-x)^2", "(-x)^2");
        check(r"a + (-b)", "a + (-b)");
        check(r"(a^b)^c", "(a^b)^c");
        check(r"a^{b^c}", "a^(b^c)");
        check(r"2^{-n}", "2^(-n)");
        check(r"n! + (n + 1)!", "n! + (n + 1)!");
        check(r"7 + (8 \bmod 3)", "7 + (8 mod 3)");
    }

    #[test]
    fn functions_lists_and_numbers() {
        check(r"\text{sigmoid}(a_1)", "sigmoid(a_1)");
        check(r"\sqrt{2/27}", "sqrt(2/27)");
        check(r"\max(z, 0)^2", "max(z, 0)^2");
        check(r"f(x + 1, 2)", "f(x + 1, 2)");
        check(r"[1, 2.50]", "[1, 2.50]");
        check(r"132{,}863 + 0.5\%", "132863 + 0.5%");
        check(r"|x - y|", "|x - y|");
    }

    #[test]
    fn signs_for_readers() {
        let check = |latex, expected: Option<&str>| {
            assert_eq!(readable(&read(latex, Notation::Latex)).as_deref(), expected, "{latex}");
        };
        check(r"\eta S_1", Some("η · S_1"));
        check(r"w_1 - \eta \frac{\partial L}{\partial w_1}", Some("w_1 - η · ∂L/∂w_1"));
        check(r"\frac{\partial L}{\partial x}", Some("∂L/∂x"));
        check(r"\left(\frac{\partial L}{\partial x}\right)^2", Some("(∂L/∂x)^2"));
        check(r"\frac{\partial^2 L}{\partial x^2}", Some("∂^2L/∂x^2"));
        check(r"\frac{\partial^2 L}{\partial x \partial t}", Some("∂^2L/∂x∂t"));
        check(r"2^{\frac{\partial L}{\partial x}}", Some("2^(∂L/∂x)"));
        check(r"\frac{a}{\frac{\partial L}{\partial x}}", Some("a / (∂L/∂x)"));
        check(r"\frac{\partial L}{\partial x} \cdot \frac{\partial x}{\partial t}", Some("∂L/∂x · ∂x/∂t"));
        check(r"\left(\sum_{k=1}^{2} k\right)^2 + 1", Some("(Σ[k = 1..2] k)^2 + 1"));
        check(r"\max\left(\sum_{k=1}^{2} k, 1\right)", Some("max(Σ[k = 1..2] k, 1)"));
        check(r"2 \int_0^{\infty} t^2 f(t)\,dt", Some("2 · (∫[0..∞] t^2 · f(t) dt)"));
        check(r"\sum_{k=1}^{2} (o_k - t_k)^2", Some("Σ[k = 1..2] (o_k - t_k)^2"));
        check(r"\sum_{i=1, i \neq 2}^{4} i", None);
        check(r"P(z > 0)", Some("P(z > 0)"));
        check(r"\lim_{x \to 0} \frac{x}{a}", Some("lim[x → 0] x/a"));
    }

    #[test]
    fn values_in_the_place_of_names() {
        let value = |expr: &Expr| match &expr.kind {
            Kind::Name(name) if name.as_str() == "x" => Some("-0.5".to_owned()),
            Kind::Name(name) if name.as_str() == "y" => Some("1.2e-7".to_owned()),
            Kind::Fold { .. } => Some("3".to_owned()),
            _ => None,
        };
        let check = |latex, expected| {
            assert_eq!(print(&read(latex, Notation::Latex), &value).as_deref(), expected, "{latex}");
        };
        check("a + x", Some("a + (-0.5)"));
        check("a - x^2", Some("a - (-0.5)^2"));
        check("x a", Some("(-0.5) · a"));
        check("a / y", Some("a / (1.2e-7)"));
        check(r"2 \sum_{k=1}^{2} k", Some("2 · 3"));
        check(r"2 \int_0^1 t\,dt", None);
    }
}
