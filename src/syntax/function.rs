//! The table of built-in functions: what they are called in either notation and how many arguments they take.
//! What they compute is `eval`'s business.

use std::collections::HashMap;
use std::sync::LazyLock;

macro_rules! builtins {
    ($($variant:ident $least:literal..=$most:literal $($spelling:literal)+;)*) => {
        /// A function that every page knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Builtin {
            $(#[doc = concat!("Written ", $("`", $spelling, "` ",)+ ".")] $variant,)*
        }

        impl Builtin {
            /// Every function with its spellings, the canonical one first.
            pub const ALL: &[(Self, &[&str])] = &[$((Self::$variant, &[$($spelling),+]),)*];

            /// The least and the greatest number of arguments.
            pub fn arity(self) -> (usize, usize) {
                match self { $(Self::$variant => ($least, $most),)* }
            }

            /// Whether it says something about a random number, which may also be given.
            pub fn is_average(self) -> bool {
                matches!(self, Self::Expectation | Self::Variance | Self::Covariance | Self::Probability)
            }

            /// Whether it is real for some real numbers only, and complex for the others.
            pub fn is_partial(self) -> bool {
                matches!(
                    self,
                    Self::Sqrt | Self::Root | Self::Ln | Self::Log | Self::Lg | Self::Lb | Self::Arcsin | Self::Arccos
                        | Self::Arcsec | Self::Arccsc | Self::Arcosh | Self::Artanh | Self::Arcoth | Self::Arsech
                )
            }

            /// Whether its value is a set, whose elements have no order.
            pub fn makes_set(self) -> bool {
                matches!(self, Self::Union | Self::Intersection | Self::Difference)
            }

            /// Whether its value has elements.
            pub fn makes_list(self) -> bool {
                matches!(self, Self::Softmax | Self::Inverse | Self::Transpose | Self::Diag)
            }

            /// The canonical spelling.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => [$($spelling),+][0],)* }
            }

            /// The function with this spelling, letter case kept.
            pub fn named(spelling: &str) -> Option<Self> {
                static NAMED: LazyLock<HashMap<&'static str, Builtin>> = LazyLock::new(|| {
                    Builtin::ALL.iter().flat_map(|(one, names)| names.iter().map(|name| (*name, *one))).collect()
                });
                NAMED.get(spelling).copied()
            }
        }
    };
}

builtins! {
    Sin 1..=1 "sin" "sen";
    Cos 1..=1 "cos";
    Tan 1..=1 "tan" "tg";
    Cot 1..=1 "cot" "ctg";
    Sec 1..=1 "sec";
    Csc 1..=1 "csc" "cosec";
    Arcsin 1..=1 "arcsin" "asin";
    Arccos 1..=1 "arccos" "acos";
    Arctan 1..=1 "arctan" "atan" "arctg";
    Arccot 1..=1 "arccot" "acot" "arcctg";
    Arcsec 1..=1 "arcsec" "asec";
    Arccsc 1..=1 "arccsc" "acsc";
    Sinh 1..=1 "sinh";
    Cosh 1..=1 "cosh";
    Tanh 1..=1 "tanh";
    Coth 1..=1 "coth";
    Sech 1..=1 "sech";
    Csch 1..=1 "csch";
    Arsinh 1..=1 "arsinh" "arcsinh" "asinh" "argsinh";
    Arcosh 1..=1 "arcosh" "arccosh" "acosh" "argcosh";
    Artanh 1..=1 "artanh" "arctanh" "atanh" "argtanh";
    Arcoth 1..=1 "arcoth" "arccoth" "acoth";
    Arsech 1..=1 "arsech" "arcsech" "asech";
    Arcsch 1..=1 "arcsch" "arccsch" "acsch";
    Atan2 2..=2 "atan2" "arctan2";
    Exp 1..=1 "exp";
    Ln 1..=1 "ln";
    Log 1..=2 "log";
    Lg 1..=1 "lg" "log10";
    Lb 1..=1 "lb" "log2";
    Sqrt 1..=1 "sqrt";
    Root 2..=2 "root";
    Cbrt 1..=1 "cbrt";
    Abs 1..=1 "abs";
    Sign 1..=1 "sgn" "sign" "signum";
    Floor 1..=1 "floor";
    Ceil 1..=1 "ceil";
    Trunc 1..=1 "trunc";
    Round 1..=2 "round";
    Hypot 2..=2 "hypot";
    Min 1..=64 "min";
    Max 1..=64 "max";
    Gcd 1..=64 "gcd" "GCD" "gcf" "GCF" "hcf" "HCF";
    Lcm 1..=64 "lcm" "LCM";
    Mod 2..=2 "mod";
    Binomial 2..=2 "binom" "binomial" "choose" "nCr";
    Permutations 2..=2 "nPr";
    Multinomial 2..=64 "multinomial";
    Cardinality 1..=1 "card";
    Union 2..=2 "union";
    Intersection 2..=2 "intersection";
    Difference 2..=2 "setminus";
    Factorial 1..=1 "factorial";
    Gamma 1..=1 "Gamma" "gamma";
    Erf 1..=1 "erf";
    Erfc 1..=1 "erfc";
    NormalCdf 1..=1 "Phi" "normal_cdf";
    Sigmoid 1..=1 "sigmoid" "Sigmoid" "logistic";
    Relu 1..=1 "ReLU" "relu" "Relu" "RELU";
    LeakyRelu 1..=2 "LeakyReLU" "LeakyRelu" "leakyReLU" "leaky_relu";
    Softplus 1..=1 "softplus" "Softplus";
    Softmax 1..=1 "softmax" "Softmax";
    Det 1..=1 "det";
    Trace 1..=1 "tr" "trace" "Tr";
    Transpose 1..=1 "transpose";
    Inverse 1..=1 "inv" "inverse";
    Identity 1..=2 "identity";
    Norm 1..=2 "norm";
    Rank 1..=1 "rank";
    Diag 1..=1 "diag";
    Dot 2..=2 "dot";
    Sum 1..=1 "sum";
    Prod 1..=1 "prod";
    Mean 1..=3 "mean";
    Len 1..=1 "len";
    Diff 2..=3 "diff";
    Expectation 1..=1 "E";
    Variance 1..=1 "Var";
    Covariance 2..=2 "Cov";
    Probability 1..=1 "P" "Pr";
    Network 2..=64 "network";
    Vgg 1..=2 "vgg";
    DoubleDescent 1..=5 "double_descent";
}
