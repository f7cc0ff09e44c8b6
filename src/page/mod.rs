//! What the reader of the page sees: values in the places of holes, quiet marks on verified numbers, rendered math.
//!
//! Everything is an edit of the chapter. Nothing here decides whether a number is right; the report says so.
//!
//! | file | holds |
//! |---|---|
//! | `regions` | the parts of a chapter that are shown differently, and what lies in them |
//! | `formula` | one formula: values, marks, MathML |
//! | `math` | LaTeX to MathML |
//! | `cell` | a Rust cell and its output |
//! | `fence` | a fence as HTML |
//! | `marks` | the mark on a number |
//! | `markup` | HTML that survives Markdown |
//! | `plot` | a figure as SVG |
//! | `summary` | the list of all claims |
//! | `badge` | how many numbers were verified, as a picture |

mod badge;
mod cell;
mod fence;
mod formula;
mod marks;
mod markup;
mod math;
mod plot;
mod regions;
mod summary;

use std::collections::BTreeMap;

pub use badge::badge;
pub use math::check_macros;

use crate::diag::Diagnostic;
use crate::judge::Figure;
use crate::report::Report;
use crate::scan::Item;
use crate::source::{FileId, Sources, Span};
use crate::splice::Edit;

/// The style sheet of marks and math. It is written into each chapter that needs it, unless the book lists it as a
/// file of its own.
pub const STYLE_SHEET: &str = include_str!("qed.css");

/// What the keyboard can do with marks beyond reaching them. Nothing else needs it.
const SCRIPT: &str = include_str!("qed.js");

/// What the page is to show.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The renderer makes HTML; for all others only values are written.
    pub html: bool,
    /// The renderer is `mdbook test`, which compiles every Rust fence by itself.
    pub test: bool,
    /// The crates that cells may use, so that `mdbook test`, which has none, leaves out those that do.
    pub crates: Vec<String>,
    /// Verified numbers carry a mark.
    pub marks: bool,
    /// LaTeX becomes MathML.
    pub render_math: bool,
    /// The style sheet is written into each chapter that needs it.
    pub style: bool,
    /// LaTeX macros, by name without the backslash.
    pub macros: BTreeMap<String, String>,
}

impl Options {
    fn renderer(&self) -> cell::Renderer {
        match (self.html, self.test) {
            (true, _) => cell::Renderer::Html,
            (_, true) => cell::Renderer::Test(self.crates.clone()),
            _ => cell::Renderer::Other,
        }
    }
}

/// A checked chapter, ready to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Chapter<'a> {
    /// The id that its spans carry.
    pub file: FileId,
    /// Its Markdown.
    pub text: &'a str,
    /// What was found in it.
    pub items: &'a [Item],
    /// What became of that.
    pub report: &'a Report,
    /// The values of its holes and inline values.
    pub values: &'a [Edit],
    /// Its figures.
    pub figures: &'a [Figure],
    /// What its cells printed that is to be shown, by the place of their fences.
    pub outputs: &'a [(Span, String)],
}

/// A page, as edits of its chapter.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Disjoint, in no order.
    pub edits: Vec<Edit>,
    /// What could not be shown.
    pub diagnostics: Vec<Diagnostic>,
}

/// All edits that turn a chapter into what the renderer is to get. `book` holds the reports of all chapters, for the
/// list of all claims; `sources` says where they point.
pub fn page(chapter: Chapter<'_>, book: &[&Report], sources: &Sources, options: &Options) -> Page {
    let mut page = regions::paint(chapter, options);
    if options.html {
        page.edits.extend(plot::edits(chapter.figures));
        page.edits.extend(summary::edits(chapter.items, book, sources, options));
        let has = |markup: &str| page.edits.iter().any(|edit| edit.text.contains(markup));
        let math = options.render_math && has("<math");
        let mut head = String::new();
        if options.style && (math || has("class=\"qed")) {
            head = format!("<style>\n{STYLE_SHEET}</style>\n\n");
        }
        if has("data-qed=") {
            head += &script();
        }
        page.edits.extend(first_block(chapter, head));
    }
    page
}

fn script() -> String {
    format!("<script>\n{SCRIPT}</script>\n\n")
}

/// The first block of the chapter: there no list, quote or fence can be open.
fn first_block(chapter: Chapter<'_>, text: String) -> Option<Edit> {
    let mark = chapter.text.len() - chapter.text.trim_start_matches('\u{feff}').len();
    let span = Span::new(chapter.file, mark, mark);
    (!text.is_empty()).then_some(Edit { span, text })
}

#[cfg(test)]
mod tests {
    use super::{Chapter, Options, page, script};
    use crate::compare::Verdict;
    use crate::report::samples::claim_at;
    use crate::report::{Kind, Report};
    use crate::scan::{ScanOptions, scan};
    use crate::source::{FileId, Source, Sources, Span};
    use crate::splice::{Edit, apply};

    /// A chapter in which `⟨stated|value⟩` is a claim that rounds to its value, and `⟨=what|text⟩` is replaced.
    fn shown(marked: &str, options: &Options) -> String {
        shown_with_script(marked, options).replace(&script(), "")
    }

    fn shown_with_script(marked: &str, options: &Options) -> String {
        let (mut text, mut claims, mut values) = (String::new(), Vec::new(), Vec::new());
        for (idx, part) in marked.split(['⟨', '⟩']).enumerate() {
            let Some((stated, value)) = part.split_once('|').filter(|_| idx % 2 == 1) else {
                text.push_str(part);
                continue;
            };
            let what = stated.strip_prefix('=').unwrap_or(stated);
            let span = Span::new(FileId(0), text.len(), text.len() + what.len());
            text.push_str(what);
            let mut claim = claim_at(span, what, Kind::Equation, Verdict::Rounded);
            claim.computed = Some(value.to_owned());
            claims.push(claim);
            if stated.starts_with('=') {
                values.push(Edit { span, text: value.to_owned() });
            }
        }
        let items = scan(FileId(0), &text, &ScanOptions::default()).items;
        let report = Report { claims, diagnostics: Vec::new() };
        let chapter = Chapter {
            file: FileId(0),
            text: &text,
            items: &items,
            report: &report,
            values: &values,
            figures: &[],
            outputs: &[],
        };
        let mut sources = Sources::default();
        sources.add(Source::file("a.md", text.as_str()));
        let mut page = page(chapter, &[&report], &sources, options);
        assert_eq!(page.diagnostics, []);
        apply(&text, &mut page.edits).unwrap()
    }

    /// The markup of marks as `[text|tip]`, the beside-mark as `[|tip]`.
    fn simple(html: &str) -> String {
        let mut output = String::new();
        let mut rest = html;
        while let Some(start) = rest.find("<span class=\"qed") {
            let end = start + rest[start..].find('>').unwrap() + 1;
            let tip = rest[start..end].split("data-qed=\"").nth(1).unwrap_or_default();
            let tip =
                tip.split('"').next().unwrap_or_default().replace("&#44; rounded", "").replace("&#46;", ".");
            let close = end + rest[end..].find("</span>").unwrap();
            output.push_str(&format!("{}[{}|{tip}]", &rest[..start], &rest[end..close]));
            rest = &rest[close + "</span>".len()..];
        }
        output + rest
    }

    fn marks() -> Options {
        Options { html: true, marks: true, ..Options::default() }
    }

    #[track_caller]
    fn check(marked: &str, expected: &str) {
        assert_eq!(simple(&shown(marked, &marks())), expected);
    }

    #[test]
    fn marks_beside_formulas() {
        check("<!-- qed -->\n$$x = ⟨0.5|0.49⟩$$\n", "<!-- qed -->\n$$x = 0.5$$[|0.49]\n");
        check(
            "<!-- qed -->\n> - a $x = ⟨0.5|0.49⟩ = ⟨2|2.1⟩$, b\n",
            "<!-- qed -->\n> - a $x = 0.5 = 2$[|0.49&#59; 2.1], b\n",
        );
    }

    #[test]
    fn marks_on_inline_values_and_cells() {
        check(
            "a ⟨={{#qed x:.2}}|-0.5⟩ b",
            "a [&#45;0.5|&#45;0.5] b".replace("&#45;0.5|", "&#45;0&#46;5|").as_str(),
        );
        check(
            "<!-- qed: table; b = a -->\n| a | b |\n|---|---|\n| 1 | ⟨2,000|2000⟩ |\n| `x` | ⟨=?|1.5⟩ |\n| 3 | `⟨4|4⟩` |\n",
            "<!-- qed: table; b = a -->\n| a | b |\n|---|---|\n| 1 | [2,000|2000] |\n| `x` | [1&#46;5|1.5] |\n| 3 | `4`[|4] |\n",
        );
    }

    #[test]
    fn fences_become_html_in_every_container() {
        check(
            "```qed\na = ⟨=?|1.5⟩\n\nb = ⟨2|2⟩\n```\nafter",
            "<pre><code class=\"qed-fence nohighlight\">\
            a&#32;&#61;&#32;[1&#46;5|1.5]&#10;&#10;b&#32;&#61;&#32;[2|2]</code></pre>\nafter",
        );
        check(
            "> - x\n>   ```qed\n>   a = ⟨1|1⟩\n>     b\n>   ```\n",
            "> - x\n>   <pre><code class=\"qed-fence nohighlight\">\
            a&#32;&#61;&#32;[1|1]&#10;&#32;&#32;b</code></pre>\n",
        );
        check("a\n\n```qed,hidden\na = 1\n```\n\nb", "a\n\n\n\nb");
    }

    #[test]
    fn without_marks_only_values_change() {
        let text =
            "<!-- qed -->\r\n$$x = ⟨0.5|0.49⟩ = ⟨=?|7⟩$$\r\n\r\n```qed\na = ⟨=?|1⟩\n```\n⟨={{#qed x}}|2⟩\t";
        let expected = "<!-- qed -->\r\n$$x = 0.5 = 7$$\r\n\r\n```qed\na = 1\n```\n2\t";
        for options in [Options { html: true, ..Options::default() }, Options { html: false, ..marks() }] {
            assert_eq!(shown(text, &options), expected);
        }
        let everything =
            Options { html: false, marks: true, render_math: true, style: true, ..Options::default() };
        assert_eq!(shown(text, &everything), expected);
    }

    #[test]
    fn math_is_rendered_wherever_it_stands() {
        let options = Options { render_math: true, ..marks() };
        let html = shown("a $x$\n\n> <!-- qed -->\n> $$\n> y = ⟨=?|3⟩\n> $$\n\n`$z$` {$w$}\n", &options);
        assert!(
            html.starts_with(
                "a <math><mi>x</mi></math>\n\n> <!-- qed -->\n> <span class=\"qed-display\"><math"
            ),
            "{html}"
        );
        assert!(html.contains("<mrow class=\"qed\" tabindex=\"0\""), "{html}");
        assert!(html.ends_with("</math></span>\n\n`$z$` {<math><mi>w</mi></math>}\n"), "{html}");
        assert_eq!(html.lines().count(), 6, "{html}");
    }

    #[test]
    fn the_style_sheet_comes_first_and_only_where_it_is_needed() {
        let options = Options { style: true, ..marks() };
        assert_eq!(shown("no marks", &options), "no marks");
        let html = shown("\u{feff}<!-- qed -->\n$x = ⟨1|1⟩$", &options);
        assert!(html.starts_with("\u{feff}<style>\n.qed {"), "{html}");
        assert!(html.contains("</style>\n\n<!-- qed -->\n"), "{html}");
        assert!(!super::STYLE_SHEET.contains("\n\n") && !super::STYLE_SHEET.contains('<'));
    }

    #[test]
    fn the_script_comes_with_marks_alone() {
        let html = shown_with_script("<!-- qed -->\n$x = ⟨1|1⟩$", &marks());
        assert!(html.starts_with(&format!("{}<!-- qed -->\n", script())), "{html}");
        assert!(!script().trim_end().contains("\n\n"), "an empty line would end the HTML");
        let rendered = Options { render_math: true, ..marks() };
        assert!(!shown_with_script("$x$", &rendered).contains("<script>"));
    }

    #[test]
    fn punctuation_stays_with_its_formula() {
        let options = Options { render_math: true, ..marks() };
        let html = shown("($x$), $y$ and $z$.", &options);
        let formula = |name: &str| format!("<math><mi>{name}</mi></math>");
        let [x, y, z] = ["x", "y", "z"].map(formula);
        let kept = |formula: &str| format!("<span class=\"qed-kept\">{formula}</span>");
        assert_eq!(html, format!("({}), {y} and {}.", kept(&format!("&#8288;{x}")), kept(&z)));
    }

    #[test]
    fn an_untagged_chapter_stays_as_it_is() {
        let text = "$x$ | `y`\r\n\r\n$$\na\n$$ {{#include x}} <b>&amp;</b>\t";
        assert_eq!(shown(text, &Options { style: true, ..marks() }), text);
    }
}
