//! What stays exact, what is refused, what is left undecided: the contract of `Number`, through its public face.

use std::cmp::Ordering;

use mdbook_qed::num::exact::parse_decimal;
use mdbook_qed::num::{Function, MathError, Number, Precision, Rational};

const P: Precision = Precision::DOUBLE;

fn number(text: &str) -> Number {
    Number::from(ratio(text))
}

fn ratio(text: &str) -> Rational {
    match text.split_once('/') {
        Some((top, bottom)) => {
            parse_decimal(top).expect("a decimal") / parse_decimal(bottom).expect("a decimal")
        }
        None => parse_decimal(text).unwrap_or_else(|| panic!("{text} is no decimal")),
    }
}

fn call(name: &str, argument: &Number) -> Result<Number, MathError> {
    Number::apply(Function::from_name(name).expect("a decimal"), std::slice::from_ref(argument), P)
}

#[track_caller]
fn is_exactly(result: Result<Number, MathError>, expected: &str) {
    let result = result.expect("a decimal");
    assert_eq!(result.as_exact(), Some(&ratio(expected)), "{result:?}");
}

#[track_caller]
fn is_domain(result: Result<Number, MathError>) {
    assert!(matches!(result, Err(MathError::Domain { .. })), "{result:?}");
}

#[track_caller]
fn is_limit(result: Result<Number, MathError>) {
    assert!(matches!(result, Err(MathError::Limit(_))), "{result:?}");
}

#[track_caller]
fn is_undecided(result: Result<Number, MathError>) {
    assert!(result.as_ref().is_err_and(MathError::is_undecided), "{result:?}");
}

/// An enclosure of zero that is not known to be zero.
fn blurred_zero() -> Number {
    let root = number("2").sqrt(P).expect("a decimal");
    root.mul(&root, P).expect("a decimal").sub(&number("2"), P).expect("a decimal")
}

#[test]
fn rational_arithmetic_stays_exact() {
    is_exactly(number("0.1").add(&number("0.2"), P), "0.3");
    is_exactly(number("1").div(&number("3"), P).expect("a decimal").mul(&number("3"), P), "1");
    is_exactly(number("1").add(&number("1e-17"), P).expect("a decimal").sub(&number("1"), P), "1e-17");
    is_exactly(Ok(number("-7/3").abs()), "7/3");
    is_exactly(number("-7/3").signum(), "-1");
}

#[test]
fn powers_of_rationals_stay_exact() {
    let cases = [
        ("2", "10", "1024"),
        ("2/3", "-2", "9/4"),
        ("-2", "3", "-8"),
        ("0", "0", "1"),
        ("-5/7", "0", "1"),
        ("0", "3", "0"),
        ("0", "2/3", "0"),
        ("4", "1/2", "2"),
        ("8/27", "2/3", "4/9"),
        ("4/9", "-1/2", "3/2"),
        ("999949000866995087", "1/3", "999983"),
        ("1", "1e100", "1"),
        ("-1", "1000000000000000000000001", "-1"),
        ("32", "0.2", "2"),
        ("1.21", "1.5", "1.331"),
    ];
    for (base, exponent, expected) in cases {
        is_exactly(number(base).pow(&number(exponent), P), expected);
    }
}

#[test]
fn powers_outside_the_domain_are_refused() {
    is_domain(number("-8").pow(&number("1/3"), P));
    is_domain(number("-2").pow(&number("0.5"), P));
    is_domain(number("-2").pow(&Number::pi(P).expect("a decimal"), P));
    assert_eq!(number("0").pow(&number("-1"), P).unwrap_err(), MathError::DivisionByZero);
    assert_eq!(number("0").pow(&number("-1/2"), P).unwrap_err(), MathError::DivisionByZero);
    is_undecided(blurred_zero().pow(&number("-2"), P));
    is_undecided(blurred_zero().pow(&number("1/2"), P));
}

#[test]
fn roots_are_exact_where_they_can_be_and_real_where_odd() {
    is_exactly(number("16").root(&number("2"), P), "4");
    is_exactly(number("-8").root(&number("3"), P), "-2");
    is_exactly(number("-1/32").root(&number("5"), P), "-1/2");
    is_exactly(number("0").root(&number("4"), P), "0");
    is_domain(number("-16").root(&number("4"), P));
    is_domain(number("-1e-30").sqrt(P));
    assert_eq!(number("5").root(&number("0"), P).unwrap_err(), MathError::DivisionByZero);
    let fifth = number("-10").root(&number("5"), P).expect("a decimal");
    assert_eq!(fifth.to_decimal(8).as_deref(), Some("-1.5848932"));
    let inverse = number("2").root(&number("-2"), P).expect("a decimal");
    assert_eq!(inverse.to_decimal(6).as_deref(), Some("0.707107"));
}

#[test]
fn logarithms_are_exact_where_rational() {
    is_exactly(number("8").log(&number("2"), P), "3");
    is_exactly(number("8").log2(P), "3");
    is_exactly(number("0.001").log10(P), "-3");
    is_exactly(number("8").log(&number("4"), P), "3/2");
    is_exactly(number("4/9").log(&number("27/8"), P), "-2/3");
    is_exactly(number("1").ln(P), "0");
    is_exactly(number("1").log(&number("7"), P), "0");
    is_exactly(number("1e5000").log10(P), "5000");
    is_domain(number("0").ln(P));
    is_domain(number("-1").log2(P));
    is_domain(number("5").log(&number("1"), P));
    is_domain(number("5").log(&number("-2"), P));
    assert!(!number("10").log2(P).expect("a decimal").is_exact());
    assert!(!number("1001").log10(P).expect("a decimal").is_exact());
}

#[test]
fn functions_at_their_exact_points_are_exact() {
    let zero = [
        "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "sqrt", "cbrt", "expm1",
        "log1p",
    ];
    for name in zero {
        is_exactly(call(name, &number("0")), "0");
    }
    for name in ["cos", "sec", "cosh", "sech", "exp", "erfc"] {
        is_exactly(call(name, &number("0")), "1");
    }
    is_exactly(call("sigmoid", &number("0")), "1/2");
    is_exactly(call("normal_cdf", &number("0")), "1/2");
    is_exactly(call("acos", &number("1")), "0");
    is_exactly(call("acosh", &number("1")), "0");
    is_exactly(call("gamma", &number("5")), "24");
    is_exactly(call("lngamma", &number("2")), "0");
    is_exactly(call("cbrt", &number("-27")), "-3");
}

#[test]
fn functions_outside_their_domain_are_refused() {
    let cases = [
        ("asin", "1.0001"),
        ("acos", "-1.5"),
        ("acosh", "0.99"),
        ("atanh", "1"),
        ("atanh", "-1"),
        ("atanh", "2"),
        ("ln", "-1"),
        ("log1p", "-1"),
        ("log1p", "-3"),
        ("sqrt", "-1"),
        ("gamma", "0"),
        ("gamma", "-3"),
        ("digamma", "-3"),
        ("lngamma", "-0.5"),
    ];
    for (name, argument) in cases {
        is_domain(call(name, &number(argument)));
    }
    for name in ["cot", "csc", "coth", "csch"] {
        assert_eq!(call(name, &number("0")).unwrap_err(), MathError::DivisionByZero, "{name}");
    }
    is_domain(Number::apply(Function::Atan2, &[number("0"), number("0")], P));
    assert!(matches!(Number::apply(Function::Sin, &[], P), Err(MathError::Arguments { .. })));
    assert!(matches!(Number::apply(Function::Atan2, &[number("1")], P), Err(MathError::Arguments { .. })));
}

#[test]
fn what_more_precision_could_decide_is_undecided() {
    let zero = blurred_zero();
    is_undecided(number("1").div(&zero, P));
    is_undecided(call("ln", &zero));
    is_undecided(call("sqrt", &zero));
    is_undecided(zero.floor());
    is_undecided(zero.signum());
    is_undecided(call("gamma", &zero));
    is_undecided(call("csc", &zero));
    is_undecided(zero.log(&number("2"), P));
    let one = number("1").add(&zero, P).expect("a decimal");
    for name in ["acos", "asin", "acosh", "atanh"] {
        is_undecided(call(name, &one));
    }
    let pole = Number::pi(P).expect("a decimal").div(&number("2"), P).expect("a decimal");
    is_undecided(call("tan", &pole));
    is_undecided(call("sec", &pole));
    assert_eq!(zero.compare(&number("0")), None);
    assert_eq!(zero.is_zero(), None);
    assert_eq!(one.is_integer(), None);
    assert_eq!(zero.to_decimal(3), None);
}

#[test]
fn precision_tightens_an_enclosure_of_zero() {
    for precision in Precision::LADDER {
        let root = number("2").sqrt(*precision).expect("a decimal");
        let zero =
            root.mul(&root, *precision).expect("a decimal").sub(&number("2"), *precision).expect("a decimal");
        let (lo, hi) = zero.enclosure();
        assert!(lo <= Rational::ZERO && hi >= Rational::ZERO);
        let bound =
            number("2").pow(&number(&format!("{}", 4 - i64::from(precision.bits()))), P).expect("a decimal");
        assert_eq!(Number::from(zero.width()).compare(&bound), Some(Ordering::Less));
    }
}

#[test]
fn decided_comparisons_are_decided() {
    let pi = Number::pi(P).expect("a decimal");
    assert_eq!(pi.compare(&number("22/7")), Some(Ordering::Less));
    assert_eq!(number("3").compare(&pi), Some(Ordering::Less));
    assert_eq!(pi.compare(&Number::e(P).expect("a decimal")), Some(Ordering::Greater));
    assert_eq!(pi.compare(&pi), None);
    assert_eq!(pi.is_integer(), Some(false));
    assert_eq!(pi.is_zero(), Some(false));
    // 17 digits of π are between two neighbouring doubles.
    assert_eq!(pi.compare(&number("3.14159265358979324")), None);
    let finer = Number::pi(Precision::LADDER[1]).expect("a decimal");
    assert_eq!(finer.compare(&number("3.14159265358979324")), Some(Ordering::Less));
}

#[test]
fn what_is_enormous_is_refused_at_once() {
    let huge = number("10").pow(&number("10"), P).expect("a decimal");
    is_limit(number("10").pow(&huge, P));
    is_limit(number("2").pow(&number("1000000000"), P));
    is_limit(number("2").pow(&number("1000000000.5"), P));
    is_limit(number("2").pow(&number("1e1000"), P));
    is_limit(number("1.5").pow(&number("1e30"), P));
    is_limit(Number::pi(P).expect("a decimal").pow(&number("1e12"), P));
    is_limit(huge.factorial(P));
    is_limit(number("20001").factorial(P));
    is_limit(number("1e9").double_factorial());
    is_limit(number("1e9").binomial(&number("5e8"), P));
    is_limit(call("exp", &number("1e10")));
    is_limit(call("cosh", &number("-1e100")));
    is_limit(call("sin", &number("1e10000")));
    is_limit(call("gamma", &number("1e8").add(&number("0.3"), P).expect("a decimal")));
    is_limit(number("1e-1000").pow(&number("-1e9"), P));
}

#[test]
fn large_but_representable_results_are_computed() {
    let cases = [
        (number("1.0000001").pow(&number("1000000000"), P), "2.688e43"),
        (call("exp", &number("1000")), "1.970e434"),
        (number("0.5").pow(&number("2000000"), P), "1.020e-602060"),
        (call("sin", &number("1e1000")), "0.6534"),
        (number("10").pow(&number("1000000"), P), "1.000e1000000"),
        (call("sigmoid", &number("-1000")), "5.076e-435"),
        (call("erfc", &number("100")), "6.406e-4346"),
    ];
    for (result, expected) in cases {
        assert_eq!(result.expect("a decimal").to_decimal(4).as_deref(), Some(expected));
    }
}

#[test]
fn results_too_small_to_hold_are_enclosed_by_zero_and_little() {
    for value in [
        call("exp", &number("-1e10")).expect("a decimal"),
        number("2").pow(&number("-1e9"), P).expect("a decimal"),
    ] {
        let (lo, hi) = value.enclosure();
        assert!(lo == Rational::ZERO && hi > Rational::ZERO);
        assert_eq!(value.compare(&number("1e-100000")), Some(Ordering::Less));
    }
    let saturated = call("tanh", &number("1e10")).expect("a decimal");
    assert!(saturated.enclosure().1 <= Rational::ONE);
}

#[test]
fn steps_round_as_their_names_say() {
    for (value, floor, ceil, round) in
        [("2.5", "2", "3", "3"), ("-2.5", "-3", "-2", "-3"), ("7", "7", "7", "7")]
    {
        is_exactly(number(value).floor(), floor);
        is_exactly(number(value).ceil(), ceil);
        is_exactly(number(value).round(), round);
    }
    is_exactly(Number::pi(P).expect("a decimal").floor(), "3");
    is_exactly(Number::pi(P).expect("a decimal").neg().floor(), "-4");
    is_exactly(Number::pi(P).expect("a decimal").ceil(), "4");
    is_limit(call("exp", &number("1e6")).expect("a decimal").floor());
}

#[test]
fn remainders_have_the_sign_of_the_divisor() {
    for (a, b, expected) in [
        ("7", "3", "1"),
        ("-7", "3", "2"),
        ("7", "-3", "-2"),
        ("-7", "-3", "-1"),
        ("6", "3", "0"),
        ("5.5", "2", "1.5"),
        ("-5.5", "2", "0.5"),
    ] {
        is_exactly(number(a).modulo(&number(b), P), expected);
    }
    assert_eq!(number("1").modulo(&number("0"), P).unwrap_err(), MathError::DivisionByZero);
    let turn = number("10").modulo(&Number::pi(P).expect("a decimal"), P).expect("a decimal");
    assert_eq!(turn.to_decimal(6).as_deref(), Some("0.575222"));
}

#[test]
fn factorials_binomials_and_divisors() {
    is_exactly(number("0").factorial(P), "1");
    is_exactly(number("20").factorial(P), "2432902008176640000");
    is_domain(number("-1").factorial(P));
    assert_eq!(number("0.5").factorial(P).expect("a decimal").to_decimal(8).as_deref(), Some("0.88622693"));
    is_exactly(number("7").double_factorial(), "105");
    is_exactly(number("8").double_factorial(), "384");
    is_exactly(number("0").double_factorial(), "1");
    is_exactly(number("-1").double_factorial(), "1");
    is_domain(number("-3").double_factorial());
    is_exactly(number("52").binomial(&number("5"), P), "2598960");
    is_exactly(number("5").binomial(&number("7"), P), "0");
    is_exactly(number("5").binomial(&number("-1"), P), "0");
    is_exactly(number("1000000").binomial(&number("999998"), P), "499999500000");
    is_exactly(number("-2").binomial(&number("3"), P), "-4");
    is_exactly(number("1/2").binomial(&number("3"), P), "1/16");
    is_domain(number("5").binomial(&number("1/2"), P));
    is_exactly(number("-12").gcd(&number("18")), "6");
    is_exactly(number("0").gcd(&number("0")), "0");
    is_exactly(number("4").lcm(&number("-6")), "12");
    is_exactly(number("0").lcm(&number("5")), "0");
    is_domain(number("1/2").gcd(&number("3")));
}

#[test]
fn extremes_of_overlapping_enclosures_enclose() {
    let zero = blurred_zero();
    let most = zero.max(&number("0"), P).expect("a decimal");
    assert!(most.enclosure().0 == Rational::ZERO && most.enclosure().1 > Rational::ZERO);
    is_exactly(number("2").max(&Number::e(P).expect("a decimal"), P).map(|_| number("2")), "2");
    is_exactly(number("2").min(&Number::e(P).expect("a decimal"), P), "2");
}

#[test]
fn gamma_between_integers_is_a_multiple_of_the_root_of_pi() {
    // Abramowitz and Stegun 6.1.8 and on: Γ(7/2) = 15/8 √π, Γ(-3/2) = 4/3 √π.
    let root = Number::pi(P).expect("a decimal").sqrt(P).expect("a decimal");
    for (argument, factor) in [("7/2", "15/8"), ("1/2", "1"), ("-1/2", "-2"), ("-3/2", "4/3")] {
        let quotient = call("gamma", &number(argument)).expect("a decimal").div(&root, P).expect("a decimal");
        let difference = quotient.sub(&number(factor), P).expect("a decimal");
        assert_eq!(difference.compare(&number("0")), None, "{argument}");
        assert!(difference.to_f64().abs() < 1e-14);
    }
}

#[test]
fn constants_have_their_digits() {
    let p = Precision::LADDER[1];
    let cases = [
        (Number::pi(p), "3.1415926535897932384626433832795028841972"),
        (Number::e(p), "2.7182818284590452353602874713526624977572"),
        (Number::golden_ratio(p), "1.6180339887498948482045868343656381177203"),
        (Number::euler_gamma(p), "0.57721566490153286060651209008240243104216"),
    ];
    for (value, expected) in cases {
        assert_eq!(value.expect("a decimal").to_decimal(41).as_deref(), Some(expected));
    }
}

#[test]
fn decimals_are_correctly_rounded_or_withheld() {
    let cases = [
        ("1/3", 5, "0.33333"),
        ("2/3", 5, "0.66667"),
        ("-2/3", 1, "-0.7"),
        ("200/3", 1, "70"),
        ("0.5", 9, "0.5"),
        ("132863336", 3, "132863336"),
        ("1e20", 3, "100000000000000000000"),
        ("1e21", 3, "1e21"),
        ("1.5e40", 3, "1.5e40"),
        ("0", 3, "0"),
        ("-0.00", 3, "0"),
        ("1/3000000000", 3, "3.33e-10"),
        ("1e-30", 3, "1e-30"),
        ("29999999/30000000", 3, "1.00"),
        ("1/7", 0, "0.1"),
        ("0.123456789", 3, "0.123456789"),
        ("1/1024", 3, "0.0009765625"),
        ("1e-400", 3, "1e-400"),
    ];
    for (value, digits, expected) in cases {
        assert_eq!(number(value).to_decimal(digits).as_deref(), Some(expected), "{value}");
    }
    let pi = Number::pi(P).expect("a decimal");
    assert_eq!(pi.to_decimal(15).as_deref(), Some("3.14159265358979"));
    assert_eq!(pi.to_decimal(20), None);
    // The 763rd digit is the first of six nines, so one has to see past all of them.
    let long = Number::pi(Precision::LADDER[4]).expect("a decimal").to_decimal(763).expect("a decimal");
    assert!(long.ends_with("07211350"), "{}", &long[740..]);
}

#[test]
fn messages_name_the_function_and_the_argument() {
    assert_eq!(call("asin", &number("3/2")).unwrap_err().to_string(), "asin is not defined at 3/2");
    assert_eq!(number("-1").sqrt(P).unwrap_err().to_string(), "sqrt is not defined at -1");
    assert_eq!(number("1").div(&number("0"), P).unwrap_err().to_string(), "division by zero");
}
