//! Properties of the arithmetic: each precision encloses what the next one finds, and exact results are those of
//! plain integers.

use proptest::prelude::*;

use mdbook_qed::num::{Function, MathError, Number, Precision, Rational};

const FINE: Precision = Precision::LADDER[1];

/// Finite doubles of every magnitude that matters, near 0 and 1 among them.
fn double() -> impl Strategy<Value = f64> {
    let scaled =
        (-1.0..1.0_f64, -60..60_i32).prop_map(|(mantissa, exponent)| mantissa * 2.0_f64.powi(exponent));
    prop_oneof![
        4 => -30.0..30.0_f64,
        2 => -1.0..1.0_f64,
        1 => scaled,
        1 => (-1e-6..1e-6_f64).prop_map(|offset| 1.0 + offset),
        1 => -700.0..700.0_f64,
    ]
}

/// The enclosures of one value at two precisions have to meet; the finer one is a point in comparison.
fn meet(coarse: &Number, fine: &Number) -> bool {
    let (a, b) = (coarse.enclosure(), fine.enclosure());
    a.0 <= b.1 && b.0 <= a.1
}

/// Both results, where both exist. An error at the lower precision must not become a value of another kind.
fn agree(
    coarse: Result<Number, MathError>,
    fine: Result<Number, MathError>,
) -> Result<Option<(Number, Number)>, TestCaseError> {
    match (coarse, fine) {
        (Ok(coarse), Ok(fine)) => Ok(Some((coarse, fine))),
        (Err(error), _) if error.is_undecided() => Ok(None),
        (Err(coarse), Err(fine)) => {
            let same = std::mem::discriminant(&coarse) == std::mem::discriminant(&fine);
            prop_assert!(same, "{coarse} but {fine}");
            Ok(None)
        }
        (coarse, fine) => Err(TestCaseError::fail(format!("{coarse:?} but {fine:?}"))),
    }
}

proptest! {
    #[test]
    fn functions_in_hardware_enclose_the_precise_value(index in 0..Function::ALL.len(), x in double(), y in double()) {
        let function = Function::ALL[index];
        let arguments = [Number::from_f64(x).unwrap(), Number::from_f64(y).unwrap()];
        let arguments = &arguments[..function.arity()];
        let coarse = Number::apply(function, arguments, Precision::DOUBLE);
        let fine = Number::apply(function, arguments, FINE);
        if let Some((coarse, fine)) = agree(coarse, fine)? {
            prop_assert!(meet(&coarse, &fine), "{} of {x}: {coarse:?} but {fine:?}", function.name());
        }
    }

    #[test]
    fn functions_of_wide_intervals_enclose_those_of_every_point(
        index in 0..Function::ALL.len(), x in double(), width in 0.0..4.0_f64, part in 0.0..=1.0_f64,
        fine in any::<bool>(),
    ) {
        let function = Function::ALL[index];
        if function.arity() != 1 {
            return Ok(());
        }
        let precision = if fine { FINE } else { Precision::DOUBLE };
        let (lo, hi) = (Number::from_f64(x).unwrap(), Number::from_f64(x + width).unwrap());
        let point = Number::from_f64(x + width * part).unwrap();
        let wide = lo.hull(&hi, precision).unwrap();
        let of_wide = Number::apply(function, &[wide], precision);
        let of_point = Number::apply(function, &[point], FINE);
        match (of_wide, of_point) {
            (Ok(wide), Ok(point)) => prop_assert!(meet(&wide, &point), "{}: {wide:?} but {point:?}", function.name()),
            (Ok(wide), Err(error)) => prop_assert!(matches!(error, MathError::Limit(_)), "{wide:?} but {error}"),
            (Err(MathError::Domain { .. }), Ok(point)) => prop_assert!(false, "domain, but {point:?}"),
            _ => {}
        }
    }

    #[test]
    fn powers_in_hardware_enclose_the_precise_value(x in double(), y in double(), n in -40..40_i64) {
        let (base, exponent) = (Number::from_f64(x).unwrap(), Number::from_f64(y).unwrap());
        if let Some((coarse, fine)) = agree(base.pow(&exponent, Precision::DOUBLE), base.pow(&exponent, FINE))? {
            prop_assert!(meet(&coarse, &fine), "{x}^{y}: {coarse:?} but {fine:?}");
        }
        let blurred = |precision| base.mul(&Number::pi(precision)?, precision)?.pow(&Number::from(n), precision);
        if let Some((coarse, fine)) = agree(blurred(Precision::DOUBLE), blurred(FINE))? {
            prop_assert!(meet(&coarse, &fine), "({x} π)^{n}: {coarse:?} but {fine:?}");
        }
    }

    #[test]
    fn expressions_enclose_their_more_precise_selves(steps in prop::collection::vec((0..14_u8, -50..50_i64, 1..20_i64), 1..14)) {
        let coarse = run(&steps, Precision::DOUBLE);
        let fine = run(&steps, FINE);
        if let Some((coarse, fine)) = agree(coarse, fine)? {
            prop_assert!(meet(&coarse, &fine), "{coarse:?} but {fine:?}");
        }
    }

    #[test]
    fn exact_arithmetic_is_that_of_integers(a in -1000..1000_i128, b in 1..1000_i128, c in -1000..1000_i128, d in 1..1000_i128) {
        let p = Precision::DOUBLE;
        let ratio = |top: i128, bottom: i128| Number::from(Rational::from(top) / Rational::from(bottom));
        let (x, y) = (ratio(a, b), ratio(c, d));
        let equal = |result: Number, top: i128, bottom: i128| result.as_exact() == ratio(top, bottom).as_exact();
        prop_assert!(equal(x.add(&y, p).unwrap(), a * d + c * b, b * d));
        prop_assert!(equal(x.sub(&y, p).unwrap(), a * d - c * b, b * d));
        prop_assert!(equal(x.mul(&y, p).unwrap(), a * c, b * d));
        if c != 0 {
            prop_assert!(equal(x.div(&y, p).unwrap(), a * d, b * c));
            let remainder = a.rem_euclid(c);
            let expected = if c < 0 && remainder != 0 { remainder + c } else { remainder };
            prop_assert!(equal(ratio(a, 1).modulo(&ratio(c, 1), p).unwrap(), expected, 1));
        }
        prop_assert_eq!(x.compare(&y), Some((a * d).cmp(&(c * b))));
        prop_assert!(equal(x.floor().unwrap(), a.div_euclid(b), 1));
        prop_assert!(equal(x.pow(&Number::from(3), p).unwrap(), a * a * a, b * b * b));
        prop_assert!(equal(x.mul(&x, p).unwrap().sqrt(p).unwrap(), a.abs(), b));
    }

    #[test]
    fn printed_digits_are_the_nearest(top in -1_000_000_000..1_000_000_000_i64, bottom in 1..1_000_000_i64, digits in 1..12_usize) {
        let value = Rational::from(top) / Rational::from(bottom);
        let text = Number::from(value.clone()).to_decimal(digits).unwrap();
        let printed = Number::parse_decimal(&text).unwrap();
        let significant = text.split('e').next().unwrap().trim_start_matches(['-', '0', '.']).replace('.', "").len();
        let magnitude = if value < Rational::ZERO { -value.clone() } else { value.clone() };
        let difference = if printed > value { printed - value } else { value - printed };
        if difference.is_zero() {
            return Ok(());
        }
        prop_assert!(significant >= digits);
        // Half a unit of the last of so many digits is at most 5 * 10^-digits of the value.
        let bound = magnitude * Rational::from(5) / Rational::from(10_i64.pow(digits as u32));
        prop_assert!(difference <= bound, "{text}");
    }
}

/// A little stack machine: each step combines the value so far with a constant or applies a function.
fn run(steps: &[(u8, i64, i64)], p: Precision) -> Result<Number, MathError> {
    let mut value = Number::pi(p)?;
    for (kind, top, bottom) in steps {
        let constant = Number::from(Rational::from(*top) / Rational::from(*bottom));
        value = match kind {
            0 => value.add(&constant, p)?,
            1 => value.sub(&constant, p)?,
            2 => value.mul(&constant, p)?,
            3 => value.div(&constant, p)?,
            4 => constant.div(&value, p)?,
            5 => value.mul(&value, p)?,
            6 => value.abs().sqrt(p)?,
            7 => value.pow(&Number::from(*top % 5), p)?,
            8 => value.max(&constant, p)?,
            9 => Number::apply(Function::Sin, &[value], p)?,
            10 => Number::apply(Function::Sigmoid, &[value], p)?,
            11 => Number::apply(Function::Atan, &[value], p)?,
            12 => value.abs().add(&Number::one(), p)?.ln(p)?,
            _ => Number::apply(Function::Tanh, &[value], p)?,
        };
    }
    Ok(value)
}
