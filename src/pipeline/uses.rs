//! Which chapter `use`s which, and the order that follows.

use std::collections::{BTreeMap, VecDeque};

use super::Chapter;
use crate::diag::suggest;
use crate::scan::{Item, Scan};

/// The chapters that one chapter uses: by the path as written, the position of the chapter or why there is none.
pub(super) type Uses = BTreeMap<String, Result<usize, String>>;

/// The paths that a chapter uses, as written.
pub(super) fn written(scan: &Scan) -> impl Iterator<Item = String> {
    scan.items.iter().filter_map(|item| match item {
        Item::Use { path, .. } => Some(path.text.trim().to_owned()),
        _ => None,
    })
}

/// What each chapter uses. Uses that lead back to their chapter are cut.
pub(super) fn uses(chapters: &[Chapter], scans: &[Scan]) -> Vec<Uses> {
    let by_path: BTreeMap<&str, usize> =
        chapters.iter().enumerate().map(|(position, chapter)| (chapter.path.as_str(), position)).collect();
    let mut uses: Vec<Uses> = chapters
        .iter()
        .zip(scans)
        .map(|(chapter, scan)| {
            let resolved = |written: String| (written.clone(), resolve(&chapter.path, &written, &by_path));
            written(scan).map(resolved).collect()
        })
        .collect();
    for (position, problem) in cycles(&uses, chapters) {
        for target in uses[position].values_mut() {
            if matches!(target, Ok(used) if problem.contains_key(used)) {
                let used = target.as_ref().copied().unwrap_or(position);
                *target = Err(problem[&used].clone());
            }
        }
    }
    uses
}

/// The chapter that `written` means in the chapter at `from`: relative to it, else to the source folder.
fn resolve(from: &str, written: &str, by_path: &BTreeMap<&str, usize>) -> Result<usize, String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let relative = normalise(&format!("{folder}/{written}"));
    let absolute = normalise(written);
    let found = [&relative, &absolute].into_iter().find_map(|path| by_path.get(path.as_str()).copied());
    found.ok_or_else(|| match suggest::nearest(written, by_path.keys().copied()) {
        Some(near) => format!("the book has no chapter `{written}`; did you mean `{near}`?"),
        None => format!("the book has no chapter `{written}`"),
    })
}

/// `a/./b/../c` as `a/c`.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// For each chapter that lies on a cycle, the used chapters that lead back to it, with the message to show.
fn cycles(uses: &[Uses], chapters: &[Chapter]) -> BTreeMap<usize, BTreeMap<usize, String>> {
    let mut found: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    for position in 0..uses.len() {
        for used in targets(&uses[position]) {
            if let Some(way) = way(uses, used, position) {
                let names: Vec<&str> =
                    std::iter::once(position).chain(way).map(|step| chapters[step].path.as_str()).collect();
                let message = format!("the chapters use each other in a circle: {}", names.join(" → "));
                found.entry(position).or_default().insert(used, message);
            }
        }
    }
    found
}

/// The chapters that are used.
pub(super) fn targets(uses: &Uses) -> impl Iterator<Item = usize> {
    uses.values().filter_map(|target| target.as_ref().ok().copied())
}

/// A shortest way along `uses` from one chapter to another, both included.
fn way(uses: &[Uses], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut before: Vec<Option<usize>> = vec![None; uses.len()];
    let mut queue = VecDeque::from([from]);
    let mut seen = vec![false; uses.len()];
    seen[from] = true;
    while let Some(position) = queue.pop_front() {
        if position == to {
            let mut way: Vec<usize> = std::iter::successors(Some(position), |step| before[*step]).collect();
            way.reverse();
            return Some(way);
        }
        for next in targets(&uses[position]) {
            if !std::mem::replace(&mut seen[next], true) {
                before[next] = Some(position);
                queue.push_back(next);
            }
        }
    }
    None
}

/// Every chapter once, each after those it uses, otherwise in reading order. Cycles have been cut before.
pub(super) fn order(uses: &[Uses]) -> Vec<usize> {
    let mut order = Vec::with_capacity(uses.len());
    let mut entered = vec![false; uses.len()];
    for start in 0..uses.len() {
        let mut stack = vec![(start, false)];
        while let Some((position, complete)) = stack.pop() {
            if complete {
                order.push(position);
            } else if !std::mem::replace(&mut entered[position], true) {
                stack.push((position, true));
                stack.extend(targets(&uses[position]).map(|used| (used, false)));
            }
        }
    }
    order
}

/// The `wanted` chapters and all that they use, in levels: each chapter uses only those of earlier levels.
pub(super) fn levels(uses: &[Uses], wanted: &[bool]) -> Vec<Vec<usize>> {
    let order = order(uses);
    let mut needed = wanted.to_vec();
    needed.resize(uses.len(), false);
    // Users come after what they use, so that the walk back meets each chapter when all its users are known.
    for position in order.iter().rev() {
        if needed[*position] {
            targets(&uses[*position]).for_each(|used| needed[used] = true);
        }
    }
    let mut level_of = vec![0; uses.len()];
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for position in order {
        let level = targets(&uses[position]).map(|used| level_of[used] + 1).max().unwrap_or(0);
        level_of[position] = level;
        levels.resize(levels.len().max(level + 1), Vec::new());
        levels[level].extend(needed[position].then_some(position));
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::{levels, order, uses};
    use crate::pipeline::Chapter;
    use crate::scan::{Scan, ScanOptions, scan};
    use crate::source::FileId;

    /// Chapters that only `use` others, by path; what each use comes to.
    #[track_caller]
    fn check_uses(texts: &[(&str, &[&str])], expected: &[&str]) -> Vec<usize> {
        let tags = |used: &[&str]| {
            used.iter().map(|path| format!("<!-- qed: use {path} -->\n\n")).collect::<String>()
        };
        let pages: Vec<(&str, String)> = texts.iter().map(|(path, used)| (*path, tags(used))).collect();
        let chapters: Vec<Chapter> = pages
            .into_iter()
            .map(|(path, text)| Chapter { file: FileId(0), path: path.to_owned(), text })
            .collect();
        let scans: Vec<Scan> =
            chapters.iter().map(|chapter| scan(FileId(0), &chapter.text, &ScanOptions::default())).collect();
        let uses = uses(&chapters, &scans);
        let found: Vec<String> = chapters
            .iter()
            .zip(&uses)
            .flat_map(|(chapter, uses)| {
                uses.iter().map(|(written, target)| match target {
                    Ok(position) => format!("{}: {written} is {}", chapter.path, chapters[*position].path),
                    Err(message) => format!("{}: {message}", chapter.path),
                })
            })
            .collect();
        assert_eq!(found, expected);
        order(&uses)
    }

    #[test]
    fn a_used_chapter_is_judged_first() {
        let order = check_uses(
            &[("a.md", &["b.md", "sub/c.md"]), ("b.md", &["sub/c.md"]), ("sub/c.md", &[]), ("d.md", &[])],
            &["a.md: b.md is b.md", "a.md: sub/c.md is sub/c.md", "b.md: sub/c.md is sub/c.md"],
        );
        assert_eq!(order, [2, 1, 0, 3]);
    }

    #[test]
    fn paths_are_relative_to_the_chapter_and_then_to_the_book() {
        check_uses(
            &[("sub/a.md", &["b.md", "../b.md", "./c.md", "sub/c.md"]), ("b.md", &[]), ("sub/c.md", &[])],
            &[
                "sub/a.md: ../b.md is b.md",
                "sub/a.md: ./c.md is sub/c.md",
                "sub/a.md: b.md is b.md",
                "sub/a.md: sub/c.md is sub/c.md",
            ],
        );
    }

    #[test]
    fn a_missing_chapter_is_named_with_a_near_one() {
        check_uses(
            &[("a.md", &["question2.md", "nowhere.md"]), ("question1.md", &[])],
            &[
                "a.md: the book has no chapter `nowhere.md`",
                "a.md: the book has no chapter `question2.md`; did you mean `question1.md`?",
            ],
        );
    }

    #[test]
    fn cycles_are_cut_and_said_where_they_run() {
        let circle = "the chapters use each other in a circle: ";
        let order = check_uses(
            &[("a.md", &["b.md"]), ("b.md", &["c.md"]), ("c.md", &["a.md"]), ("d.md", &["a.md"])],
            &[
                &format!("a.md: {circle}a.md → b.md → c.md → a.md"),
                &format!("b.md: {circle}b.md → c.md → a.md → b.md"),
                &format!("c.md: {circle}c.md → a.md → b.md → c.md"),
                "d.md: a.md is a.md",
            ],
        );
        assert_eq!(order, [0, 1, 2, 3]);
        check_uses(&[("a.md", &["a.md"])], &[&format!("a.md: {circle}a.md → a.md")]);
    }

    #[test]
    fn levels_hold_what_is_wanted_and_used() {
        let chain = |used: &[usize]| used.iter().map(|used| (used.to_string(), Ok(*used))).collect();
        let uses = [chain(&[1, 2]), chain(&[2]), chain(&[]), chain(&[]), chain(&[3])];
        assert_eq!(levels(&uses, &[true; 5]), [vec![2, 3], vec![1, 4], vec![0]]);
        let only = |wanted: usize| levels(&uses, &[0, 1, 2, 3, 4].map(|position| position == wanted));
        assert_eq!(only(0).concat(), [2, 1, 0]);
        assert_eq!(only(4).concat(), [3, 4]);
        assert_eq!(only(2).concat(), [2]);
    }
}
