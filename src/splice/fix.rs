//! What `fix` writes: corrections and filled holes, led back from chapters to the files that hold the text.
//!
//! Only a text that stands in its file byte for byte is replaced. What cannot be written is refused with its reason.

use std::collections::{BTreeMap, BTreeSet};

use super::{Edit, apply};
use crate::compare::Verdict;
use crate::report::{Kind, Report};
use crate::source::{FileId, Place, Sources, Span};

/// Which corrections are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Those on which all computed members agree.
    Safe,
    /// All of them.
    All,
}

/// All changes to files, and what was left.
#[derive(Clone, Debug, Default)]
pub struct Plan<'s> {
    /// By path.
    pub files: Vec<FileFix<'s>>,
    /// In reading order.
    pub refused: Vec<Refusal>,
}

/// A file that changes.
#[derive(Clone, Debug)]
pub struct FileFix<'s> {
    /// As people know it.
    pub path: &'s str,
    /// Its text when it was read.
    pub before: &'s str,
    /// Its text as it should be.
    pub after: String,
    /// What is replaced, in order.
    pub changes: Vec<Change<'s>>,
}

/// One replacement.
#[derive(Clone, Debug)]
pub struct Change<'s> {
    /// Where.
    pub place: Place<'s>,
    /// By what.
    pub text: String,
}

/// A correction that is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The text that stays.
    pub span: Span,
    /// A clause that says why.
    pub reason: &'static str,
}

const UNSAFE: &str = "the computed members do not agree; `--unsafe` writes it all the same";
const FOLLOWS: &str = "it follows from a mistake that is not corrected; `--unsafe` writes it all the same";
const MADE: &str = "the text stands in no file: a link or another preprocessor has made it";
const CONTRADICTED: &str = "the same text is right, or to be another one, where another chapter includes it";
const OVERLAPPING: &str = "another correction changes a part of the same text";

/// Collects what `report` would have changed.
pub fn plan<'s>(report: &Report, sources: &'s Sources, safety: Safety) -> Plan<'s> {
    let mut plan = Plan::default();
    let mut wanted: BTreeMap<&str, Vec<(Place<'s>, Span, &str)>> = BTreeMap::new();
    for (span, text, reason) in candidates(report) {
        let place = sources.place(span);
        if !place.exact {
            plan.refused.push(Refusal { span, reason: MADE });
        } else if let (Some(reason), Safety::Safe) = (reason, safety) {
            plan.refused.push(Refusal { span, reason });
        } else {
            wanted.entry(place.path).or_default().push((place, span, text));
        }
    }
    let right = right_places(report, sources);
    for (path, wanted) in wanted {
        plan.files.extend(fix_file(path, wanted, &right, &mut plan.refused));
    }
    plan.refused.sort_by_key(|refusal| refusal.span);
    plan
}

/// Corrections and filled holes, each with the reason why it is not safe, if it is not.
fn candidates(report: &Report) -> impl Iterator<Item = (Span, &str, Option<&'static str>)> {
    let causes: BTreeMap<usize, usize> =
        report.claims.iter().filter_map(|claim| claim.diagnostic.zip(claim.cause)).collect();
    let is_corrected = |claim: usize| {
        let diagnostic = report.claims.get(claim).and_then(|claim| report.diagnostics.get(claim.diagnostic?));
        diagnostic.and_then(|diagnostic| diagnostic.fix.as_ref()).is_some_and(|fix| fix.safe)
    };
    let corrections = report.diagnostics.iter().enumerate().filter_map(move |(at, diagnostic)| {
        let fix = diagnostic.fix.as_ref()?;
        let reason = match causes.get(&at) {
            _ if !fix.safe => Some(UNSAFE),
            Some(cause) if !is_corrected(*cause) => Some(FOLLOWS),
            _ => None,
        };
        Some((fix.span, fix.text.as_str(), reason))
    });
    let holes =
        report.claims.iter().filter(|claim| claim.kind == Kind::Hole && claim.verdict == Verdict::Filled);
    corrections.chain(holes.filter_map(|claim| Some((claim.span, claim.fix.as_deref()?, None))))
}

/// Where numbers stand with which nothing is wrong: path and range.
type RightPlaces<'s> = BTreeSet<(&'s str, usize, usize)>;

fn right_places<'s>(report: &Report, sources: &'s Sources) -> RightPlaces<'s> {
    let right = report.claims.iter().filter(|claim| claim.diagnostic.is_none() && claim.kind != Kind::Hole);
    right
        .map(|claim| {
            let place = sources.place(claim.span);
            (place.path, place.range.start, place.range.end)
        })
        .collect()
}

fn fix_file<'s>(
    path: &'s str,
    mut wanted: Vec<(Place<'s>, Span, &str)>,
    right: &RightPlaces<'s>,
    refused: &mut Vec<Refusal>,
) -> Option<FileFix<'s>> {
    wanted.sort_by_key(|(place, span, _)| (place.range.start, place.range.end, *span));
    let mut changes: Vec<Change<'s>> = Vec::new();
    for same in wanted.chunk_by(|(one, ..), (other, ..)| one.range == other.range) {
        let (place, _, text) = &same[0];
        let agreed = same.iter().all(|(.., other)| other == text);
        let is_right_elsewhere = right.contains(&(path, place.range.start, place.range.end));
        let free = changes.last().is_none_or(|before| before.place.range.end <= place.range.start);
        let reason = match (agreed && !is_right_elsewhere, free) {
            (false, _) => CONTRADICTED,
            (true, false) => OVERLAPPING,
            (true, true) => {
                changes.push(Change { place: place.clone(), text: (*text).to_owned() });
                continue;
            }
        };
        refused.extend(same.iter().map(|(_, span, _)| Refusal { span: *span, reason }));
    }
    let before = changes.first()?.place.text;
    let edit = |change: &Change<'_>| Edit {
        span: Span::new(FileId(0), change.place.range.start, change.place.range.end),
        text: change.text.clone(),
    };
    let mut edits: Vec<Edit> = changes.iter().map(edit).collect();
    let after = apply(before, &mut edits).ok()?;
    Some(FileFix { path, before, after, changes })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Safety, plan};
    use crate::compare::Verdict;
    use crate::diag::{Code, Diagnostic, Fix};
    use crate::report::samples::claim_at;
    use crate::report::{Kind, Report};
    use crate::source::{ChapterMap, FileId, Source, Sources, Span};

    /// Chapters whose links are followed into `files`, by path; every `7` is to be `8`, every `?` a hole for `9`.
    fn sources(chapters: &[(&str, &str, &str)], files: &[(&str, &str)]) -> (Sources, Report) {
        let mut read = |path: &Path| {
            files.iter().find(|(name, _)| path.ends_with(name)).map(|(_, text)| (*text).to_owned())
        };
        let (mut sources, mut report) = (Sources::default(), Report::default());
        for (idx, (path, file, chapter)) in chapters.iter().enumerate() {
            let map = ChapterMap::align(chapter, Path::new(path), file, &mut read);
            sources.add(Source::chapter(*chapter, map));
            for (at, found) in chapter.match_indices(['7', '?', '1']) {
                let span = Span::new(FileId(idx as u32), at, at + 1);
                match found {
                    "7" => report.diagnostics.push(fix(span, "8", true)),
                    "?" => {
                        let mut hole = claim_at(span, "?", Kind::Hole, Verdict::Filled);
                        hole.fix = Some("9".into());
                        report.claims.push(hole);
                    }
                    _ => report.claims.push(claim_at(span, "1", Kind::Equation, Verdict::Exact)),
                }
            }
        }
        (sources, report)
    }

    fn fix(span: Span, text: &str, safe: bool) -> Diagnostic {
        Diagnostic::error(Code::Mismatch, span, "wrong").fix(Fix { span, text: text.into(), safe })
    }

    /// The files as they should be, and how many corrections are refused for which reason.
    #[track_caller]
    fn check(sources: &Sources, report: &Report, safety: Safety, files: &[(&str, &str)], refused: &[&str]) {
        let plan = plan(report, sources, safety);
        let found: Vec<(&str, &str)> =
            plan.files.iter().map(|file| (file.path, file.after.as_str())).collect();
        assert_eq!(found, files);
        let reasons: Vec<&str> =
            plan.refused.iter().map(|it| it.reason.split([',', ':', ';']).next().unwrap()).collect();
        assert_eq!(reasons, refused);
    }

    #[test]
    fn corrections_and_holes_are_written_where_they_stand() {
        let chapters = [("a.md", "\u{feff}x = 7\r\n{{#include b.md}}\r\n? 7", "x = 7\r\nß 7 ?\r\n? 7")];
        let (sources, report) = sources(&chapters, &[("b.md", "ß 7 ?")]);
        let expected = [("a.md", "\u{feff}x = 8\r\n{{#include b.md}}\r\n9 8"), ("b.md", "ß 8 9")];
        check(&sources, &report, Safety::Safe, &expected, &[]);
    }

    #[test]
    fn what_two_chapters_include_is_written_once() {
        let link = "{{#include b.md}}";
        let (sources, report) = sources(&[("a.md", link, "7 1"), ("c.md", link, "7 1")], &[("b.md", "7 1")]);
        check(&sources, &report, Safety::Safe, &[("b.md", "8 1")], &[]);
    }

    #[test]
    fn what_is_right_or_different_elsewhere_stays() {
        let link = "{{#include b.md}}";
        let (sources, mut report) =
            sources(&[("a.md", link, "7 1"), ("c.md", link, "7 1")], &[("b.md", "7 1")]);
        report.diagnostics.push(fix(Span::new(FileId(0), 2, 3), "2", true));
        let reason = "the same text is right";
        check(&sources, &report, Safety::Safe, &[("b.md", "8 1")], &[reason]);
        report.diagnostics.push(fix(Span::new(FileId(1), 0, 1), "9", true));
        check(&sources, &report, Safety::Safe, &[], &[reason; 4]);
    }

    #[test]
    fn what_stands_in_no_file_stays() {
        let (sources, report) = sources(&[("a.md", "x {{made}}", "x 7")], &[]);
        check(&sources, &report, Safety::All, &[], &["the text stands in no file"]);
    }

    #[test]
    fn unsafe_corrections_are_written_when_asked_for() {
        let (sources, mut report) = sources(&[("a.md", "x 7 y", "x 7 y")], &[]);
        report.diagnostics[0].fix.as_mut().unwrap().safe = false;
        check(&sources, &report, Safety::Safe, &[], &["the computed members do not agree"]);
        check(&sources, &report, Safety::All, &[("a.md", "x 8 y")], &[]);
    }

    #[test]
    fn of_overlapping_corrections_the_first_is_written() {
        let (sources, mut report) = sources(&[("a.md", "x 7 y", "x 7 y")], &[]);
        report.diagnostics.push(fix(Span::new(FileId(0), 0, 3), "z", true));
        let reason = "another correction changes a part of the same text";
        check(&sources, &report, Safety::Safe, &[("a.md", "z y")], &[reason]);
    }
}
