//! LaTeX macros: those of `book.toml`, and those that a chapter defines in its formulas. Uses inside of definitions are
//! written out first; a formula with macros is read from its expansion, and every token keeps the place it came from.
//!
//! ```text
//! definition = ("\newcommand" | "\renewcommand" | "\providecommand") "*"? name count? body
//!            | "\DeclareMathOperator" "*"? name body
//!            | "\def" "\" letters ("#" digit)* body
//! name  = "\" letters | "{" "\" letters "}"
//! count = "[" digit "]"
//! body  = "{" … "}"
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

/// Bodies, by name without the backslash. Their parameters are `#1` to `#9`.
pub type Macros = BTreeMap<String, String>;

/// So often uses are written out in one body; macros that use themselves stay as they are after that.
const MOST_STEPS: usize = 200;
/// A body longer than this is not written out any further.
const LONGEST_BODY: usize = 10_000;

/// The macros with all uses of each other written out.
pub fn flatten(macros: &Macros) -> Macros {
    macros.iter().map(|(name, body)| (name.clone(), write_out(body, macros))).collect()
}

/// A formula with its macros written out, and where each part of it came from.
#[derive(Clone, Debug)]
pub struct Expanded {
    /// The text without macros and without their definitions.
    pub text: String,
    /// The pieces of the text in order: where each ends, and what it was.
    pieces: Vec<(usize, Origin)>,
}

/// What a piece of an expansion was in the formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The same text, from this byte on.
    Copied(usize),
    /// A use of a macro, from here to there.
    Call(usize, usize),
}

/// Takes the definitions of `latex` into `macros` and writes all uses out, each by what is defined before it. `None` if
/// there is nothing to do.
pub fn expand(latex: &str, macros: &mut Macros) -> Option<Expanded> {
    let definitions = definitions(latex);
    let uses = |text: &str, macros: &Macros| {
        !macros.is_empty() && commands(text).any(|(_, name)| macros.contains_key(name))
    };
    if definitions.is_empty() && !uses(latex, macros) {
        return None;
    }
    let mut expanded = Expanded { text: String::new(), pieces: Vec::new() };
    let copy = |expanded: &mut Expanded, place: Range<usize>, macros: &Macros| {
        let text = &latex[place.clone()];
        let known = if uses(text, macros) { flatten(macros) } else { Macros::new() };
        expanded.write(text, Origin::Copied(place.start), &known, 0);
    };
    let mut done = 0;
    for Definition { name, body, place } in definitions {
        copy(&mut expanded, done..place.start, macros);
        expanded.push(" ", Origin::Call(place.start, place.end));
        macros.insert(name.to_owned(), body);
        done = place.end;
    }
    copy(&mut expanded, done..latex.len(), macros);
    Some(expanded)
}

/// Arguments that hold macros which hold arguments are written out this deep.
const DEEPEST: usize = 20;

impl Expanded {
    /// Where the byte `at` of the text came from: the place in the formula that begins or ends there.
    pub(super) fn place(&self, at: usize, is_end: bool) -> usize {
        let inside = if is_end { at.saturating_sub(1) } else { at };
        let idx =
            self.pieces.partition_point(|(end, _)| *end <= inside).min(self.pieces.len().saturating_sub(1));
        let Some((_, origin)) = self.pieces.get(idx) else { return 0 };
        let start = idx.checked_sub(1).map_or(0, |before| self.pieces[before].0);
        match origin {
            Origin::Copied(from) => from + (at - start),
            Origin::Call(from, to) => {
                if is_end {
                    *to
                } else {
                    *from
                }
            }
        }
    }

    fn push(&mut self, text: &str, origin: Origin) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.pieces.push((self.text.len(), origin));
        }
    }

    /// Writes `text`, which came from `origin`, with its macros written out.
    fn write(&mut self, text: &str, origin: Origin, macros: &Macros, depth: usize) {
        let part = |from: usize, to: usize| match origin {
            Origin::Copied(start) => Origin::Copied(start + from).call(start + to),
            call => (call, call),
        };
        let mut done = 0;
        for (start, _) in text.match_indices('\\') {
            if start < done || self.text.len() > LONGEST_BODY * 10 {
                continue;
            }
            let mut reader = Reader { text, at: start };
            let Some(body) = reader.command().and_then(|name| macros.get(name)) else { continue };
            let arguments: Option<Vec<(usize, &str)>> = (0..parameters(body))
                .map(|_| reader.argument().map(|argument| (offset_in(text, argument), argument)))
                .collect();
            let Some(arguments) = arguments.filter(|_| depth < DEEPEST) else { continue };
            self.push(&text[done..start], part(done, start).0);
            done = reader.at;
            let call = part(start, done).1;
            self.push(" ", call);
            self.write_body(body, &arguments, (call, &part), macros, depth);
            self.push(" ", call);
        }
        self.push(&text[done..], part(done, text.len()).0);
    }

    fn write_body(
        &mut self,
        body: &str,
        arguments: &[(usize, &str)],
        (call, part): (Origin, &dyn Fn(usize, usize) -> (Origin, Origin)),
        macros: &Macros,
        depth: usize,
    ) {
        let mut rest = body;
        while let Some(at) = rest.find('#') {
            let number = rest[at + 1..].chars().next().and_then(|next| next.to_digit(10));
            let argument = number.and_then(|number| arguments.get((number as usize).checked_sub(1)?));
            self.push(&rest[..at], call);
            match argument {
                Some((start, argument)) => {
                    self.write(argument, part(*start, start + argument.len()).0, macros, depth + 1);
                    rest = &rest[at + 2..];
                }
                None => {
                    self.push("#", call);
                    rest = &rest[at + 1..];
                }
            }
        }
        self.push(rest, call);
    }
}

impl Origin {
    /// This place, and the whole from here to `end` as one use.
    fn call(self, end: usize) -> (Self, Self) {
        match self {
            Self::Copied(start) => (self, Self::Call(start, end)),
            call => (call, call),
        }
    }
}

/// Where `part`, a slice of `text`, begins in it.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

fn write_out(body: &str, macros: &Macros) -> String {
    let mut body = body.to_owned();
    for _ in 0..MOST_STEPS {
        if body.len() > LONGEST_BODY {
            break;
        }
        let Some(next) = write_out_first(&body, macros) else { break };
        body = next;
    }
    body
}

fn write_out_first(body: &str, macros: &Macros) -> Option<String> {
    for (start, _) in body.match_indices('\\') {
        let mut rest = Reader { text: body, at: start };
        let Some(inner) = rest.command().and_then(|name| macros.get(name)) else { continue };
        let arguments: Option<Vec<&str>> = (0..parameters(inner)).map(|_| rest.argument()).collect();
        let Some(arguments) = arguments else { continue };
        return Some([&body[..start], "{", &substitute(inner, &arguments), "}", &body[rest.at..]].concat());
    }
    None
}

/// How many parameters a body has: the highest that it names.
fn parameters(body: &str) -> usize {
    let digits = body.match_indices('#').filter_map(|(at, _)| body[at + 1..].chars().next()?.to_digit(10));
    digits.max().unwrap_or(0) as usize
}

fn substitute(body: &str, arguments: &[&str]) -> String {
    let mut output = String::new();
    let mut characters = body.chars().peekable();
    while let Some(character) = characters.next() {
        let number = characters.peek().filter(|_| character == '#').and_then(|next| next.to_digit(10));
        match number.and_then(|number| arguments.get((number as usize).checked_sub(1)?)) {
            Some(argument) => {
                characters.next();
                output.push_str(argument);
            }
            None => output.push(character),
        }
    }
    output
}

/// Takes the definitions of a formula into `macros`. Returns it with blanks in their places, so that offsets stay what they
/// are, if it has any.
pub fn take_definitions(latex: &str, macros: &mut Macros) -> Option<String> {
    let definitions = definitions(latex);
    let blanked = definitions.iter().fold(None, |blanked: Option<String>, Definition { place, .. }| {
        let mut text = blanked.unwrap_or_else(|| latex.to_owned());
        text.replace_range(place.clone(), &" ".repeat(place.len()));
        Some(text)
    });
    macros.extend(definitions.into_iter().map(|Definition { name, body, .. }| (name.to_owned(), body)));
    blanked
}

/// A macro that a formula uses before it defines it: it means one thing there and another behind.
pub fn changed_midway(latex: &str) -> Option<&str> {
    let definitions = definitions(latex);
    let is_used_before = |Definition { name, place, .. }: &&Definition<'_>| {
        let before = &latex[..place.start];
        commands(before)
            .any(|(at, used)| used == *name && !definitions.iter().any(|other| other.place.contains(&at)))
    };
    definitions.iter().find(is_used_before).map(|definition| definition.name)
}

/// The commands of a text, with where each begins.
fn commands(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('\\').filter_map(|(at, _)| Some((at, Reader { text, at }.command()?)))
}

/// A macro that a formula defines.
struct Definition<'t> {
    name: &'t str,
    body: String,
    place: Range<usize>,
}

fn definitions(latex: &str) -> Vec<Definition<'_>> {
    let mut definitions: Vec<Definition<'_>> = Vec::new();
    for (start, _) in latex.match_indices('\\') {
        if definitions.last().is_some_and(|before| start < before.place.end) {
            continue;
        }
        let mut reader = Reader { text: latex, at: start };
        if let Some((name, body)) = reader.definition() {
            definitions.push(Definition { name, body, place: start..reader.at });
        }
    }
    definitions
}

/// Reads LaTeX from left to right.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// `\name`.
    fn command(&mut self) -> Option<&'t str> {
        let rest = self.rest().strip_prefix('\\')?;
        let length = rest.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(rest.len());
        self.at += 1 + length;
        Some(&rest[..length]).filter(|name| !name.is_empty())
    }

    /// `{…}` without its braces.
    fn group(&mut self) -> Option<&'t str> {
        self.skip_spaces();
        let rest = self.rest();
        let mut open = 0_usize;
        let mut escaped = false;
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                _ if escaped => {}
                b'{' => open += 1,
                b'}' => open = open.checked_sub(1)?,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
            if open == 0 {
                self.at += at + 1;
                return rest.get(1..at);
            }
        }
        None
    }

    /// A group, a command or a character.
    fn argument(&mut self) -> Option<&'t str> {
        self.skip_spaces();
        let rest = self.rest();
        match rest.chars().next()? {
            '{' => self.group(),
            '\\' => self.command().map(|name| &rest[..=name.len()]),
            character => {
                self.at += character.len_utf8();
                Some(&rest[..character.len_utf8()])
            }
        }
    }

    /// The name that is defined, in braces or bare.
    fn defined_name(&mut self) -> Option<&'t str> {
        self.skip_spaces();
        if !self.rest().starts_with('{') {
            return self.command();
        }
        let inner = self.group()?.trim();
        Reader { text: inner, at: 0 }.command()
    }

    fn definition(&mut self) -> Option<(&'t str, String)> {
        match self.command()? {
            "newcommand" | "renewcommand" | "providecommand" => {
                self.eat("*");
                let name = self.defined_name()?;
                self.skip_spaces();
                if self.eat("[") {
                    self.at += self.rest().find(']')? + 1;
                }
                Some((name, self.group()?.to_owned()))
            }
            "DeclareMathOperator" => {
                let star = if self.eat("*") { "*" } else { "" };
                let name = self.defined_name()?;
                Some((name, format!("\\operatorname{star}{{{}}}", self.group()?)))
            }
            "def" => {
                self.skip_spaces();
                let name = self.command()?;
                self.at += self.rest().find('{')?;
                Some((name, self.group()?.to_owned()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Macros, changed_midway, expand, flatten, take_definitions};

    fn macros(list: &[(&str, &str)]) -> Macros {
        list.iter().map(|(name, body)| ((*name).to_owned(), (*body).to_owned())).collect()
    }

    #[track_caller]
    fn check_flat(list: &[(&str, &str)], name: &str, expected: &str) {
        assert_eq!(flatten(&macros(list))[name], expected);
    }

    #[test]
    fn uses_in_bodies_are_written_out() {
        check_flat(&[("E", "\\mathbb{E}"), ("Ex", "\\E[#1]")], "Ex", "{\\mathbb{E}}[#1]");
        check_flat(&[("f", "\\frac{#1}{#2}"), ("h", "\\f1{#1^2}")], "h", "{\\frac{1}{#1^2}}");
        check_flat(&[("a", "\\alpha x")], "a", "\\alpha x");
        check_flat(&[("f", "#1"), ("g", "\\f")], "g", "\\f");
    }

    #[test]
    fn macros_that_use_themselves_end() {
        for body in ["\\a", "\\a\\a", "x\\a{\\a}", "#1\\a{#1}"] {
            assert!(flatten(&macros(&[("a", body)]))["a"].len() < 100_000);
        }
    }

    #[track_caller]
    fn check_taken(latex: &str, rest: &str, expected: &[(&str, &str)]) {
        let (mut found, mut taken) = (Macros::new(), Macros::new());
        let expanded = expand(latex, &mut found).map_or_else(|| latex.to_owned(), |expanded| expanded.text);
        let blanked = take_definitions(latex, &mut taken).unwrap_or_else(|| latex.to_owned());
        assert_eq!(blanked.len(), latex.len());
        assert_eq!(blanked.trim(), rest);
        assert_eq!(expanded.trim(), rest);
        assert_eq!(found, macros(expected));
        assert_eq!(taken, found);
    }

    #[test]
    fn definitions_are_taken_out_of_a_formula() {
        check_taken("\\newcommand{\\R}{\\mathbb{R}} x \\in R", "x \\in R", &[("R", "\\mathbb{R}")]);
        check_taken("\\renewcommand*\\f [2] {\\frac{#1}{#2}}", "", &[("f", "\\frac{#1}{#2}")]);
        check_taken("\\def\\v#1{\\mathbf{#1\\}}}y", "y", &[("v", "\\mathbf{#1\\}}")]);
        check_taken("\\DeclareMathOperator{\\Var}{Var}", "", &[("Var", "\\operatorname{Var}")]);
        check_taken("\\DeclareMathOperator*{\\am}{arg max}", "", &[("am", "\\operatorname*{arg max}")]);
    }

    #[track_caller]
    fn check_expanded(latex: &str, expected: &str, place_of: &str, expected_place: &str) {
        let mut known = macros(&[("half", "\\frac{#1}{2}"), ("R", "\\mathbb{R}")]);
        let expanded = expand(latex, &mut known).expect("these formulas use macros");
        assert_eq!(expanded.text.split_whitespace().collect::<String>(), expected);
        let at = expanded.text.find(place_of).expect("it stands in the expansion");
        let place = expanded.place(at, false)..expanded.place(at + place_of.len(), true);
        assert_eq!(&latex[place], expected_place);
    }

    #[test]
    fn a_formula_is_written_out_and_keeps_its_places() {
        check_expanded("a \\half{b + c} d", "a\\frac{b+c}{2}d", "b", "b");
        check_expanded("a \\half{b + c} d", "a\\frac{b+c}{2}d", "2", "\\half{b + c}");
        check_expanded("a \\half{b + c} d", "a\\frac{b+c}{2}d", "d", "d");
        check_expanded("\\half{\\half x}", "\\frac{\\frac{x}{2}}{2}", "x", "x");
        check_expanded("\\R + \\R 1", "\\mathbb{R}+\\mathbb{R}1", "1", "1");
        check_expanded("\\def\\x{7}\\x z", "7z", "z", "z");
        check_expanded("\\def\\x{7}\\x + \\def\\x{8}\\x z", "7+8z", "z", "z");
        check_expanded("\\def\\x{\\y}\\def\\y{7}\\x + \\def\\y{8}\\x z", "{7}+{8}z", "8", "\\x");
        check_expanded("\\R \\renewcommand{\\R}{r} \\R 1", "\\mathbb{R}r1", "1", "1");
        assert!(expand("x + \\alpha", &mut macros(&[("half", "#1")])).is_none());
        assert!(expand("\\half", &mut macros(&[("half", "\\half\\half")])).is_some());
    }

    #[test]
    fn a_macro_can_mean_two_things_in_a_formula() {
        assert_eq!(changed_midway("\\a + \\def\\a{2}\\a"), Some("a"));
        assert_eq!(changed_midway("\\def\\a{1}\\a + \\def\\a{2}\\a"), Some("a"));
        assert_eq!(changed_midway("\\def\\a{2}\\a + \\b"), None);
        assert_eq!(changed_midway("\\def\\b{\\a}\\def\\a{2}\\b"), None);
    }

    #[test]
    fn what_is_no_definition_stays() {
        for latex in [
            "",
            "\\",
            "x = \\frac12",
            "\\newcommand",
            "\\newcommand{\\a}",
            "\\def\\a",
            "\\newcommand{}{x}",
            "\\def{\\a}{",
            "\\\\def",
        ] {
            check_taken(latex, latex, &[]);
        }
    }
}
