//! The one table of diagnostic codes. A code never changes its meaning; a retired one is not used again.

macro_rules! codes {
    ($($name:ident $number:literal $title:literal,)*) => {
        /// What kind of message a diagnostic is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As printed: `QED0002`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => concat!("QED", $number),)* }
            }

            /// What it means, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    // Numbers and relations that do not hold.
    Mismatch "0001" "the stated number is not the computed one",
    Truncated "0002" "the stated number is cut off instead of rounded",
    LinkBroken "0003" "two members of a chain are not equal",
    RelationFalse "0004" "an inequality does not hold",
    TextMismatch "0005" "a text cell is not the computed text",
    NotWrong "0006" "a block tagged `wrong` holds nothing false",
    Carried "0007" "an error carried forward from an earlier one",
    OverPrecise "0008" "more digits than the computation can support",
    IdentityFails "0009" "an identity fails at a point of its domain",
    // What cannot be computed.
    UnknownName "0101" "a name that nothing defines",
    Undefined "0102" "the value does not exist",
    Unsupported "0103" "notation that is not understood",
    Ambiguous "0104" "notation with more than one reading",
    Limit "0105" "a limit of size, steps or precision is reached",
    WrongType "0106" "an operation does not apply to these values",
    Units "0107" "two sides have different units",
    Undecided "0108" "too close to a boundary to decide",
    Untested "0109" "an identity that cannot be tested",
    NoValue "0110" "a name with a domain where a number is needed",
    // How the mathematics is written.
    Syntax "0201" "the mathematics cannot be read",
    Redefined "0202" "a name is defined in conflict with another",
    UnusedGiven "0203" "a number is given to a name that nothing uses",
    // Tags and the document around them.
    UnknownTag "0301" "a tag that does not exist",
    MalformedTag "0302" "a tag that cannot be read",
    NothingTagged "0303" "a tag with nothing to check after it",
    Unclosed "0304" "a region that is opened twice, or closed without being open",
    NothingChecked "0305" "a chapter with tags in which nothing is checked",
    Table "0306" "a table that does not fit its tag",
    Include "0307" "an include that was not resolved",
    Use "0308" "a chapter that cannot be used",
    Unguarded "0309" "a number whose change is not noticed",
    // The book and its configuration.
    Config "0401" "a setting that does not exist or cannot be read",
    Input "0402" "a file that cannot be read",
    // Rust cells.
    CellError "0501" "a Rust cell does not compile",
    CellFailed "0502" "a Rust cell did not run to its end",
    CellDisagrees "0503" "a Rust cell and an equation compute different values for one name",
    CellOutput "0504" "a text that is not the output of the Rust cell before it",
    CellNotRun "0505" "a Rust cell that is not run",
    CellBuild "0506" "the Rust cells of a chapter cannot be built",
}
