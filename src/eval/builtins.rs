//! What the built-in functions compute. `syntax::function` has their names and numbers of arguments.

use std::cmp::Ordering;

use super::batch::{self, has_batch};
use super::error::Failure;
use super::linear;
use super::norm::norm;
use super::ops::{self, add, divide, multiply, negate, one, parts, subtract, zero};
use super::polynomial;
use super::sets;
use super::value::Value;
use crate::num::{Function, MathError, Number, Precision, Rational};
use crate::syntax::Builtin;

type Result<T> = std::result::Result<T, Failure>;

/// Applies `builtin`, whose number of arguments has been checked.
pub(super) fn apply(builtin: Builtin, args: &[Value], p: Precision) -> Result<Value> {
    use Builtin as B;
    if let Some(function) = elementary(builtin) {
        return over_elements(&args[0], &|value| scalar(function, value, p));
    }
    match builtin {
        B::Log if args.len() == 2 => {
            divide(&scalar(Function::Ln, &args[0], p)?, &scalar(Function::Ln, &args[1], p)?, p)
                .and_then(|quotient| exact_logarithm(&args[0], &args[1], p).unwrap_or(Ok(quotient)))
        }
        B::Root => root(&args[0], &args[1], p),
        B::Atan2 => numbers(args, |n| Number::apply(Function::Atan2, n, p)),
        B::Abs => over_elements(&args[0], &|value| absolute(value, p)),
        B::Sign => over_elements(&args[0], &|value| step(value, "sign", Number::signum)),
        B::Floor => over_elements(&args[0], &|value| step(value, "floor", Number::floor)),
        B::Ceil => over_elements(&args[0], &|value| step(value, "ceil", Number::ceil)),
        B::Trunc => over_elements(&args[0], &|value| step(value, "trunc", Number::trunc)),
        B::Round => round(args, p),
        B::Hypot => {
            let square = |side: &Value| multiply(side, side, p);
            scalar(Function::Sqrt, &add(&square(&args[0])?, &square(&args[1])?, p)?, p)
        }
        B::Permutations => numbers(args, |n| n[0].binomial(&n[1], p)?.mul(&n[1].factorial(p)?, p)),
        B::Min => extremum(args, Ordering::Less, p),
        B::Max => extremum(args, Ordering::Greater, p),
        B::Gcd => fold_numbers(args, Number::gcd),
        B::Lcm => fold_numbers(args, Number::lcm),
        B::Mod => numbers(args, |n| n[0].modulo(&n[1], p)),
        B::Binomial => numbers(args, |n| n[0].binomial(&n[1], p)),
        B::Multinomial => numbers(args, |n| multinomial(&n[0], &n[1..], p)),
        B::Cardinality => sets::cardinality(elements(&args[0], "card")?),
        B::Union | B::Intersection | B::Difference => {
            sets::combined(builtin, elements(&args[0], builtin.name())?, elements(&args[1], builtin.name())?)
        }
        B::Factorial => numbers(args, |n| n[0].factorial(p)),
        B::Relu => over_elements(&args[0], &|value| extremum(&[value.clone(), zero()], Ordering::Greater, p)),
        B::LeakyRelu => leaky_relu(args, p),
        B::Softmax => softmax(&args[0], p),
        B::Det => match &args[0] {
            Value::Matrix(matrix) => linear::determinant(matrix, p),
            other => only_cell(other).cloned().ok_or_else(|| wrong("det", other)),
        },
        B::Identity => linear::identity_beside(&args[0], args.get(1)),
        B::Trace => trace(&args[0], p),
        B::Transpose => ops::transpose(&args[0]),
        B::Inverse => match &args[0] {
            Value::Matrix(matrix) => linear::inverse(matrix, p),
            other => divide(&one(), other, p),
        },
        B::Norm => norm(&args[0], args.get(1), p),
        B::Rank => linear::rank(&args[0], p),
        B::Arcsec | B::Arccsc | B::Arcoth | B::Arsech | B::Arcsch => {
            over_elements(&args[0], &|value| of_reciprocal(builtin, value, p))
        }
        B::Dot => match (&args[0], &args[1]) {
            (Value::List(a), Value::List(b)) => ops::dot(a, b, p),
            (other, _) => Err(wrong("dot", other)),
        },
        B::Sum => elements(&args[0], "sum")?.iter().try_fold(zero(), |sum, item| add(&sum, item, p)),
        B::Prod => {
            elements(&args[0], "prod")?.iter().try_fold(one(), |product, item| multiply(&product, item, p))
        }
        B::Mean if args.len() == 1 => mean(elements(&args[0], "mean")?, p),
        B::Len => match &args[0] {
            Value::Matrix(matrix) => Ok(Value::integer(matrix.rows.len() as u64)),
            other => Ok(Value::integer(elements(other, "len")?.len() as u64)),
        },
        other => {
            Err(Failure::Math(MathError::Unsupported(format!("`{}` is not available here", other.name()))))
        }
    }
}

/// Functions of one number that `num` computes.
fn elementary(builtin: Builtin) -> Option<Function> {
    use Builtin as B;
    Some(match builtin {
        B::Sin => Function::Sin,
        B::Cos => Function::Cos,
        B::Tan => Function::Tan,
        B::Cot => Function::Cot,
        B::Sec => Function::Sec,
        B::Csc => Function::Csc,
        B::Arcsin => Function::Asin,
        B::Arccos => Function::Acos,
        B::Arctan => Function::Atan,
        B::Arccot => Function::Acot,
        B::Sinh => Function::Sinh,
        B::Cosh => Function::Cosh,
        B::Tanh => Function::Tanh,
        B::Coth => Function::Coth,
        B::Sech => Function::Sech,
        B::Csch => Function::Csch,
        B::Arsinh => Function::Asinh,
        B::Arcosh => Function::Acosh,
        B::Artanh => Function::Atanh,
        B::Exp => Function::Exp,
        B::Ln => Function::Ln,
        B::Lg => Function::Log10,
        B::Lb => Function::Log2,
        B::Sqrt => Function::Sqrt,
        B::Cbrt => Function::Cbrt,
        B::Gamma => Function::Gamma,
        B::Erf => Function::Erf,
        B::Erfc => Function::Erfc,
        B::NormalCdf => Function::NormalCdf,
        B::Sigmoid => Function::Sigmoid,
        B::Softplus => Function::Softplus,
        _ => return None,
    })
}

/// An elementary function of a number or dual: `f(a + bε) = f(a) + f'(a) b ε`.
pub(super) fn scalar(function: Function, value: &Value, p: Precision) -> Result<Value> {
    match value {
        Value::Number(number) => Ok(Number::apply(function, std::slice::from_ref(number), p)?.into()),
        Value::Dual(dual) => {
            let primal = scalar(function, &dual.primal, p)?;
            let slope = derivative(function, &dual.primal, &primal, p)?;
            Ok(ops::make_dual(dual.tag, primal, multiply(&slope, &dual.tangent, p)?))
        }
        Value::Batch(samples) => batch::apply(function, samples, p),
        other => Err(wrong(function.name(), other)),
    }
}

/// The inverses of `1/cos` and the like, by way of those of `cos`.
fn of_reciprocal(builtin: Builtin, value: &Value, p: Precision) -> Result<Value> {
    let function = match builtin {
        Builtin::Arcsec => Function::Acos,
        Builtin::Arccsc => Function::Asin,
        Builtin::Arcoth => Function::Atanh,
        Builtin::Arsech => Function::Acosh,
        _ => Function::Asinh,
    };
    scalar(function, &divide(&one(), value, p)?, p)
}

/// `f'(x)`, given `f(x)`.
fn derivative(function: Function, x: &Value, fx: &Value, p: Precision) -> Result<Value> {
    use Function as F;
    let two = Value::integer(2);
    let of = |function| scalar(function, x, p);
    let square = |value: &Value| multiply(value, value, p);
    let reciprocal = |value: &Value| divide(&one(), value, p);
    match function {
        F::Sqrt => reciprocal(&multiply(&two, fx, p)?),
        F::Cbrt => reciprocal(&multiply(&Value::integer(3), &square(fx)?, p)?),
        F::Exp => Ok(fx.clone()),
        F::Ln => reciprocal(x),
        F::Log2 => reciprocal(&multiply(x, &scalar(F::Ln, &two, p)?, p)?),
        F::Log10 => reciprocal(&multiply(x, &scalar(F::Ln, &Value::integer(10), p)?, p)?),
        F::Sin => of(F::Cos),
        F::Cos => negate(&of(F::Sin)?),
        F::Tan => add(&one(), &square(fx)?, p),
        F::Cot => negate(&add(&one(), &square(fx)?, p)?),
        F::Sec => multiply(fx, &of(F::Tan)?, p),
        F::Csc => negate(&multiply(fx, &of(F::Cot)?, p)?),
        F::Asin => reciprocal(&root_of(&subtract(&one(), &square(x)?, p)?, p)?),
        F::Acos => negate(&reciprocal(&root_of(&subtract(&one(), &square(x)?, p)?, p)?)?),
        F::Atan => reciprocal(&add(&one(), &square(x)?, p)?),
        F::Acot => negate(&reciprocal(&add(&one(), &square(x)?, p)?)?),
        F::Sinh => of(F::Cosh),
        F::Cosh => of(F::Sinh),
        F::Tanh => subtract(&one(), &square(fx)?, p),
        F::Coth => subtract(&one(), &square(fx)?, p),
        F::Sech => negate(&multiply(fx, &of(F::Tanh)?, p)?),
        F::Csch => negate(&multiply(fx, &of(F::Coth)?, p)?),
        F::Asinh => reciprocal(&root_of(&add(&square(x)?, &one(), p)?, p)?),
        F::Acosh => reciprocal(&root_of(&subtract(&square(x)?, &one(), p)?, p)?),
        F::Atanh => reciprocal(&subtract(&one(), &square(x)?, p)?),
        F::Sigmoid => multiply(fx, &subtract(&one(), fx, p)?, p),
        F::Softplus => of(F::Sigmoid),
        F::NormalCdf => of(F::NormalPdf),
        F::Gamma => multiply(fx, &of(F::Digamma)?, p),
        F::NormalPdf => negate(&multiply(x, fx, p)?),
        F::Erf | F::Erfc => {
            // ±2/√π · exp(−x²)
            let gauss = scalar(F::Exp, &negate(&square(x)?)?, p)?;
            let slope = divide(&multiply(&two, &gauss, p)?, &root_of(&Number::pi(p)?.into(), p)?, p)?;
            if function == F::Erf { Ok(slope) } else { negate(&slope) }
        }
        other => Err(Failure::Math(MathError::Unsupported(format!(
            "the derivative of `{}` is not known",
            other.name()
        )))),
    }
}

fn root_of(value: &Value, p: Precision) -> Result<Value> {
    scalar(Function::Sqrt, value, p)
}

/// An exact logarithm of exact numbers where there is one: log₂ 8 = 3.
fn exact_logarithm(value: &Value, base: &Value, p: Precision) -> Option<Result<Value>> {
    match (value, base) {
        (Value::Number(value), Value::Number(base)) => {
            Some(value.log(base, p).map(Value::from).map_err(Failure::from))
        }
        _ => None,
    }
}

fn root(value: &Value, degree: &Value, p: Precision) -> Result<Value> {
    match (value, degree) {
        (Value::Number(value), Value::Number(degree)) => Ok(value.root(degree, p)?.into()),
        _ => ops::power(value, &divide(&one(), degree, p)?, p),
    }
}

/// A function that is constant between its jumps: its derivative is zero, except at a jump.
fn step(
    value: &Value,
    name: &'static str,
    f: fn(&Number) -> std::result::Result<Number, MathError>,
) -> Result<Value> {
    match value {
        Value::Number(number) => Ok(f(number)?.into()),
        Value::Dual(dual) => {
            let primal = step(&dual.primal, name, f)?;
            let jumps = match name {
                "sign" => dual.primal.as_number().and_then(Number::is_zero),
                _ => dual.primal.as_number().and_then(Number::is_integer),
            };
            match jumps {
                Some(false) => Ok(ops::make_dual(dual.tag, primal, zero())),
                Some(true) => Err(no_derivative(name)),
                None => Err(MathError::Undecided { function: "derivative" }.into()),
            }
        }
        other => Err(wrong(name, other)),
    }
}

/// `|x|`; a norm of a list, a determinant of a matrix are the caller's.
pub(super) fn absolute(value: &Value, p: Precision) -> Result<Value> {
    match value {
        Value::Number(number) => Ok(number.abs().into()),
        Value::Batch(samples) => batch::each(samples, f64::abs),
        Value::Random(_) => match polynomial::compare(value, &zero(), p)? {
            Ordering::Less => negate(value),
            _ => Ok(value.clone()),
        },
        Value::Dual(dual) => {
            let sign = step(&dual.primal, "sign", Number::signum)?;
            match dual.primal.as_number().and_then(Number::is_zero) {
                Some(true) => Err(no_derivative("abs")),
                _ => Ok(ops::make_dual(
                    dual.tag,
                    absolute(&dual.primal, p)?,
                    multiply(&sign, &dual.tangent, p)?,
                )),
            }
        }
        other => Err(wrong("abs", other)),
    }
}

/// The least or greatest of the arguments, or of one list.
pub(super) fn extremum(args: &[Value], wanted: Ordering, p: Precision) -> Result<Value> {
    let items = match args {
        [Value::List(items)] => items,
        _ => args,
    };
    let Some((first, rest)) = items.split_first() else {
        return Err(Failure::Type("an empty list has no least or greatest element".to_owned()));
    };
    rest.iter().try_fold(first.clone(), |best, item| larger(&best, item, wanted, p))
}

fn larger(a: &Value, b: &Value, wanted: Ordering, p: Precision) -> Result<Value> {
    if matches!(a, Value::Random(_)) || matches!(b, Value::Random(_)) {
        let order = polynomial::compare(a, b, p)?;
        return Ok(if order == wanted || order.is_eq() { a.clone() } else { b.clone() });
    }
    if has_batch(a, b) {
        return batch::zip(a, b, if wanted == Ordering::Less { f64::min } else { f64::max });
    }
    let (Some(x), Some(y)) = (a.as_number(), b.as_number()) else { return Err(wrong("max", a)) };
    match (x.compare(y), a, b) {
        (Some(Ordering::Equal), Value::Dual(_), _) | (Some(Ordering::Equal), _, Value::Dual(_)) => {
            tied(a, b, p)
        }
        (Some(order), ..) => {
            Ok(if order == wanted || order == Ordering::Equal { a.clone() } else { b.clone() })
        }
        (None, Value::Number(x), Value::Number(y)) => {
            Ok(if wanted == Ordering::Less { x.min(y, p) } else { x.max(y, p) }?.into())
        }
        (None, ..) => Err(MathError::Undecided { function: "max" }.into()),
    }
}

/// Two equal values under a maximum have a derivative only if theirs agree.
fn tied(a: &Value, b: &Value, p: Precision) -> Result<Value> {
    let (_, _, da, _, db) = ops::split(a, b);
    let slope = subtract(da.unwrap_or(&zero()), db.unwrap_or(&zero()), p)?;
    match slope.as_number().and_then(Number::is_zero) {
        Some(true) => Ok(a.clone()),
        Some(false) => Err(no_derivative("max")),
        None => Err(MathError::Undecided { function: "max" }.into()),
    }
}

fn leaky_relu(args: &[Value], p: Precision) -> Result<Value> {
    let slope = match args.get(1) {
        Some(slope) => slope.clone(),
        None => return Err(Failure::Type("LeakyReLU needs its slope: `LeakyReLU(x, 0.01)`".to_owned())),
    };
    over_elements(&args[0], &|value| match sign(value, p)? {
        Some(Ordering::Less) => multiply(&slope, value, p),
        Some(Ordering::Equal) if matches!(value, Value::Dual(_)) => Err(no_derivative("LeakyReLU")),
        Some(_) => Ok(value.clone()),
        None => Err(MathError::Undecided { function: "LeakyReLU" }.into()),
    })
}

/// The sign of a number, if it is decided; of a random one, in its whole region.
fn sign(value: &Value, p: Precision) -> Result<Option<Ordering>> {
    match value {
        Value::Random(_) => polynomial::compare(value, &zero(), p).map(Some),
        _ => Ok(value.as_number().and_then(Number::sign)),
    }
}

/// exp(x_i − m) over the sum of all, with m the greatest.
fn softmax(value: &Value, p: Precision) -> Result<Value> {
    let items = elements(value, "softmax")?;
    let greatest = greatest(items);
    let power = |item: &Value| match &greatest {
        Some(greatest) => scalar(Function::Exp, &subtract(item, greatest, p)?, p),
        None => scalar(Function::Exp, item, p),
    };
    let powers: Vec<Value> = items.iter().map(power).collect::<Result<_>>()?;
    let total = powers.iter().try_fold(zero(), |sum, item| add(&sum, item, p))?;
    Ok(Value::list(powers.iter().map(|item| divide(item, &total, p)).collect::<Result<_>>()?))
}

/// The greatest of numbers, or the whole number below it where it is not known exactly: to subtract it makes nothing less
/// sharp. `None` if some are no numbers.
fn greatest(items: &[Value]) -> Option<Value> {
    let numbers = items.iter().map(|item| match item {
        Value::Number(number) => Some(number),
        _ => None,
    });
    let numbers = numbers.collect::<Option<Vec<_>>>()?;
    let greatest = numbers.into_iter().reduce(|one, other| match one.compare(other) {
        Some(Ordering::Less) => other,
        _ => one,
    })?;
    Some(match greatest.is_exact() {
        true => greatest.clone().into(),
        false => Number::from(Rational::from(greatest.enclosure().0.floor())).into(),
    })
}

fn trace(value: &Value, p: Precision) -> Result<Value> {
    let Value::Matrix(matrix) = value else {
        return only_cell(value).cloned().ok_or_else(|| wrong("trace", value));
    };
    let (rows, columns) = ops::shape(matrix);
    if rows != columns {
        return Err(Failure::Type(format!("a matrix of {rows}×{columns} has no trace")));
    }
    matrix.rows.iter().enumerate().try_fold(zero(), |sum, (at, row)| add(&sum, &row[at], p))
}

/// The element of a matrix of one row and one column, which is held as a number or as a list of one.
fn only_cell(value: &Value) -> Option<&Value> {
    match value {
        Value::Number(_) | Value::Dual(_) => Some(value),
        Value::List(items) => match &items[..] {
            [only @ (Value::Number(_) | Value::Dual(_))] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

fn mean(items: &[Value], p: Precision) -> Result<Value> {
    let sum = items.iter().try_fold(zero(), |sum, item| add(&sum, item, p))?;
    divide(&sum, &Value::integer(items.len() as u64), p)
}

/// In how many ways `total` things go into groups of these sizes.
fn multinomial(total: &Number, sizes: &[Number], p: Precision) -> std::result::Result<Number, MathError> {
    let (mut left, mut ways) = (total.clone(), Number::one());
    for size in sizes {
        ways = ways.mul(&left.binomial(size, p)?, p)?;
        left = left.sub(size, p)?;
    }
    match left.is_zero() {
        Some(true) => Ok(ways),
        _ => Err(MathError::Unsupported("the lower numbers do not add up to the upper one".to_owned())),
    }
}

/// How many different numbers there are.
fn round(args: &[Value], p: Precision) -> Result<Value> {
    numbers(args, |n| {
        let Some(digits) = n.get(1) else { return n[0].round() };
        let scale = Number::from(10i64).pow(digits, p)?;
        n[0].mul(&scale, p)?.round()?.div(&scale, p)
    })
}

fn over_elements(value: &Value, f: &dyn Fn(&Value) -> Result<Value>) -> Result<Value> {
    match value {
        Value::List(_) | Value::Matrix(_) => ops::map(value, |item| over_elements(item, f), "used here"),
        _ => f(value),
    }
}

fn elements<'v>(value: &'v Value, name: &str) -> Result<&'v [Value]> {
    match value {
        Value::List(items) => Ok(items),
        other => Err(wrong(name, other)),
    }
}

/// A function of plain numbers; a derivative does not pass through it.
fn numbers(args: &[Value], f: impl Fn(&[Number]) -> std::result::Result<Number, MathError>) -> Result<Value> {
    let mut plain = Vec::with_capacity(args.len());
    for arg in args {
        match arg {
            Value::Number(number) => plain.push(number.clone()),
            Value::Dual(dual) if is_constant(&dual.tangent) => match parts(arg, dual.tag).0 {
                Value::Number(number) => plain.push(number.clone()),
                other => return Err(wrong("this function", other)),
            },
            Value::Dual(_) => {
                return Err(Failure::Math(MathError::Unsupported(
                    "this function has no derivative here".to_owned(),
                )));
            }
            other => return Err(wrong("this function", other)),
        }
    }
    Ok(f(&plain)?.into())
}

fn is_constant(tangent: &Value) -> bool {
    tangent.as_number().and_then(Number::as_exact).is_some_and(|value| value.is_zero())
}

fn fold_numbers(
    args: &[Value],
    f: fn(&Number, &Number) -> std::result::Result<Number, MathError>,
) -> Result<Value> {
    let items = match args {
        [Value::List(items)] => items,
        _ => args,
    };
    numbers(items, |numbers| {
        let (first, rest) =
            numbers.split_first().ok_or_else(|| MathError::Unsupported("an empty list".to_owned()))?;
        rest.iter().try_fold(first.clone(), |all, next| f(&all, next))
    })
}

fn no_derivative(name: &str) -> Failure {
    Failure::Math(MathError::Unsupported(format!("`{name}` has no derivative at this point")))
}

fn wrong(name: &str, value: &Value) -> Failure {
    Failure::Type(format!("`{name}` does not apply to {}", value.describe()))
}
