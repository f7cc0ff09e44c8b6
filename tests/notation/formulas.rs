//! Random expression trees, printed as authors print them, read back and evaluated: the value has to lie within the bounds
//! that are claimed for it. Implicit products, bare arguments, all kinds of fractions and brackets are among the spellings.

use dashu::base::Abs;
use dashu::float::DBig;
use rayon::prelude::*;

use mdbook_qed::eval::{Calculator, Value};
use mdbook_qed::num::Number;
use mdbook_qed::num::exact::parse_decimal;
use mdbook_qed::num::rng::SplitMix64;
use mdbook_qed::syntax::Notation;

use super::oracle::{self, None as Without};

const TREES: usize = 100_000;
/// Each has its own seed, which a failure names.
const CHUNKS: usize = 100;
/// The names of the formulas and their values.
const NAMES: &[(&str, &str)] =
    &[("x", "1.3"), ("y", "0.7"), ("w_{1}", "-2"), ("\\theta", "0.25"), ("t", "3")];

/// An expression.
#[derive(Clone, Debug)]
enum Tree {
    Number(String),
    Name(usize),
    /// The index variable of the innermost sum.
    Index,
    Negate(Box<Tree>),
    Binary(char, Box<Tree>, Box<Tree>),
    Power(Box<Tree>, i64),
    Call(&'static str, Box<Tree>),
    Factorial(u32),
    Sum(bool, u32, Box<Tree>),
}

/// How tightly what was printed holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Sum,
    /// A sum or function without brackets: nothing may follow but `+`, `-` and the end.
    Open,
    Product,
    /// Factors side by side.
    Beside,
    Power,
    Atom,
}

struct Draws {
    stream: SplitMix64,
    next: u64,
}

impl Draws {
    fn below(&mut self, count: usize) -> usize {
        self.next += 1;
        (self.stream.unit(self.next) * count as f64) as usize
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

fn grow(draws: &mut Draws, depth: usize, in_sum: bool) -> Tree {
    if depth == 0 || draws.below(6) == 0 {
        return match draws.below(if in_sum { 4 } else { 3 }) {
            0 => Tree::Name(draws.below(NAMES.len())),
            1 => Tree::Number(draws.of(&["0", "1", "2", "3", "7", "10", "12", "100"]).to_owned()),
            2 => Tree::Number(draws.of(&["0.1", "0.2", "0.5", "1.25", "3.1416", "0.003", "2.0"]).to_owned()),
            _ => Tree::Index,
        };
    }
    let part = |draws: &mut Draws| Box::new(grow(draws, depth - 1, in_sum));
    match draws.below(20) {
        0..=11 => {
            let sign = draws.of(&['+', '-', '*', '*', '*', '/', '/']);
            Tree::Binary(sign, part(draws), part(draws))
        }
        12 => Tree::Negate(part(draws)),
        13 | 14 => Tree::Power(part(draws), draws.of(&[2, 2, 3, -1, -2, 0])),
        15 => Tree::Factorial(draws.below(6) as u32),
        16 if !in_sum => {
            let count = draws.below(4) as u32;
            Tree::Sum(draws.below(3) > 0, count, Box::new(grow(draws, depth - 1, true)))
        }
        _ => {
            let name = draws.of(&["sin", "cos", "tan", "exp", "ln", "sqrt", "abs", "sinh", "half", "square"]);
            Tree::Call(name, part(draws))
        }
    }
}

/// The value by the oracle.
fn value(tree: &Tree, index: i64) -> oracle::Result {
    match tree {
        Tree::Number(text) => Ok(oracle::decimal(text)),
        Tree::Name(name) => Ok(oracle::decimal(NAMES[*name].1)),
        Tree::Index => Ok(oracle::integer(index)),
        Tree::Negate(inner) => Ok(-value(inner, index)?),
        Tree::Binary(sign, a, b) => {
            let (a, b) = (value(a, index)?, value(b, index)?);
            match sign {
                '+' => oracle::kept(a + b),
                '-' => oracle::kept(a - b),
                '*' => oracle::kept(a * b),
                _ => oracle::divide(&a, &b),
            }
        }
        Tree::Power(base, exponent) => {
            let base = value(base, index)?;
            oracle::power(&base, *exponent)
        }
        Tree::Call(name, argument) => called(name, value(argument, index)?),
        Tree::Factorial(number) => Ok(oracle::integer((1..=i64::from(*number)).product())),
        Tree::Sum(adds, count, body) => {
            let mut total = oracle::integer(i64::from(!*adds));
            for at in 1..=i64::from(*count) {
                let term = value(body, at)?;
                total = oracle::kept(if *adds { total + term } else { total * term })?;
            }
            Ok(total)
        }
    }
}

fn called(name: &str, argument: DBig) -> oracle::Result {
    match name {
        "sin" => oracle::sine_and_cosine(&argument).map(|(sine, _)| sine),
        "cos" => oracle::sine_and_cosine(&argument).map(|(_, cosine)| cosine),
        "tan" => oracle::sine_and_cosine(&argument).and_then(|(sine, cosine)| oracle::divide(&sine, &cosine)),
        "exp" => oracle::exponential(&argument),
        "ln" => oracle::logarithm(&argument),
        "sqrt" => oracle::square_root(&argument),
        "abs" => Ok(argument.abs()),
        "half" => Ok(argument / oracle::integer(2)),
        "square" => oracle::kept(argument.clone() * argument),
        _ => {
            let (up, down) = (oracle::exponential(&argument)?, oracle::exponential(&-argument)?);
            Ok((up - down) / oracle::integer(2))
        }
    }
}

/// The formula, held together at least as tightly as `least`.
fn printed(tree: &Tree, least: Level, draws: &mut Draws) -> String {
    let (text, level) = spelled(tree, draws);
    if level >= least { text } else { bracketed(&text, draws) }
}

fn bracketed(text: &str, draws: &mut Draws) -> String {
    match draws.below(5) {
        0 => format!("\\left( {text} \\right)"),
        1 => format!("\\bigl({text}\\bigr)"),
        2 => format!("\\left\\{{{text}\\right\\}}"),
        _ => format!("({text})"),
    }
}

fn spelled(tree: &Tree, draws: &mut Draws) -> (String, Level) {
    match tree {
        Tree::Number(text) => (text.clone(), Level::Atom),
        Tree::Name(name) => (NAMES[*name].0.to_owned(), Level::Atom),
        Tree::Index => ("k".to_owned(), Level::Atom),
        Tree::Negate(inner) => (format!("-{}", printed(inner, Level::Beside, draws)), Level::Sum),
        Tree::Binary(sign, a, b) => binary(*sign, a, b, draws),
        Tree::Power(base, exponent) => {
            // A power of a function is spelt with the function, or not at all.
            let base = match &**base {
                base @ Tree::Call(..) => format!("{{{}}}", bracketed(&spelled(base, draws).0, draws)),
                base => printed(base, Level::Atom, draws),
            };
            let exponent = match exponent {
                2 if draws.below(2) == 0 => "^2".to_owned(),
                2 if draws.below(2) == 0 => "²".to_owned(),
                exponent => format!("^{{{exponent}}}"),
            };
            (format!("{base}{exponent}"), Level::Power)
        }
        Tree::Call(name, argument) => call(name, argument, draws),
        Tree::Factorial(number) => (format!("{number}!"), Level::Power),
        Tree::Sum(adds, count, body) => {
            let sign = if *adds { "\\sum" } else { "\\prod" };
            let range = match draws.below(3) {
                0 => format!("_{{k=1}}^{{{count}}}"),
                1 => format!("\\limits_{{k = 1}}^{count}"),
                _ => format!("^{{{count}}}_{{k=1}}"),
            };
            (format!("{sign}{range} {}", printed(body, Level::Beside, draws)), Level::Open)
        }
    }
}

fn binary(sign: char, a: &Tree, b: &Tree, draws: &mut Draws) -> (String, Level) {
    match sign {
        '+' | '-' => {
            let (lhs, rhs) = (printed(a, Level::Sum, draws), printed(b, Level::Open, draws));
            (format!("{lhs} {sign} {rhs}"), Level::Sum)
        }
        '*' => match draws.below(4) {
            0 => (
                format!("{} \\cdot {}", printed(a, Level::Product, draws), printed(b, Level::Beside, draws)),
                Level::Product,
            ),
            1 => (
                format!("{}\\times {}", printed(a, Level::Product, draws), printed(b, Level::Beside, draws)),
                Level::Product,
            ),
            _ => beside(a, b, draws),
        },
        _ => match draws.below(5) {
            0 => (
                format!("{}/{}", printed(a, Level::Product, draws), printed(b, Level::Atom, draws)),
                Level::Product,
            ),
            1 => (
                format!("{} \\div {}", printed(a, Level::Product, draws), printed(b, Level::Atom, draws)),
                Level::Product,
            ),
            2 => (
                format!("{{{} \\over {}}}", printed(a, Level::Sum, draws), printed(b, Level::Sum, draws)),
                Level::Atom,
            ),
            _ => {
                let frac = draws.of(&["\\frac", "\\dfrac", "\\tfrac", "\\cfrac"]);
                (
                    format!(
                        "{frac}{{{}}}{{{}}}",
                        printed(a, Level::Sum, draws),
                        printed(b, Level::Sum, draws)
                    ),
                    Level::Power,
                )
            }
        },
    }
}

/// A product without a sign, where nobody would read it otherwise: no number after anything, nothing but a bracket after
/// a function.
fn beside(a: &Tree, b: &Tree, draws: &mut Draws) -> (String, Level) {
    let lhs = printed(a, Level::Beside, draws);
    let starts_well = |text: &str| !text.starts_with(|c: char| c.is_ascii_digit());
    let rhs = printed(b, Level::Power, draws);
    let fraction_after_number = rhs.contains("frac") || rhs.contains("over");
    let rhs = if starts_well(&rhs) && !fraction_after_number { rhs } else { bracketed(&rhs, draws) };
    let space = draws.of(&[" ", "\\,", "\\;", "{}", " \\! "]);
    (format!("{lhs}{space}{rhs}"), Level::Beside)
}

fn call(name: &'static str, argument: &Tree, draws: &mut Draws) -> (String, Level) {
    let whole = |draws: &mut Draws| printed(argument, Level::Sum, draws);
    match name {
        "sqrt" => {
            let sign = draws.of(&["\\sqrt", "\\sqrt[2]"]);
            (format!("{sign}{{{}}}", whole(draws)), Level::Power)
        }
        "abs" => {
            let (open, close) =
                draws.of(&[("\\left|", "\\right|"), ("\\lvert ", "\\rvert "), ("\\bigl|", "\\bigr|")]);
            (format!("{open}{}{close}", whole(draws)), Level::Atom)
        }
        "half" => (format!("\\frac12 ({})", whole(draws)), Level::Beside),
        "square" => (format!("\\left[{}\\right]^2", whole(draws)), Level::Power),
        "exp" if draws.below(2) == 0 => (format!("e^{{{}}}", whole(draws)), Level::Power),
        _ => match (argument, draws.below(4)) {
            (Tree::Name(_) | Tree::Number(_), 0) => (format!("\\{name} {}", whole(draws)), Level::Open),
            (_, 1) => (format!("\\operatorname{{{name}}}\\left({}\\right)", whole(draws)), Level::Power),
            (_, 2) => (format!("\\mathrm{{{name}}}({})", whole(draws)), Level::Power),
            _ => (format!("\\{name}({})", whole(draws)), Level::Power),
        },
    }
}

#[test]
fn random_formulas_have_the_values_that_a_second_evaluator_finds() {
    let mut calculator = Calculator::default();
    for (name, value) in NAMES {
        let value = Number::from(parse_decimal(value).expect("a decimal"));
        calculator.give(name, Notation::Latex, value.into()).expect("a name");
    }
    let counts: Vec<(usize, usize)> =
        (0..CHUNKS as u64).into_par_iter().map(|seed| chunk(&calculator, seed)).collect();
    let valued: usize = counts.iter().map(|(valued, _)| valued).sum();
    let refused: usize = counts.iter().map(|(_, refused)| refused).sum();
    assert!(valued > TREES * 3 / 4, "only {valued} of {TREES} have a value");
    assert!(refused < TREES / 100, "{refused} of {TREES} are refused");
}

/// How many formulas of one seed have a value, and how many are refused; the others have none.
fn chunk(calculator: &Calculator, seed: u64) -> (usize, usize) {
    let mut draws = Draws { stream: SplitMix64::new(seed), next: 0 };
    let (mut valued, mut refused, mut problems) = (0, 0, Vec::new());
    for _ in 0..TREES / CHUNKS {
        let depth = 1 + draws.below(4);
        let tree = grow(&mut draws, depth, false);
        let text = printed(&tree, Level::Sum, &mut draws);
        let expected = value(&tree, 0);
        match (calculator.evaluate(&text, Notation::Latex), &expected) {
            (_, Err(Without::TooLarge | Without::Unsure)) => {}
            (Ok(Value::Number(number)), Ok(expected)) if encloses(&number, expected) => valued += 1,
            // What cannot be told from zero is refused, by design.
            (Err(error), Ok(_))
                if error.message.contains("undecided") || error.message.contains("sharply") =>
            {
                refused += 1;
            }
            // `3.1416(12)` may be meant as an uncertainty.
            (Err(error), Ok(_)) if error.message.contains("an uncertainty") => {
                refused += 1;
            }
            // `t/7 \cdot 10^{-2}` may be over a number in scientific notation.
            (Err(error), Ok(_)) if error.message.contains("can be read as") && text.contains("10^") => {
                refused += 1;
            }
            (Err(_), Err(Without::Undefined)) => {}
            (found, _) => {
                let found = found.map_err(|error| error.message);
                let expected = expected.map(|value| value.to_string());
                problems.push(format!("{text}\n    {found:.300?}\n    {expected:?}"));
            }
        }
    }
    assert!(problems.is_empty(), "seed {seed}:\n{}", problems.join("\n"));
    (valued, refused)
}

/// Whether the claimed bounds hold the value, up to what the oracle itself rounds.
fn encloses(number: &Number, expected: &DBig) -> bool {
    let expected = parse_decimal(&expected.to_string().replace("e+", "e")).expect("a decimal");
    let (low, high) = number.enclosure();
    let slack = parse_decimal("1e-40").expect("a decimal");
    low - &slack <= expected && expected <= high + slack
}
