//! Which chapter `use`s which, and the order that follows.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// Which chapters are to be judged, and what each of them still waits for.
pub(super) struct Waiting {
    /// Whether a chapter is wanted, or used by one that is.
    pub(super) needed: Vec<bool>,
    /// How many chapters that a chapter uses are not judged yet.
    missing: Vec<AtomicUsize>,
    users: Vec<Vec<usize>>,
}

impl Waiting {
    /// For the `wanted` chapters and all that they use.
    pub(super) fn new(uses: &[Uses], wanted: &[bool]) -> Self {
        let mut needed = wanted.to_vec();
        needed.resize(uses.len(), false);
        // Users come after what they use, so that the walk back meets each chapter when all its users are known.
        for position in order(uses).into_iter().rev() {
            if needed[position] {
                targets(&uses[position]).for_each(|used| needed[used] = true);
            }
        }
        let mut users = vec![Vec::new(); uses.len()];
        for (user, used) in uses.iter().enumerate().filter(|(user, _)| needed[*user]) {
            targets(used).for_each(|used| users[used].push(user));
        }
        let missing = uses.iter().map(|used| AtomicUsize::new(targets(used).count())).collect();
        Self { needed, missing, users }
    }

    /// The chapters that wait for none. All of them are found before the first is judged, which may free others.
    pub(super) fn ready(&self) -> Vec<usize> {
        let waits = |position: &usize| self.missing[*position].load(Ordering::Relaxed) > 0;
        (0..self.needed.len()).filter(|position| self.needed[*position] && !waits(position)).collect()
    }

    /// The chapters that wait for none any more, now that the one at `position` is judged.
    pub(super) fn freed_by(&self, position: usize) -> impl Iterator<Item = usize> {
        let is_free = |user: &usize| self.missing[*user].fetch_sub(1, Ordering::AcqRel) == 1;
        self.users[position].iter().copied().filter(is_free)
    }
}

#[cfg(test)]
mod tests {
    use super::{Uses, Waiting, order, uses};
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
    fn each_chapter_is_free_once_all_it_uses_are_judged() {
        let chain = |used: &[usize]| used.iter().map(|used| (used.to_string(), Ok(*used))).collect();
        let uses: [Uses; 5] = [chain(&[1, 2]), chain(&[2]), chain(&[]), chain(&[]), chain(&[3])];
        let judged = |wanted: [bool; 5]| {
            let waiting = Waiting::new(&uses, &wanted);
            let mut order = waiting.ready();
            for at in 0..5 {
                let Some(position) = order.get(at) else { break };
                order.extend(waiting.freed_by(*position));
            }
            order
        };
        assert_eq!(judged([true; 5]), [2, 3, 1, 4, 0]);
        let only = |wanted: usize| judged([0, 1, 2, 3, 4].map(|position| position == wanted));
        assert_eq!(only(0), [2, 1, 0]);
        assert_eq!(only(4), [3, 4]);
        assert_eq!(only(2), [2]);
    }
}
