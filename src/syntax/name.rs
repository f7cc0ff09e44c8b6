//! Names as authors write them, in one canonical spelling.
//!
//! `w_{10}`, `w_10` in plain notation and `\mathrm{w}_{10}` are the same name. The canonical spelling is the
//! plain one: letters (Greek ones by their Latin names), `_` and the subscript, `^(…)` and the superscript,
//! primes; accents and bold wrap it (`hat(y)`, `bold(x)`).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::unicode;

/// A name in its canonical spelling. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// Accents that a Rust identifier can spell, after an underscore.
const ACCENTS: &[&str] = &["hat", "bar", "tilde", "vec", "dot", "bold"];

impl Name {
    /// The name with this canonical spelling.
    pub fn new(canonical: &str) -> Self {
        Self(latin(canonical).as_ref().into())
    }

    /// `base` with a subscript, `w` and `10` to `w_10`. A subscript that is more than one word of letters and
    /// digits is put in parentheses so that no two names collide; it stands before a superscript, in whichever order
    /// the two were typed.
    pub fn with_subscript(base: &str, subscript: &str) -> Self {
        let (base, raised) = base.split_at(raised_from(base));
        if is_word(subscript) {
            Self::new(&format!("{base}_{subscript}{raised}"))
        } else {
            Self::new(&format!("{base}_({subscript}){raised}"))
        }
    }

    /// The list, and the numbers of the index, that a name spells as an element: `a^(1)` and `2` of `a_2^(1)`.
    pub fn as_element(name: &str) -> Option<(String, &str)> {
        let (lowered, raised) = name.split_at(raised_from(name));
        let (list, index) = lowered.rsplit_once('_')?;
        let digits = index.trim_matches(['(', ')']);
        let is_index = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        is_index.then(|| (format!("{list}{raised}"), digits))
    }

    /// The base, the index and what is added to it, of a name with a letter that counts as its index: `x`, `n` and 1 of
    /// `x_(n+1)`. Other letters are labels, as in `T_c`.
    pub fn as_indexed(name: &str) -> Option<(String, Self, i64)> {
        let (lowered, raised) = name.split_at(raised_from(name));
        let (base, index) = lowered.split_once('_')?;
        let index = index.strip_prefix('(').and_then(|index| index.strip_suffix(')')).unwrap_or(index);
        let letter = index.chars().next().filter(|letter| matches!(letter, 'i'..='n' | 't'))?;
        let offset = match &index[1..] {
            "" => 0,
            added => added
                .strip_prefix('+')
                .unwrap_or(added)
                .parse()
                .ok()
                .filter(|_| !added.starts_with(char::is_numeric))?,
        };
        Some((format!("{base}{raised}"), Self::new(letter.encode_utf8(&mut [0; 4])), offset))
    }

    /// `base` with a superscript that is no power, `w_1` and `t+1` to `w_1^(t+1)`.
    pub fn with_superscript(base: &str, superscript: &str) -> Self {
        Self::new(&format!("{base}^({superscript})"))
    }

    /// The name that a Rust identifier spells: `w_10`, `sigma_l`; `w_1__2` for `w_1^(2)`, `y_hat` for `hat(y)`,
    /// `x_prime` for `x'`. No two names have one spelling.
    pub fn from_rust(identifier: &str) -> Self {
        let plain = identifier.strip_prefix("r#").unwrap_or(identifier);
        for accent in ACCENTS {
            if let Some(base) = plain.strip_suffix(accent).and_then(|base| base.strip_suffix('_')) {
                return Self::new(&format!("{accent}({})", Self::from_rust(base)));
            }
        }
        if let Some(base) = plain.strip_suffix("_prime").filter(|base| !base.is_empty()) {
            return Self::new(&format!("{}'", Self::from_rust(base)));
        }
        match plain.split_once("__").filter(|(base, over)| !base.is_empty() && is_word(over)) {
            Some((base, over)) => Self::with_superscript(base, over),
            None => match plain.split_once('_').filter(|(base, _)| !base.is_empty()) {
                Some((base, subscript)) => Self::with_subscript(&latin(base), subscript),
                None => Self::new(plain),
            },
        }
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The function and the arguments that a name spells as a call: `f` and `x_1, 2` of `f(x_1, 2)`.
    pub fn as_call(&self) -> Option<(&str, &str)> {
        let inner = self.0.strip_suffix(')')?;
        let mut depth = 1;
        let opening = inner.rfind(|letter| {
            depth += i32::from(letter == ')') - i32::from(letter == '(');
            depth == 0
        })?;
        let (function, arguments) = (&inner[..opening], &inner[opening + 1..]);
        let is_script = function.ends_with(['_', '^']);
        (!function.is_empty() && !is_script && !ACCENTS.contains(&function)).then_some((function, arguments))
    }

    /// The letters that it is a run of, which could be a product of them: `P` and `V` of `PV`.
    pub fn letters(&self) -> impl Iterator<Item = Self> + Clone {
        let is_run = self.0.len() > 1 && self.0.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_run = is_run && unicode::named_letter(&self.0).is_none();
        self.0.chars().filter(move |_| is_run).map(|letter| Self::new(&letter.to_string()))
    }

    /// What it raises to a whole power: `x` of `x^(2)`.
    pub fn as_power(&self) -> Option<&str> {
        let (base, exponent) = self.0.strip_suffix(')')?.rsplit_once("^(")?;
        (!exponent.is_empty() && exponent.bytes().all(|byte| byte.is_ascii_digit())).then_some(base)
    }

    /// The letters it begins with: `w` of `w_10`, `MSE` of `MSE`.
    pub fn base(&self) -> &str {
        let end = self.0.find(['_', '^', '(', '\'']).unwrap_or(self.0.len());
        &self.0[..end]
    }
}

/// Whether a name stands for a constant where the page gives it no other value.
pub fn is_constant(name: &str) -> bool {
    matches!(name, "e" | "pi")
}

/// A name that begins with one Greek letter typed as such, with the letter's Latin name: `θ_1` is `theta_1`.
pub(super) fn latin(canonical: &str) -> Cow<'_, str> {
    let mut rest = canonical.chars();
    let first = rest.next().filter(|first| !first.is_ascii()).and_then(unicode::letter);
    match first {
        Some(letter) if !rest.as_str().starts_with(char::is_alphabetic) => {
            (letter.to_owned() + rest.as_str()).into()
        }
        _ => canonical.into(),
    }
}

/// Where the superscript or the primes of a name begin; its end if it has none.
fn raised_from(name: &str) -> usize {
    let mut depth = 0usize;
    let is_raised = |(at, c): (usize, char)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0 && matches!(c, '^' | '\'')).then_some(at)
    };
    name.char_indices().find_map(is_raised).unwrap_or(name.len())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric())
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<&str> for Name {
    fn from(canonical: &str) -> Self {
        Self::new(canonical)
    }
}

/// Equal names have equal spellings, so a map of names can be asked by spelling.
impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_name_can_spell_a_call_or_a_power() {
        assert_eq!(Name::new("f(x_1, 2)").as_call(), Some(("f", "x_1, 2")));
        assert_eq!(Name::new("x_(i,t)").as_call(), None);
        assert_eq!(Name::new("x^(2)").as_call(), None);
        assert_eq!(Name::new("x_1^(2)").as_power(), Some("x_1"));
        assert_eq!(Name::new("x^(t)").as_power(), None);
    }
}
