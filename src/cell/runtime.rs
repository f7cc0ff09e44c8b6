//! What a cell's program calls while it runs: it tells where the program is, and what its names are.
//!
//! Everything goes to the file that [`VALUES`] names, a record at a time, so that what was said before a program was
//! stopped is there. Only programs that are made of cells call this; it is no interface for anyone else.
//!
//! ```text
//! record = "@" statement "\n"            the statement is about to run
//!        | "=" export ":" value "\n"     a name has this value
//!        | "-" export "\n"               a name has a type that cannot be exported
//!        | "!" line ":" column ":" length ":" length ":" file message "\n"    a panic
//!        | "." "\n"                      the end was reached
//! ```

use std::fmt::{Debug, Display};
use std::fs::File;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};

use super::export::{Export, Value};

/// The environment variable that names the file of values.
pub const VALUES: &str = "QED_CELL_VALUES";

/// What stands on standard output between the outputs of two cells.
pub const BOUNDARY: &str = "\0qed cell\0\n";

static FILE: Mutex<Option<File>> = Mutex::new(None);

/// Opens the file of values.
pub fn start() {
    let path = std::env::var_os(VALUES);
    let file = path.and_then(|path| File::options().append(true).create(true).open(path).ok());
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = file;
    std::panic::set_hook(Box::new(note_panic));
}

fn record(text: &[u8]) {
    let mut file = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = &mut *file {
        // A file that takes no more is noticed by whoever reads it: its end is missing.
        let _ = file.write_all(text);
    }
}

fn note_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("a panic without a message");
    let (line, column, file) =
        info.location().map_or((0, 0, ""), |place| (place.line(), place.column(), place.file()));
    let (length, rest) = (file.len(), message.len());
    record(format!("!{line}:{column}:{length}:{rest}:{file}{message}\n").as_bytes());
}

/// The statement with this number is about to run.
pub fn step(statement: usize) {
    record(format!("@{statement}\n").as_bytes());
}

/// A cell has ended; what is printed from here on belongs to the next one.
#[expect(clippy::print_stdout, reason = "that is where cells print")]
pub fn boundary() {
    print!("{BOUNDARY}");
}

/// All cells have ended.
pub fn end() {
    let _ = std::io::stdout().flush();
    record(b".\n");
}

/// Looks at a name of any type. Which of the traits below applies is decided by how often the receiver has to be
/// referenced, so that a type that can be exported is, and any other is left alone.
pub struct Look<'a, T: ?Sized>(pub &'a T);

/// For types that can be exported.
pub trait Exported {
    /// Tells the value of the export with this number.
    fn qed_tell(&self, export: usize);
}

impl<T: Export + ?Sized> Exported for &Look<'_, T> {
    fn qed_tell(&self, export: usize) {
        let mut text = format!("={export}:").into_bytes();
        self.0.export().write(&mut text);
        text.push(b'\n');
        record(&text);
    }
}

/// For all other types.
pub trait Private {
    /// Tells that the export with this number has no value.
    fn qed_tell(&self, export: usize);
}

impl<T: ?Sized> Private for Look<'_, T> {
    fn qed_tell(&self, export: usize) {
        record(format!("-{export}\n").as_bytes());
    }
}

/// For what a last expression prints if it is text.
pub trait Displayed {
    /// Prints the value of a last expression.
    fn qed_show(&self);
}

impl<T: Display + ?Sized> Displayed for &&Look<'_, T> {
    #[expect(clippy::print_stdout, reason = "that is where cells print")]
    fn qed_show(&self) {
        println!("{}", self.0);
    }
}

/// For what a last expression prints if it is no text.
pub trait Debugged {
    /// Prints the value of a last expression.
    fn qed_show(&self);
}

impl<T: Debug + ?Sized> Debugged for &Look<'_, T> {
    #[expect(clippy::print_stdout, reason = "that is where cells print")]
    fn qed_show(&self) {
        let text = format!("{:?}", self.0);
        // A statement without a semicolon, such as a loop, is no value to be shown.
        if text != "()" {
            println!("{text}");
        }
    }
}

/// For what cannot be printed.
pub trait Silent {
    /// Does nothing.
    fn qed_show(&self);
}

impl<T: ?Sized> Silent for Look<'_, T> {
    fn qed_show(&self) {}
}

/// What a program has told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The last statement that was about to run.
    pub statement: Option<usize>,
    /// The exports that have a value, in the order in which they were told.
    pub values: Vec<(usize, Value)>,
    /// The last panic.
    pub panic: Option<Panic>,
    /// Whether the end was reached.
    pub ended: bool,
}

/// A panic and where it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// The file, as the compiler was given it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What it said.
    pub message: String,
}

impl Told {
    /// Reads a file of values; what comes after something unreadable is left out.
    pub fn read(mut input: &[u8]) -> Self {
        let mut told = Self::default();
        while told.record(&mut input).is_some() {}
        told
    }

    fn record(&mut self, input: &mut &[u8]) -> Option<()> {
        let (kind, rest) = input.split_first()?;
        *input = rest;
        match kind {
            b'@' => self.statement = Some(number(input, b'\n')?),
            b'=' => {
                let export = number(input, b':')?;
                let value = Value::read(input)?;
                *input = input.strip_prefix(b"\n")?;
                self.values.push((export, value));
            }
            b'-' => _ = number(input, b'\n')?,
            b'!' => {
                let (line, column) = (number(input, b':')?, number(input, b':')?);
                let (length, rest) = (number(input, b':')?, number(input, b':')?);
                let (file, after) = input.split_at_checked(length)?;
                let (message, after) = after.split_at_checked(rest)?;
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                self.panic = Some(Panic { file: text(file), line, column, message: text(message) });
                *input = after.strip_prefix(b"\n")?;
            }
            b'.' => {
                self.ended = true;
                *input = input.strip_prefix(b"\n")?;
            }
            _ => return None,
        }
        Some(())
    }
}

fn number(input: &mut &[u8], end: u8) -> Option<usize> {
    let at = input.iter().position(|byte| *byte == end)?;
    let number = std::str::from_utf8(&input[..at]).ok()?.parse().ok()?;
    *input = &input[at + 1..];
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::{Panic, Told};
    use crate::cell::Value;

    #[test]
    fn what_was_told_is_read() {
        let told = Told::read(b"@0\n=0:i3;\n-1\n@1\n!4:7:8:9:src/a.rssaid\nmore\n@2\n=2:s3:a\n@\n.\n");
        assert_eq!(told.statement, Some(2));
        assert_eq!(told.values, [(0, Value::Integer(3.into())), (2, Value::Text("a\n@".into()))]);
        let panic = Panic { file: "src/a.rs".into(), line: 4, column: 7, message: "said\nmore".into() };
        assert_eq!(told.panic, Some(panic));
        assert!(told.ended);
    }

    #[test]
    fn what_was_cut_off_is_left_out() {
        for text in ["@", "@x\n", "=0:i3", "=0:i3;", "!1:2:9:9:a", "?", "=0:i3;@1\n"] {
            let told = Told::read(text.as_bytes());
            assert!(!told.ended && told.values.is_empty() && told.panic.is_none(), "{text}");
        }
    }
}
