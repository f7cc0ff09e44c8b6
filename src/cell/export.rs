//! Values on their way from a running cell to the page: what can be exported, and how it is written, bit by bit.
//!
//! ```text
//! value   = "i" integer ";" | "q" integer "/" integer ";" | "d" 16 hex | "f" 8 hex | "t" | "n"
//!         | "s" length ":" bytes | "[" { value } "]" | "m" { value } "]"
//! ```
//!
//! `d` and `f` are the bits of a double and a single, `t` and `n` are true and false, `m` the rows of a matrix.

use ndarray::{ArrayRef, Axis, Dimension};

use crate::num::{IBig, Number, Rational};

/// A value that a page can use.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer of any width.
    Integer(IBig),
    /// An exact fraction.
    Ratio(Rational),
    /// In double precision.
    Double(f64),
    /// In single precision, which bounds what it can verify.
    Single(f32),
    /// True or false.
    Bool(bool),
    /// A text.
    Text(String),
    /// Elements in order.
    List(Vec<Value>),
    /// The rows of a matrix, at least one, of equal length.
    Matrix(Vec<Value>),
}

/// What a page can use of a type. Implement it for your own:
///
/// ```
/// use mdbook_qed::cell::{Export, Value};
///
/// struct Point { x: f64, y: f64 }
///
/// impl Export for Point {
///     fn export(&self) -> Value {
///         [self.x, self.y].export()
///     }
/// }
///
/// assert_eq!(Point { x: 1.0, y: 2.0 }.export(), Value::List(vec![Value::Double(1.0), Value::Double(2.0)]));
/// ```
pub trait Export {
    /// The value for the page.
    fn export(&self) -> Value;
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Export for $type {
            fn export(&self) -> Value {
                Value::Integer(IBig::from(*self))
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl Export for f64 {
    fn export(&self) -> Value {
        Value::Double(*self)
    }
}

impl Export for f32 {
    fn export(&self) -> Value {
        Value::Single(*self)
    }
}

impl Export for bool {
    fn export(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Export for char {
    fn export(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl Export for str {
    fn export(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl Export for String {
    fn export(&self) -> Value {
        self.as_str().export()
    }
}

impl Export for IBig {
    fn export(&self) -> Value {
        Value::Integer(self.clone())
    }
}

impl Export for Rational {
    fn export(&self) -> Value {
        Value::Ratio(self.clone())
    }
}

/// A number that is known exactly as such, else the double nearest to it.
impl Export for Number {
    fn export(&self) -> Value {
        self.as_exact().map_or_else(|| Value::Double(self.to_f64()), Export::export)
    }
}

impl Export for Value {
    fn export(&self) -> Value {
        self.clone()
    }
}

impl<T: Export + ?Sized> Export for &T {
    fn export(&self) -> Value {
        (**self).export()
    }
}

impl<T: Export + ?Sized> Export for &mut T {
    fn export(&self) -> Value {
        (**self).export()
    }
}

impl<T: Export + ?Sized> Export for Box<T> {
    fn export(&self) -> Value {
        (**self).export()
    }
}

impl<T: Export> Export for [T] {
    fn export(&self) -> Value {
        Value::List(self.iter().map(Export::export).collect())
    }
}

impl<T: Export, const N: usize> Export for [T; N] {
    fn export(&self) -> Value {
        self.as_slice().export()
    }
}

impl<T: Export> Export for Vec<T> {
    fn export(&self) -> Value {
        self.as_slice().export()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Export),*> Export for ($($name,)*) {
            #[expect(non_snake_case, reason = "an element is named after its type")]
            fn export(&self) -> Value {
                let ($($name,)*) = self;
                Value::List(vec![$($name.export()),*])
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// Of two dimensions it is a matrix, of none a number, of others nested lists.
impl<T: Export, D: Dimension> Export for ArrayRef<T, D> {
    fn export(&self) -> Value {
        nested(&self.view().into_dyn())
    }
}

impl<T: Export, S: ndarray::Data<Elem = T>, D: Dimension> Export for ndarray::ArrayBase<S, D> {
    fn export(&self) -> Value {
        nested(&self.view().into_dyn())
    }
}

fn nested<T: Export>(array: &ndarray::ArrayViewD<'_, T>) -> Value {
    match lists(array) {
        Value::List(rows) if array.ndim() == 2 && !array.is_empty() => Value::Matrix(rows),
        value => value,
    }
}

fn lists<T: Export>(array: &ndarray::ArrayViewD<'_, T>) -> Value {
    match (array.ndim(), array.first()) {
        (0, Some(number)) => number.export(),
        (0, None) => Value::List(Vec::new()),
        _ => Value::List(array.axis_iter(Axis(0)).map(|row| lists(&row)).collect()),
    }
}

impl Value {
    /// Appends the value as it is written.
    pub fn write(&self, output: &mut Vec<u8>) {
        match self {
            Self::Integer(value) => output.extend(format!("i{value};").bytes()),
            Self::Ratio(value) => {
                output.extend(format!("q{}/{};", value.numerator(), value.denominator()).bytes());
            }
            Self::Double(value) => output.extend(format!("d{:016x}", value.to_bits()).bytes()),
            Self::Single(value) => output.extend(format!("f{:08x}", value.to_bits()).bytes()),
            Self::Bool(value) => output.push(if *value { b't' } else { b'n' }),
            Self::Text(text) => {
                output.extend(format!("s{}:", text.len()).bytes());
                output.extend(text.bytes());
            }
            Self::List(items) => Self::write_all(b'[', items, output),
            Self::Matrix(rows) => Self::write_all(b'm', rows, output),
        }
    }

    fn write_all(open: u8, items: &[Self], output: &mut Vec<u8>) {
        output.push(open);
        items.iter().for_each(|item| item.write(output));
        output.push(b']');
    }

    /// Takes one value from the beginning of `input`; `None` if there is none.
    pub fn read(input: &mut &[u8]) -> Option<Self> {
        Self::read_below(input, 0)
    }

    fn read_below(input: &mut &[u8], depth: usize) -> Option<Self> {
        // Deeper than any array has axes; a file that says so was not written by `write`.
        if depth > 64 {
            return None;
        }
        let (kind, rest) = input.split_first()?;
        *input = rest;
        Some(match kind {
            b'i' => Self::Integer(until(input, b';')?.parse().ok()?),
            b'q' => {
                let (numerator, denominator) = until(input, b';')?.split_once('/')?;
                let denominator: crate::num::UBig = denominator.parse().ok()?;
                if denominator.is_zero() {
                    return None;
                }
                Self::Ratio(Rational::from_parts(numerator.parse().ok()?, denominator))
            }
            b'd' => Self::Double(f64::from_bits(u64::from_str_radix(take(input, 16)?, 16).ok()?)),
            b'f' => Self::Single(f32::from_bits(u32::from_str_radix(take(input, 8)?, 16).ok()?)),
            b't' => Self::Bool(true),
            b'n' => Self::Bool(false),
            b's' => {
                let length = until(input, b':')?.parse().ok()?;
                Self::Text(take(input, length)?.to_owned())
            }
            b'[' => Self::List(Self::read_all(input, depth)?),
            b'm' => Self::Matrix(Self::read_all(input, depth)?),
            _ => return None,
        })
    }

    fn read_all(input: &mut &[u8], depth: usize) -> Option<Vec<Self>> {
        let mut items = Vec::new();
        loop {
            match input.split_first()? {
                (b']', rest) => {
                    *input = rest;
                    return Some(items);
                }
                _ => items.push(Self::read_below(input, depth + 1)?),
            }
        }
    }
}

/// The text before the next `end`, which is taken too.
fn until<'a>(input: &mut &'a [u8], end: u8) -> Option<&'a str> {
    let at = input.iter().position(|byte| *byte == end)?;
    let text = take(input, at)?;
    *input = &input[1..];
    Some(text)
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a str> {
    let (text, rest) = input.split_at_checked(length)?;
    *input = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array0, array};

    use super::{Export, Value};
    use crate::num::Rational;

    #[track_caller]
    fn check(value: impl Export, written: &str) {
        let mut bytes = Vec::new();
        value.export().write(&mut bytes);
        assert_eq!(String::from_utf8_lossy(&bytes), written);
        let mut input = bytes.as_slice();
        let mut again = Vec::new();
        Value::read(&mut input).expect("it was written").write(&mut again);
        assert_eq!((&again, input), (&bytes, &b""[..]));
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        check(-7i8, "i-7;");
        check(u128::MAX, "i340282366920938463463374607431768211455;");
        check(i128::MIN, "i-170141183460469231731687303715884105728;");
        // The bits of 0.1 in IEEE 754, as in its table of examples.
        check(0.1f64, "d3fb999999999999a");
        check(0.1f32, "f3dcccccd");
        check(-0.0f64, "d8000000000000000");
        check(f64::NAN, "d7ff8000000000000");
        check(true, "t");
        check(false, "n");
        check("aé;]\n", "s6:aé;]\n");
        check('x', "s1:x");
        check((1u8, "a", [2.5f32]), "[i1;s1:a[f40200000]]");
        check(vec![vec![1, 2], vec![]], "[[i1;i2;][]]");
        check(array![1u8, 2], "[i1;i2;]");
        check(array![[1u8, 2], [3, 4]].t(), "m[i1;i3;][i2;i4;]]");
        check(array![[[1u8]], [[2]]], "[[[i1;]][[i2;]]]");
        check(Array0::from_elem((), 3u8), "i3;");
        check(ndarray::Array2::<u8>::zeros((2, 0)), "[[][]]");
        check(Rational::from_parts((-1).into(), 3u8.into()), "q-1/3;");
        check(Box::new(&mut 1i64), "i1;");
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        let texts =
            ["", "i", "i1", "q1/0;", "d3fb9", "s9:abc", "[i1;", "x", "s99999999999999999999:", "i1a;"];
        for text in texts {
            assert_eq!(Value::read(&mut text.as_bytes()), None, "{text}");
        }
        assert_eq!(Value::read(&mut "[".repeat(100_000).as_bytes()), None);
    }
}
