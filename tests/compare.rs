//! Verdicts by a table whose truth comes from Python, and as laws on random numbers.

use mdbook_qed::compare::{
    Computed, Kind, Outcome, Rational, Relation, Rule, Stated, Verdict, compare, decimal::power_of_ten,
};
use mdbook_qed::num::exact::parse_decimal;
use mdbook_qed::scan::Rounding;
use mdbook_qed::splice::render::render;
use proptest::prelude::*;

/// A number as the tables spell it: `-0.85`, `1.5e-3`, `93.06%`, `10^30`, `10^{30}`.
fn stated(text: &str) -> Stated {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    if let Some(exponent) = unsigned.strip_prefix("10^") {
        let exponent = exponent.trim_matches(['{', '}']);
        let power = Stated::power_of_ten(exponent.parse().expect("an exponent")).expect("a power of ten");
        return if negative { power.negated() } else { power };
    }
    let (number, percent) = unsigned.strip_suffix('%').map_or((unsigned, false), |rest| (rest, true));
    let (mantissa, exponent) = number.split_once('e').unwrap_or((number, "0"));
    let exponent = exponent.parse().expect("an exponent");
    Stated::new(mantissa, negative, exponent, percent).unwrap_or_else(|| panic!("{text} is no number"))
}

/// `a/b`.
fn ratio(text: &str) -> Rational {
    let (top, bottom) = text.split_once('/').unwrap_or((text, "1"));
    parse_decimal(top).expect("a numerator") / parse_decimal(bottom).expect("a denominator")
}

/// One line of the table of verdicts.
struct Case {
    stated: Stated,
    computed: Computed,
    rule: Rule,
    last: bool,
}

impl Case {
    fn read(stated_text: &str, relation: &str, expression: &str, rules: &str, bounds: [&str; 2]) -> Self {
        let relation = if relation == "=" { Relation::Equal } else { Relation::Approx };
        let mut computed = Computed::exact(ratio(bounds[0]));
        computed.hi = ratio(bounds[1]);
        computed.source.inexact = expression.contains('.') || is_irrational(expression);
        let mut case = Self { stated: stated(stated_text), computed, rule: Rule::new(relation), last: true };
        rules.split(',').filter(|rule| !rule.is_empty()).for_each(|rule| case.apply(rule));
        case
    }

    fn apply(&mut self, rule: &str) {
        let (name, value) = rule.split_once('=').unwrap_or((rule, "1"));
        let value = parse_decimal(value).expect("the value of a rule");
        match name {
            "rel" => self.rule.rel = Some(value),
            "abs" => self.rule.abs = Some(value),
            "truncate" => self.rule.rounding = Rounding::Truncate,
            "first" => self.last = false,
            "estimate" => self.computed.source.kind = Kind::Estimate,
            "single" => self.computed.source.kind = Kind::Hardware,
            "se" => self.computed.source.kind = Kind::Sample { standard_error: value },
            "width" => {}
            _ => panic!("{name} is no rule of the table"),
        }
    }

    fn judge(&self) -> Outcome {
        compare(&self.stated, &self.computed, &self.rule, self.last)
    }
}

fn is_irrational(expression: &str) -> bool {
    ["sqrt", "sin", "cos", "exp", "log", "pi"].iter().any(|name| expression.contains(name))
        || expression == "e"
}

fn words(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Decided(verdict, detail) => (verdict.word(), detail.clause()),
        Outcome::NeedsPrecision => ("needs precision", ""),
        Outcome::OverPrecise => ("over-precise", ""),
    }
}

/// The lines of a table, without comments and heading.
fn lines(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

#[test]
fn verdicts() {
    let mut count = 0;
    for line in lines(include_str!("data/compare.tsv")) {
        let [text, relation, expression, rules, lo, hi, verdict, detail, why] = line[..] else {
            panic!("not nine columns: {line:?}")
        };
        let case = Case::read(text, relation, expression, rules, [lo, hi]);
        let (word, clause) = words(case.judge());
        assert_eq!(word, verdict, "{text} {relation} {expression} {rules}: {why}");
        let fits = if detail.is_empty() { clause.is_empty() } else { clause.contains(detail) };
        assert!(fits, "{text} {relation} {expression} {rules}: `{clause}` for `{detail}`");
        count += 1;
    }
    assert!(count >= 250, "{count} lines");
}

/// A negative zero apart, the sign of both sides changes nothing.
#[test]
fn negation_keeps_every_verdict() {
    for line in lines(include_str!("data/compare.tsv")) {
        let case = Case::read(line[0], line[1], line[2], line[3], [line[4], line[5]]);
        let negated =
            Case { stated: case.stated.clone().negated(), computed: -case.computed.clone(), ..case };
        assert_eq!(words(negated.judge()).0, line[6], "{line:?}");
    }
}

/// What is rendered where something else stands is right there.
#[test]
fn rendered_values_pass() {
    for line in lines(include_str!("data/compare.tsv")) {
        let case = Case::read(line[0], line[1], line[2], line[3], [line[4], line[5]]);
        let Some(text) = render(&case.computed, &case.stated.clone().typed(line[0]), &case.rule) else {
            let open = line[3].contains("width")
                || line[3].contains("estimate=1e-4")
                || matches!(line[6], "unverifiable" | "over-precise");
            assert!(open || line[0].contains("10^"), "nothing is rendered for {line:?}");
            continue;
        };
        let rendered = Case { stated: stated(&text), last: true, ..case };
        let outcome = rendered.judge();
        assert!(matches!(outcome, Outcome::Decided(verdict, _) if verdict.passes()), "{text} for {line:?}");
    }
}

/// A number to be rendered like, in the spelling of the tables.
fn typed() -> impl Strategy<Value = String> {
    let mantissa = prop_oneof![
        "[1-9][0-9]{0,5}",
        "[1-9][0-9]{0,2}(,[0-9]{3}){1,2}",
        "(0|[1-9][0-9]{0,4})\\.[0-9]{1,9}",
        "[1-9][0-9]{0,2}(\\{,\\}[0-9]{3}){1,2}\\.[0-9]{1,3}",
        "0\\.[0-9]{3} [0-9]{3}",
    ];
    let tail = prop_oneof![4 => Just(String::new()), 1 => Just("%".to_owned()), 1 => "e-?[1-9]"];
    (prop_oneof![3 => Just(""), 1 => Just("-")], mantissa, tail)
        .prop_map(|(sign, mantissa, tail)| format!("{sign}{mantissa}{tail}"))
}

/// A number to compute: quotients, and decimals, among which ties are common.
fn value() -> impl Strategy<Value = Rational> {
    let quotient = (-1_000_000_000_000i64..1_000_000_000_000, 1u64..1_000_000);
    let decimal = (-100_000i64..100_000, (0u32..8).prop_map(|places| 10u64.pow(places)));
    let binary = (-5_000i64..5_000, (0u32..10).prop_map(|places| 2u64.pow(places)));
    prop_oneof![quotient, decimal, binary]
        .prop_map(|(top, bottom)| Rational::from_parts(top.into(), bottom.into()))
}

/// Every text that differs in one digit of the mantissa.
fn flips(text: &str) -> Vec<String> {
    let mantissa = text.split(['e', '%']).next().unwrap_or(text);
    let digits = mantissa.char_indices().filter(|(_, digit)| digit.is_ascii_digit());
    let change = |(idx, old): (usize, char)| {
        let others = ('0'..='9').filter(move |new| *new != old);
        others.map(move |new| format!("{}{new}{}", &text[..idx], &text[idx + 1..]))
    };
    digits.flat_map(change).collect()
}

fn is_number(text: &str) -> bool {
    // A group that starts with 0, such as `0,123`, is no number.
    let unsigned = text.trim_start_matches('-');
    !unsigned.starts_with('0')
        || unsigned.split(['.', 'e', '%']).next().is_some_and(|whole| !whole.contains(','))
}

fn tie(number: &Stated, value: &Rational) -> bool {
    let twice = (value - &number.value) * Rational::from(2u8);
    twice == number.unit || -twice == number.unit
}

/// A number about a unit away, by how large another is.
fn close_to(number: &Stated, value: Rational) -> Rational {
    &number.value + value / Rational::from(1_000_000_000u32) * &number.unit
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_is_right_and_no_digit_can_change(
        like in typed(), value in value(), inexact: bool, narrow: bool
    ) {
        let rule = Rule::new(Relation::Equal);
        let mut computed = Computed::exact(value.clone());
        computed.source.inexact = inexact || narrow;
        if narrow {
            computed.lo -= power_of_ten(-80);
            computed.hi += power_of_ten(-70);
        }
        let text = render(&computed, &stated(&like).typed(like.clone()), &rule).expect("bounds that decide");
        let outcome = compare(&stated(&text), &computed, &rule, true);
        prop_assert!(
            matches!(outcome, Outcome::Decided(Verdict::Exact | Verdict::Rounded, _)),
            "{text} like {like}: {outcome:?}"
        );
        for flipped in flips(&text).into_iter().filter(|flipped| is_number(flipped)) {
            let number = stated(&flipped);
            let outcome = compare(&number, &computed, &rule, true);
            let noticed = matches!(outcome, Outcome::Decided(Verdict::Mismatch | Verdict::Truncated, _));
            prop_assert!(noticed || tie(&number, &value), "{text} became {flipped}: {outcome:?}");
        }
    }

    #[test]
    fn scaling_both_sides_changes_nothing(like in typed(), value in value(), near: bool, shift in -20i64..20) {
        // With a point it is no integer, for which the rules are others.
        let (mantissa, exponent) = like.trim_end_matches('%').split_once('e').unwrap_or((&like, "0"));
        let mantissa = mantissa.trim_end_matches('%').to_owned() + if mantissa.contains('.') { "" } else { "." };
        let exponent = exponent.parse::<i64>().expect("an exponent");
        let number = stated(&format!("{mantissa}e{exponent}"));
        let scaled = stated(&format!("{mantissa}e{}", exponent + shift));
        let value = if near { close_to(&number, value) } else { value };
        let rule = Rule::new(Relation::Equal);
        prop_assert_eq!(
            compare(&number, &Computed::exact(value.clone()), &rule, true),
            compare(&scaled, &Computed::exact(value * power_of_ten(shift)), &rule, true)
        );
    }

    #[test]
    fn negating_both_sides_changes_nothing(like in typed(), value in value(), approx: bool, truncate: bool) {
        let mut rule = Rule::new(if approx { Relation::Approx } else { Relation::Equal });
        rule.rounding = if truncate { Rounding::Truncate } else { Rounding::Nearest };
        let number = stated(&like);
        let computed = Computed::exact(value);
        let outcome = compare(&number, &computed, &rule, true);
        prop_assert_eq!(outcome, compare(&number.negated(), &-computed, &rule, true));
    }

    #[test]
    fn wider_bounds_never_change_a_verdict(like in typed(), value in value(), width in 0i64..12, near: bool) {
        let number = stated(&like);
        let value = if near { close_to(&number, value) } else { value };
        let rule = Rule::new(Relation::Equal);
        let sharp = compare(&number, &Computed::exact(value.clone()).inexact(), &rule, false);
        let radius = &number.unit * power_of_ten(-width);
        let wide = compare(&number, &Computed::between(&value - &radius, &value + &radius), &rule, false);
        let verdict = |outcome| words(outcome).0;
        prop_assert!(wide == Outcome::NeedsPrecision || verdict(wide) == verdict(sharp), "{wide:?} {sharp:?}");
    }

    #[test]
    fn no_text_makes_it_panic(text in "[0-9.,{}\\\\ ~_]{0,30}", exponent: i64, negative: bool, percent: bool) {
        let _ = Stated::new(&text, negative, exponent, percent);
        let _ = Stated::new(&text, negative, exponent % 20, percent);
    }
}
