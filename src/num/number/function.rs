//! The functions an expression may call, listed once with their names and numbers of arguments.
//!
//! Special exact values come first in each (the sine of 0 is 0); by the theorems of Lindemann and Niven the
//! elementary functions have no others at rational arguments than those listed here and in [`super::power`].

use super::Number;
use crate::num::exact::Rational;
use crate::num::math_error::MathError;
use crate::num::real::{Precision, Real};

/// Declares the functions: variant, name, number of arguments and documentation.
macro_rules! functions {
    ($($(#[doc = $text:literal])* $variant:ident $name:literal $arity:literal)*) => {
        /// A function of one or two numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Function { $($(#[doc = $text])* $variant,)* }

        impl Function {
            /// Every function, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The plain name, as in `asin`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How many arguments it takes.
            pub fn arity(self) -> usize {
                match self { $(Self::$variant => $arity,)* }
            }
        }
    };
}

functions! {
    /// Square root.
    Sqrt "sqrt" 1
    /// Real cube root.
    Cbrt "cbrt" 1
    /// Exponential.
    Exp "exp" 1
    /// e^x - 1, accurate near 0.
    ExpM1 "expm1" 1
    /// ln(1 + x), accurate near 0.
    Ln1p "log1p" 1
    /// Natural logarithm.
    Ln "ln" 1
    /// Logarithm to base 2.
    Log2 "log2" 1
    /// Logarithm to base 10.
    Log10 "log10" 1
    /// Sine.
    Sin "sin" 1
    /// Cosine.
    Cos "cos" 1
    /// Tangent.
    Tan "tan" 1
    /// Cotangent.
    Cot "cot" 1
    /// Secant.
    Sec "sec" 1
    /// Cosecant.
    Csc "csc" 1
    /// Inverse sine, in [-π/2, π/2].
    Asin "asin" 1
    /// Inverse cosine, in [0, π].
    Acos "acos" 1
    /// Inverse tangent, in (-π/2, π/2).
    Atan "atan" 1
    /// Inverse cotangent, in (0, π): the continuous convention, π/2 - atan.
    Acot "acot" 1
    /// The angle of the point (second argument, first argument), in (-π, π].
    Atan2 "atan2" 2
    /// Hyperbolic sine.
    Sinh "sinh" 1
    /// Hyperbolic cosine.
    Cosh "cosh" 1
    /// Hyperbolic tangent.
    Tanh "tanh" 1
    /// Hyperbolic cotangent.
    Coth "coth" 1
    /// Hyperbolic secant.
    Sech "sech" 1
    /// Hyperbolic cosecant.
    Csch "csch" 1
    /// Inverse hyperbolic sine.
    Asinh "asinh" 1
    /// Inverse hyperbolic cosine.
    Acosh "acosh" 1
    /// Inverse hyperbolic tangent.
    Atanh "atanh" 1
    /// Logistic function 1/(1 + e^-x).
    Sigmoid "sigmoid" 1
    /// ln(1 + e^x).
    Softplus "softplus" 1
    /// Error function.
    Erf "erf" 1
    /// Complementary error function.
    Erfc "erfc" 1
    /// Gamma function.
    Gamma "gamma" 1
    /// Logarithm of the gamma function, for positive arguments.
    LnGamma "lngamma" 1
    /// Derivative of the logarithm of the gamma function.
    Digamma "digamma" 1
    /// Distribution function of the standard normal distribution.
    NormalCdf "normal_cdf" 1
    /// Density of the standard normal distribution.
    NormalPdf "normal_pdf" 1
}

impl Function {
    /// The function with this plain name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| function.name() == name)
    }

    fn wrong_count(self, found: usize) -> MathError {
        MathError::Arguments { function: self.name(), expected: self.arity(), found }
    }

    /// The exact value at an exact argument, where there is one: at 0 or 1.
    fn special(self, argument: &Rational) -> Option<Number> {
        use Function::*;
        let half = || Number::from(Rational::ONE / Rational::from(2));
        match self {
            Sin | Tan | ExpM1 | Ln1p | Asin | Atan | Sinh | Tanh | Asinh | Atanh | Erf
                if argument.is_zero() =>
            {
                Some(Number::zero())
            }
            Cos | Sec | Cosh | Sech | Exp | Erfc if argument.is_zero() => Some(Number::one()),
            Sigmoid | NormalCdf if argument.is_zero() => Some(half()),
            Acos | Acosh if argument.is_one() => Some(Number::zero()),
            _ => None,
        }
    }
}

impl Number {
    /// The value of a function. The arguments' number is checked here, their domain by each function.
    pub fn apply(function: Function, arguments: &[Self], precision: Precision) -> Result<Self, MathError> {
        match arguments {
            [x] if function.arity() == 1 => {
                x.call(function, precision).map_err(|error| x.naming_itself(error))
            }
            [y, x] if function == Function::Atan2 => y.atan2(x, precision),
            _ => Err(function.wrong_count(arguments.len())),
        }
    }

    /// An error about an exact argument shows it as it is rather than as its enclosure.
    fn naming_itself(&self, error: MathError) -> MathError {
        match error {
            MathError::Domain { function, .. } if self.is_exact() => {
                MathError::domain(function, self.describe())
            }
            other => other,
        }
    }

    fn call(&self, function: Function, p: Precision) -> Result<Self, MathError> {
        use Function::*;
        if let Self::Exact(value) = self
            && let Some(special) = function.special(value)
        {
            return Ok(special);
        }
        let plain = |operation: fn(&Real, Precision) -> Result<Real, MathError>| {
            operation(&self.real(p)?, p).map(Self::Real)
        };
        let angle = |operation: fn(&Real, Precision) -> Result<Real, MathError>| {
            operation(&self.angle(p)?, p).map(Self::Real)
        };
        let special = |operation: fn(&Real, Precision) -> Result<Real, MathError>| {
            operation(&self.wide(p)?, p).map(Self::Real)
        };
        match function {
            Sqrt => self.sqrt(p),
            Cbrt => self.integer_root(3, p),
            Ln => self.ln(p),
            Log2 => self.log2(p),
            Log10 => self.log10(p),
            Exp => plain(Real::exp),
            ExpM1 => plain(Real::exp_m1),
            Ln1p => self.ln_1p(p),
            Sin => angle(Real::sin),
            Cos => angle(Real::cos),
            Tan => angle(Real::tan),
            Cot => self.cot(p),
            Sec => self.inverse_of(Cos, p),
            Csc => self.inverse_of(Sin, p),
            Asin => self.asin(p),
            Acos => self.acos(p),
            Atan => plain(Real::atan),
            Acot => self.acot(p),
            Atan2 => Err(function.wrong_count(1)),
            Sinh => plain(Real::sinh),
            Cosh => plain(Real::cosh),
            Tanh => plain(Real::tanh),
            Coth => self.inverse_of(Tanh, p),
            Sech => self.inverse_of(Cosh, p),
            Csch => self.inverse_of(Sinh, p),
            Asinh => plain(Real::asinh),
            Acosh => self.acosh(p),
            Atanh => self.atanh(p),
            Sigmoid => plain(Real::sigmoid),
            Softplus => plain(Real::softplus),
            Erf => special(Real::erf),
            Erfc => special(Real::erfc),
            Gamma => self.gamma(p),
            LnGamma => self.ln_gamma(p),
            Digamma => special(Real::digamma),
            NormalCdf => self.normal_cdf(p),
            NormalPdf => self.normal_pdf(p),
        }
    }
}
