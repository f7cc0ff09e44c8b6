//! LaTeX to MathML, with marks on the numbers inside. The conversion itself is the `math-core` crate's; it keeps no
//! places, so a private character is put before each marked number and found again in the result.

use std::ops::Range;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use super::markup::{self, Token};
use crate::syntax::macros::{Macros, flatten};

/// The first of the characters that stand before marked numbers. They belong to no script and no font.
const FIRST_SIGN: u32 = 0xf_0000;
/// As many marks fit into one formula; the rest stand beside it.
const MOST_SIGNS: usize = 1000;
/// The character that stands before boxed content.
const BOX_SIGN: char = '\u{f8ff}';
/// Deeper nesting is not converted: the converter recurses.
const DEEPEST: usize = 200;

/// Commands that the converter does not have, or only in some places, as macros.
const FALLBACKS: &[(&str, &str)] = &[
    ("boxed", "\u{f8ff}{#1}"),
    ("fbox", "\u{f8ff}{\\mathrm{#1}}"),
    ("tag", "\\qquad(#1)"),
    ("label", "{}"),
    ("notag", "{}"),
    ("substack", "\\begin{matrix}#1\\end{matrix}"),
    ("mbox", "\\mathrm{#1}"),
    ("ensuremath", "#1"),
];

/// Converts the formulas of a chapter.
pub(super) struct Converter {
    plain: LatexToMathML,
    with_fallbacks: LatexToMathML,
}

/// A number of a formula that is to be marked.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// Where it stands in the LaTeX.
    pub(super) range: Range<usize>,
    /// The attributes that mark it: from ` class=` on.
    pub(super) attributes: String,
    /// The attribute that carries the text of the tip.
    pub(super) tip: String,
}

/// Longer LaTeX may be wider than a narrow column.
const NARROW: usize = 40;

/// The attributes of a box around the formula `latex`. No browser breaks a formula: what is wide is scrolled, also by
/// keyboard.
pub(super) fn scrolls(latex: &str) -> &'static str {
    if latex.len() > NARROW { " tabindex=\"0\"" } else { "" }
}

/// A formula as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rendered {
    /// One line that Markdown leaves alone.
    pub(super) html: String,
    /// The positions of spots that could not be marked inside the formula.
    pub(super) unplaced: Vec<usize>,
}

impl Converter {
    /// A converter that knows `macros`, by name without the backslash.
    pub(super) fn new(macros: &Macros) -> Self {
        let understood = |(name, body): &(String, String)| check_macro(name, body).is_ok();
        let own: Vec<(String, String)> = flatten(macros).into_iter().filter(understood).collect();
        let fallbacks = FALLBACKS.iter().filter(|(name, _)| !macros.contains_key(*name));
        let all = fallbacks.map(|(name, body)| ((*name).to_owned(), (*body).to_owned())).chain(own.clone());
        Self { plain: converter(own), with_fallbacks: converter(all.collect()) }
    }

    /// Converts `latex` and marks `spots`, which are sorted and disjoint. An error says what is not understood.
    pub(super) fn render(&self, latex: &str, display: bool, spots: &[Spot]) -> Result<Rendered, String> {
        let unmarked = self.convert(latex, display)?;
        let mut placed: Vec<usize> = (0..spots.len().min(MOST_SIGNS)).collect();
        if latex.chars().any(|character| u32::from(character) >= FIRST_SIGN || character == BOX_SIGN) {
            placed.clear();
        }
        let mut mathml = None;
        while !placed.is_empty() && mathml.is_none() {
            let signed = with_signs(latex, spots, &placed);
            let converted = self.convert(&signed, display).ok();
            match converted.map(|it| place_marks(&it, spots, &placed)) {
                Some(Ok(marked)) => mathml = Some(marked),
                Some(Err(lost)) => placed.retain(|position| !lost.contains(position)),
                None => placed.clear(),
            }
        }
        let mathml = join_groups(&place_boxes(&mathml.unwrap_or(unmarked)));
        let html = markup::harden(&mathml);
        let unplaced = (0..spots.len()).filter(|position| placed.binary_search(position).is_err()).collect();
        Ok(Rendered { html, unplaced })
    }

    fn convert(&self, latex: &str, display: bool) -> Result<String, String> {
        if depth(latex) > DEEPEST {
            return Err("it is nested too deeply".into());
        }
        if hides_markup(latex) {
            return Err("`\\operatorname` takes letters only".into());
        }
        let display = if display { MathDisplay::Block } else { MathDisplay::Inline };
        let plain = self.plain.convert_with_local_state(latex, display);
        let converted = plain.or_else(|problem| {
            self.with_fallbacks.convert_with_local_state(latex, display).map_err(|_| problem)
        });
        converted
            .map(|converted| converted.mathml)
            .map_err(|problem| problem.to_string().trim_end_matches('.').to_owned())
    }
}

fn converter(macros: Vec<(String, String)>) -> LatexToMathML {
    LatexToMathML::new(MathCoreConfig { macros, ..MathCoreConfig::default() }).unwrap_or_default()
}

/// What is wrong with macros, by the names of those that are not understood.
pub fn check_macros(macros: &Macros) -> Vec<(String, String)> {
    let problem =
        |(name, body): (String, String)| check_macro(&name, &body).err().map(|problem| (name, problem));
    flatten(macros).into_iter().filter_map(problem).collect()
}

fn check_macro(name: &str, body: &str) -> Result<(), String> {
    let macros = vec![(name.to_owned(), body.to_owned())];
    let made = LatexToMathML::new(MathCoreConfig { macros, ..MathCoreConfig::default() });
    made.map(drop).map_err(|(problem, _, _)| problem.to_string().trim_end_matches('.').to_owned())
}

/// Commands that hold for the rest of their group, which the converter nests in them.
const SWITCHES: &[&str] = &[
    "color",
    "displaystyle",
    "textstyle",
    "scriptstyle",
    "scriptscriptstyle",
    "bf",
    "rm",
    "it",
    "cal",
    "sf",
    "tt",
];

/// An upper bound of how deep a conversion recurses: braces, commands that take the next command as argument, and
/// switches.
fn depth(latex: &str) -> usize {
    let (mut deepest, mut open, mut chain, mut switches) = (0, 0_usize, 0, 0);
    let mut characters = latex.chars();
    while let Some(character) = characters.next() {
        match character {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            '\\' => {
                let rest = characters.as_str();
                chain += 1;
                open += usize::from(rest.starts_with("left") || rest.starts_with("begin"));
                let closes = rest.starts_with("right") || rest.starts_with("end");
                open = open.saturating_sub(usize::from(closes));
                let name = rest.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(rest.len());
                switches += usize::from(SWITCHES.contains(&&rest[..name]));
                characters = rest[name..].chars();
            }
            ' ' | '\n' | '\r' | '\t' | '^' | '_' => {}
            _ => chain = 0,
        }
        deepest = deepest.max(open + chain + switches);
    }
    deepest
}

/// Whether an operator's name holds markup, which the converter would hand through as it is.
fn hides_markup(latex: &str) -> bool {
    latex.match_indices("\\operatorname").any(|(at, command)| {
        let rest = &latex[at + command.len()..];
        let name = &rest[..rest.find('}').unwrap_or(rest.len())];
        name.contains(['<', '>', '&'])
    })
}

/// The sign of the spot at `position`.
fn sign(position: usize) -> Option<char> {
    char::from_u32(FIRST_SIGN + u32::try_from(position).ok()?)
}

/// The LaTeX with a sign before each placed spot, which becomes a group of its own.
fn with_signs(latex: &str, spots: &[Spot], placed: &[usize]) -> String {
    let mut output = String::with_capacity(latex.len() + 8 * placed.len());
    let mut done = 0;
    for position in placed {
        let range = spots[*position].range.clone();
        output.push_str(&latex[done..range.start]);
        output.extend(sign(*position));
        output.push('{');
        output.push_str(&grouped(&latex[range.clone()]));
        output.push('}');
        done = range.end;
    }
    output.push_str(&latex[done..]);
    output
}

/// A stated number whose commas between digits set no space: `132,863,336`.
fn grouped(number: &str) -> String {
    let mut output = String::with_capacity(number.len());
    let mut before = ' ';
    for (at, character) in number.char_indices() {
        let after = number[at + character.len_utf8()..].starts_with(|next: char| next.is_ascii_digit());
        match character {
            ',' if before.is_ascii_digit() && after => output.push_str("{,}"),
            _ => output.push(character),
        }
        before = character;
    }
    output
}

/// Wraps the element after each sign into a marked row. `Err` lists the spots whose sign did not come out as one.
fn place_marks(mathml: &str, spots: &[Spot], placed: &[usize]) -> Result<String, Vec<usize>> {
    let mut output = mathml.to_owned();
    let mut lost = Vec::new();
    for position in placed {
        let Some(sign) = sign(*position) else { continue };
        let spot = &spots[*position];
        let open = format!("<mrow{}><mtext><span{}></span></mtext>", spot.attributes, spot.tip);
        match wrap_after(&output, sign, &open, "</mrow>") {
            Some(wrapped) => output = wrapped,
            None => lost.push(*position),
        }
    }
    if lost.is_empty() { Ok(output) } else { Err(lost) }
}

fn place_boxes(mathml: &str) -> String {
    let mut output = mathml.to_owned();
    while let Some(wrapped) = wrap_after(&output, BOX_SIGN, "<mrow class=\"qed-box\">", "</mrow>") {
        output = wrapped;
    }
    output
}

/// What the converter makes of the `{,}` between two groups of digits.
const GROUP_COMMA: &str = "</mn><mo rspace=\"0\">,</mo><mn>";

/// Makes one number of groups of digits, as `132{,}863`, so that it is found, copied and read aloud as one.
fn join_groups(mathml: &str) -> String {
    let mut parts = mathml.split(GROUP_COMMA);
    let mut output = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_group = part.find("</mn>") == Some(3) && part.as_bytes()[..3].iter().all(u8::is_ascii_digit);
        // A group before another comma has lost its end tag to that.
        let is_between = part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
        output.push_str(if is_group || is_between { "," } else { GROUP_COMMA });
        output.push_str(part);
    }
    output
}

/// Takes `<mi>sign</mi>` out and puts `open` and `close` around the element that follows it.
fn wrap_after(mathml: &str, sign: char, open: &str, close: &str) -> Option<String> {
    let element = format!("<mi>{sign}</mi>");
    let start = mathml.find(&element)?;
    let after = &mathml[start + element.len()..];
    let length = first_element(after)?;
    let (before, (content, rest)) = (&mathml[..start], after.split_at(length));
    Some([before, open, content, close, rest].concat())
}

/// The length of the element that `markup` begins with.
fn first_element(markup: &str) -> Option<usize> {
    let (mut length, mut open) = (0, 0_usize);
    for token in markup::tokens(markup) {
        match token {
            Token::Open(_) => open += 1,
            Token::Close(_) => open = open.checked_sub(1)?,
            Token::Empty(_) => {}
            Token::Text(_) if open == 0 => return None,
            Token::Text(_) => {}
        }
        length += token.as_str().len();
        if open == 0 {
            return Some(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Converter, Macros, Spot, check_macro, check_macros};

    fn converter() -> Converter {
        let macros = [("R", "\\mathbb{R}"), ("E", "\\operatorname{E}\\left[#1\\right]")];
        Converter::new(&macros.map(|(name, body)| (name.into(), body.into())).into())
    }

    /// Renders LaTeX in which marked numbers stand between `«` and `»`.
    fn render(latex: &str) -> Result<(String, Vec<usize>), String> {
        let (mut plain, mut spots) = (String::new(), Vec::new());
        for (idx, part) in latex.split(['«', '»']).enumerate() {
            if idx % 2 == 1 {
                spots.push(Spot {
                    range: plain.len()..plain.len() + part.len(),
                    attributes: " class=\"qed\"".into(),
                    tip: format!(" data-qed=\"{}\"", spots.len()),
                });
            }
            plain.push_str(part);
        }
        converter().render(&plain, false, &spots).map(|it| (it.html, it.unplaced))
    }

    #[track_caller]
    fn check(latex: &str, expected: &str) {
        let (html, unplaced) = render(latex).unwrap();
        assert_eq!(html, format!("<math>{expected}</math>"));
        assert_eq!(unplaced, [] as [usize; 0]);
    }

    #[test]
    fn marks_stand_on_the_number_in_the_formula() {
        let open = |number| format!("<mrow class=\"qed\"><mtext><span data-qed=\"{number}\"></span></mtext>");
        check("x = «0.5»", &format!("<mi>x</mi><mo>&#61;</mo>{}<mn>0&#46;5</mn></mrow>", open(0)));
        check(
            "«132,863,336», «-1»",
            &format!(
                "{}<mrow><mn>132&#44;863&#44;336</mn></mrow></mrow><mo>&#44;</mo>\
                 {}<mrow><mo lspace=\"0\" rspace=\"0\">&#8722;</mo><mn>1</mn></mrow></mrow>",
                open(0),
                open(1)
            ),
        );
    }

    #[test]
    fn marks_in_every_place_keep_the_markup_balanced() {
        for latex in [
            "\\begin{aligned} a &= «0.5» \\\\ &= «93.06\\%» \\end{aligned}",
            "«48.49»^\\circ = «9.3 \\times 10^{4}»\\text{ m}",
            "\\frac{«1»}{«2»} + \\sqrt{«3»} + a_{«4»} + \\left[«5», «6»\\right]",
            "\\begin{bmatrix} «1» & «2» \\end{bmatrix}",
            "\\boxed{x = «0.5»}",
            "\\E{«0.5»} \\in \\R",
        ] {
            let (html, unplaced) = render(latex).unwrap();
            assert_eq!(unplaced, [] as [usize; 0], "{latex}");
            assert_eq!(html.matches("<mrow class=\"qed\">").count(), latex.matches('«').count(), "{html}");
            assert!(!html.contains('\u{f0000}') && !html.contains('\u{f8ff}'), "{html}");
            for tag in ["mrow", "mn", "mi", "mtd", "mtr", "mtext", "span"] {
                let count = |open: &str| html.matches(open).count();
                let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
                assert_eq!(opened, count(&format!("</{tag}>")), "{tag} in {html}");
            }
        }
    }

    #[test]
    fn a_mark_that_finds_no_place_is_given_back() {
        let (html, unplaced) = render("\\text{«0.5»} = «1»").unwrap();
        assert_eq!(unplaced, [0]);
        assert!(html.contains("<mtext>0&#46;5</mtext>"), "{html}");
        assert!(html.contains("</mtext><mn>1</mn></mrow>"), "{html}");
        let (html, unplaced) = render("\u{f0000} = «1»").unwrap();
        assert_eq!(unplaced, [0]);
        assert!(!html.contains("qed"));
    }

    #[test]
    fn nothing_is_left_for_markdown_or_html() {
        check("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>");
        check(
            "\\lvert x \\rvert",
            "<mo stretchy=\"false\" form=\"prefix\">&#124;</mo><mi>x</mi>\
            <mo stretchy=\"false\" form=\"postfix\">&#124;</mo>",
        );
        check(
            "\\text{it's -- \"so\" *now*}",
            "<mtext>it&#8217;s&#160;&#45;&#45;&#160;&#8221;so&#8221;&#160;&#42;now&#42;</mtext>",
        );
        assert!(render("\\operatorname{<script>}").is_err());
        assert!(!render("a\n\nb").unwrap().0.contains('\n'));
    }

    #[test]
    fn display_math_may_scroll_by_itself() {
        let rendered = converter().render("x", true, &[]).unwrap();
        assert_eq!(rendered.html, "<math display=\"block\"><mi>x</mi></math>");
    }

    #[test]
    fn groups_of_digits_are_one_number() {
        let number = |latex: &str| converter().render(latex, false, &[]).unwrap().html;
        assert_eq!(number("132{,}863{,}336"), "<math><mn>132&#44;863&#44;336</mn></math>");
        assert_eq!(
            number("x_{1{,}000}"),
            "<math><msub><mi>x</mi><mrow><mn>1&#44;000</mn></mrow></msub></math>"
        );
        for no_groups in ["1{,}5", "1, 000", "1{,}0000"] {
            assert!(number(no_groups).contains("</mn><mo"), "{}", number(no_groups));
        }
    }

    #[test]
    fn fallbacks_for_what_the_converter_lacks() {
        for latex in [
            "x \\tag{1} \\label{eq}",
            "\\boxed{x}",
            "\\substack{a\\\\b}",
            "\\mbox{a}",
            "\\begin{align}x \\tag{1}\\end{align}",
        ] {
            assert!(render(latex).is_ok(), "{latex}");
        }
        check("\\boxed{x}", "<mrow class=\"qed-box\"><mi>x</mi></mrow>");
    }

    #[test]
    fn what_cannot_be_converted_is_said() {
        assert_eq!(render("\\nosuch"), Err("Unknown command \"\\nosuch\"".into()));
        assert_eq!(render("{"), Err("Expected closing token \"}\", but reached end of input".into()));
    }

    #[test]
    fn deep_nesting_is_refused_before_it_costs_the_stack() {
        for part in [
            "{",
            "\\sqrt",
            "\\hat ",
            "\\left(",
            "x^{",
            "\\begin{matrix}",
            "\\color{red}",
            "\\not",
            "\\text{",
            "\\frac",
        ] {
            let rendered = Converter::new(&Macros::new()).render(&part.repeat(100_000), true, &[]);
            assert!(rendered.is_err(), "{part}");
        }
    }

    #[test]
    fn macros_are_checked() {
        for (name, body) in super::FALLBACKS {
            assert_eq!(check_macro(name, body), Ok(()), "{name}");
        }
        assert_eq!(check_macro("E", "\\operatorname{E}[#1]"), Ok(()));
        assert!(check_macro("E", "\\nosuch").is_err());
        assert!(check_macro("E1", "x").is_err());
        let macros: Macros = [("E", "\\Ex"), ("Ex", "\\mathbb{E}"), ("F", "\\Ex\\nosuch")]
            .map(|(name, body)| (name.into(), body.into()))
            .into();
        let wrong = check_macros(&macros);
        assert_eq!(wrong, [("F".into(), "Unknown command \"\\nosuch\"".into())]);
        let rendered = Converter::new(&macros).render("\\E", false, &[]).unwrap();
        assert_eq!(rendered.html, "<math><mi>𝔼</mi></math>");
    }
}
