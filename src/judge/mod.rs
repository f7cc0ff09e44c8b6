//! Walks a chapter's items in reading order: names are defined, members evaluated, every link judged.
//!
//! | file | holds |
//! |---|---|
//! | `statements` | the statements of a text, one after the other |
//! | `chain` | statements to chains of members |
//! | `naming` | what a chain defines |
//! | `kin` | names that say something of each other by their spelling |
//! | `constant` | whether `e` and `π` are the constants of that name |
//! | `define` | which is known from there on |
//! | `parameter` | formulas for one function, held against each other |
//! | `nature` | what it says of that beside its value |
//! | `number` | which expressions are numbers as typed |
//! | `declare`, `set` | names with a domain, and what their domain is |
//! | `identity` | relations over such names, tested at many points |
//! | `order` | how two values at a point compare |
//! | `point` | how points of a domain, and values there, are shown |
//! | `extreme` | where an inequality over a domain comes closest to failing |
//! | `segment` | a stretch of equal members: its first computed one judges the others |
//! | `stated`, `members`, `inequality` | the three things a link can claim |
//! | `substitution` | a step with numbers held against its formula, part by part |
//! | `spread` | what rounding on the page could explain |
//! | `carried` | errors carried forward: what is right given an earlier wrong number |
//! | `congruence` | `a \equiv b \pmod n` |
//! | `unit` | units beside numbers, and degrees |
//! | `variant` | formulas close to one, of which a wrong number may be the value |
//! | `value` | values with as much precision as a verdict needs |
//! | `cells` | what Rust cells have computed |
//! | `table`, `inline` | tables, and `{{#qed …}}` |
//! | `logarithm` | the base of `\log` where nothing says it |
//! | `given` | numbers that are given, and whether anything uses them |
//! | `waiting`, `reorder` | formulas that stand before what they name, and their claims in reading order |
//! | `learner`, `lack` | which of them wait for what |
//! | `instance` | names with a domain that are given one of its values |
//! | `entry` | items of lists and examples, which may have their own data |
//! | `case` | values that are only put in, and may be others later |
//! | `condition` | conditions, which claim nothing |
//! | `solution` | equations, and what is given behind them for their unknowns |
//! | `runs` | letters side by side that may be a product |
//! | `rounded` | numbers that are given before their formulas |
//! | `either` | equations with an "or" between them |
//! | `several`, `signs` | equations with several solutions |
//! | `wrong` | blocks that are meant to be false |
//! | `trace` | what was judged by which names, kept for those who ask |
//! | `finding` | a claim with its diagnostic, on the way to the report |

mod carried;
mod case;
mod cells;
mod chain;
mod condition;
mod congruence;
mod constant;
mod declare;
mod define;
mod either;
mod entry;
mod extreme;
mod finding;
mod given;
mod identity;
mod inequality;
mod inline;
mod instance;
mod kin;
mod lack;
mod learner;
mod logarithm;
mod members;
mod naming;
mod nature;
mod number;
mod order;
mod parameter;
mod plot;
mod point;
mod reorder;
mod rounded;
mod runs;
mod segment;
mod several;
mod set;
mod signs;
mod solution;
mod spread;
mod stated;
mod statements;
mod substitution;
mod table;
mod tally;
mod trace;
mod unit;
mod value;
mod variant;
mod waiting;
mod wrong;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cell::Outcome;
use crate::compare::{Stated, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Scope, World};
use crate::report::{self, Report};
use crate::scan::{Block, Fragment, Item, LogBase, Part, Plot, Rules, Words};
use crate::source::Span;
use crate::splice::Edit;
use crate::syntax::macros::{self, Macros};
use crate::syntax::{Name, Notation};
use case::Cases;
use condition::Condition;
use either::Either;
use entry::Entries;
use finding::Finding;
use given::Givens;
use learner::Learner;
pub use plot::{Curve, Figure};
use reorder::Late;
use runs::Run;
use segment::Court;
use several::Solutions;
use trace::Tracing;
pub use trace::{CellName, Formula, Trace, Wanted};
use waiting::{Held, Order, Place};

/// What the book's configuration says about judging.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The book-wide rules; a block's own override them field by field.
    pub rules: Rules,
    /// `on-mismatch = "warn"`.
    pub warn_on_mismatch: bool,
    /// LaTeX macros, by name without the backslash.
    pub macros: Macros,
    /// What the Rust cells of the chapter came to, in order.
    pub cells: Arc<Vec<Outcome>>,
    /// Nobody sees the values of claims that pass, so that they are left out.
    pub brief: bool,
}

/// What judging a chapter yields.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Claims and diagnostics, in reading order.
    pub report: Report,
    /// Filled holes and inline values, sorted and disjoint: what the renderer is to see.
    pub edits: Vec<Edit>,
    /// The figures of the chapter, with their values.
    pub figures: Vec<Figure>,
    /// What cells printed that the page is to show, by the place of their fences.
    pub outputs: Vec<(Span, String)>,
    /// The names at the end of the chapter, for chapters that `use` it.
    pub scope: Scope,
    /// How the claims at the places that were asked about came about, in reading order.
    pub traces: Vec<Trace>,
    /// The names of Rust cells at these places.
    pub cell_names: Vec<CellName>,
}

/// Judges one chapter. `used` holds the scopes of the chapters it may `use`, by the path as written in the tag,
/// or the message why that chapter cannot be used. What is `wanted` is traced.
pub fn judge(
    items: &[Item],
    used: &BTreeMap<String, Result<&Scope, String>>,
    settings: &Settings,
    wanted: Option<Wanted<'_>>,
) -> Judged {
    let walk = |logarithm, order: &Order| {
        let mut judge = Judge::new(used, settings, logarithm, order);
        judge.tracing.wanted = wanted;
        items.iter().for_each(|item| judge.item(item));
        judge.release_all();
        judge.finish()
    };
    let mut order = Order::default();
    let (mut judged, mut learnt) = walk(None, &order);
    // What is judged late may leave names unknown that were known to what stands between.
    while order.extend(learnt) {
        (judged, learnt) = walk(None, &order);
    }
    if judged.scope.has_open_logarithm() {
        return logarithm::settle(judged, |base| walk(base, &order).0);
    }
    judged
}

/// The walk through one chapter.
struct Judge<'a> {
    used: &'a BTreeMap<String, Result<&'a Scope, String>>,
    settings: &'a Settings,
    /// The rules of the present block.
    rules: Rules,
    /// The base to try where neither the book nor a tag says to which base `\log` is.
    logarithm: Option<LogBase>,
    /// Which statements are judged later than they stand, and those of them that were passed over.
    order: &'a Order,
    held: BTreeMap<Place, Held>,
    /// What came of those.
    late: Vec<Late>,
    solutions: Solutions,
    cases: Cases,
    entries: Entries,
    either: Either,
    /// The last statement, and how many definitions there were before it.
    previous: Option<(Place, BindingId)>,
    learner: Learner,
    scope: Scope,
    findings: Vec<Finding>,
    /// What is wrong with tags and tables rather than with claims.
    diagnostics: Vec<Diagnostic>,
    givens: Givens,
    /// Where every contradicted name and left-hand side has its stated number.
    world: Arc<World>,
    /// The sequences that the page has defined.
    sequences: Vec<BindingId>,
    figures: Vec<Figure>,
    tracing: Tracing<'a>,
    /// The last number that the page stated for each name.
    stated: BTreeMap<BindingId, Stated>,
    /// What the words before the present formula say of it.
    words: Words,
    /// The domains of names that have a value for the present block alone.
    instances: Vec<BindingId>,
    /// The domains of names that are conditioned in the present block.
    restricted: Vec<BindingId>,
    /// The conditions of the present block on names that are known.
    conditions: Vec<Condition>,
    /// The runs of letters of the present section that have been taken for names.
    runs: Vec<Run>,
    /// The macros that are known here.
    macros: Macros,
    /// How many cells came before.
    cells: usize,
    /// How cells spell the names that they give.
    spellings: BTreeMap<Name, String>,
    /// The cell that a text may be the output of, and its place.
    last_cell: Option<(Outcome, Span)>,
    outputs: Vec<(Span, String)>,
}

impl<'a> Judge<'a> {
    fn new(
        used: &'a BTreeMap<String, Result<&'a Scope, String>>,
        settings: &'a Settings,
        logarithm: Option<LogBase>,
        order: &'a Order,
    ) -> Self {
        let mut judge = Self {
            used,
            settings,
            rules: Rules::default(),
            logarithm,
            order,
            held: BTreeMap::new(),
            late: Vec::new(),
            solutions: Solutions::default(),
            cases: Cases::default(),
            entries: Entries::default(),
            either: Either::default(),
            previous: None,
            learner: Learner::default(),
            scope: Scope::default(),
            findings: Vec::new(),
            diagnostics: Vec::new(),
            givens: Givens::default(),
            world: Arc::default(),
            sequences: Vec::new(),
            figures: Vec::new(),
            tracing: Tracing::default(),
            stated: BTreeMap::new(),
            words: Words::default(),
            instances: Vec::new(),
            restricted: Vec::new(),
            conditions: Vec::new(),
            runs: Vec::new(),
            macros: settings.macros.clone(),
            cells: 0,
            spellings: BTreeMap::new(),
            last_cell: None,
            outputs: Vec::new(),
        };
        judge.obey(settings.rules.clone());
        judge
    }

    /// Goes by these rules from here on.
    fn obey(&mut self, rules: Rules) {
        self.scope.set_logarithm(rules.log.or(self.logarithm));
        self.rules = rules;
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Let(text) => {
                let before = self.scope.len();
                self.words = Words::default();
                self.statements(text, Notation::Plain, report::Kind::Definition, true);
                self.cases.note_tagged(before..self.scope.len());
            }
            Item::New { names, .. } if names.is_empty() => {
                self.scope.forget_all();
                self.learner.forget();
                self.cases.leave_section();
                self.entries.forget();
            }
            Item::New { names, .. } => names.iter().for_each(|name| self.forget(name)),
            Item::Use { path, .. } => {
                let before = self.scope.len();
                self.import(path);
                self.give((path.span.start, 0), before, path.span);
            }
            Item::Macros(text) => _ = macros::take_definitions(&text.text, &mut self.macros),
            Item::Block(block) => self.block(block),
            Item::Skip { span, reason } => {
                let finding = Finding::new(report::Kind::Skip, *span, "", Verdict::Skipped);
                self.findings.push(finding.message(reason.text.trim()));
            }
            Item::Plot(plot) => self.plot(plot),
            Item::Section(_) => {
                self.learner.forget();
                self.runs.clear();
                self.solutions.leave_section();
                self.cases.leave_section();
            }
            Item::Entry { span, edge } => self.pass_edge(*edge, *span),
            Item::Report(_) => {}
        }
    }

    fn plot(&mut self, plot: &Plot) {
        let mut used = Vec::new();
        match plot::figure(&self.scope, plot, &mut |expr| used.push(expr.clone())) {
            Ok(figure) => self.figures.push(figure),
            Err(diagnostic) => self.diagnostics.push(diagnostic),
        }
        used.iter().for_each(|expr| self.use_now(expr));
    }

    fn forget(&mut self, name: &Fragment) {
        self.learner.forget();
        let spelled = naming::canonical(name);
        self.cases.forget(&spelled);
        let sequence = naming::sequence_named(&spelled, &self.scope);
        if !self.scope.forget(sequence.as_ref().unwrap_or(&spelled)) {
            let message = format!("`{spelled}` is not defined here");
            let diagnostic = Diagnostic::error(Code::UnknownName, name.span, message);
            self.diagnostics.push(diagnostic.help("leave it out of the tag"));
        }
    }

    fn import(&mut self, path: &Fragment) {
        let complaint = match self.used.get(path.text.trim()) {
            Some(Ok(other)) => self.scope.import(other).map(|name| {
                let message = format!("both this page and `{}` define `{name}`", path.text.trim());
                Diagnostic::error(Code::Redefined, path.span, message).help(format!(
                    "rename one of them, or forget this page's with `<!-- qed: new [{name}] -->`"
                ))
            }),
            Some(Err(message)) => Some(Diagnostic::error(Code::Use, path.span, message.clone())),
            None => Some(Diagnostic::error(Code::Use, path.span, "there is no such chapter")),
        };
        self.diagnostics.extend(complaint);
    }

    fn block(&mut self, block: &Block) {
        self.obey(chain::overridden(&self.settings.rules, &block.rules));
        self.learner.enter_block();
        match block.wrong {
            None => self.parts(block),
            Some(tag) => self.wrong(block, tag),
        }
        self.obey(self.settings.rules.clone());
    }

    fn parts(&mut self, block: &Block) {
        for (at, part) in block.parts.iter().enumerate() {
            let condition = block.parts.get(at + 1).and_then(condition::of_former);
            let supposed = condition.map(|condition| self.suppose_for(part, condition));
            self.part(part);
            self.unsuppose(supposed.unwrap_or_default());
        }
        self.close_either();
        self.close_solutions();
        self.close_instances();
        self.close_conditions();
        self.conditions.clear();
    }

    fn part(&mut self, part: &Part) {
        self.words = Words::default();
        match part {
            Part::Math { content, words, .. } => {
                self.words = *words;
                self.statements(content, Notation::Latex, report::Kind::Equation, false);
            }
            Part::Fence { content, .. } => {
                self.statements(content, Notation::Plain, report::Kind::Fence, false)
            }
            Part::Inline { outer, content } => self.inline(*outer, content),
            Part::Cell(cell) => self.cell(cell),
            Part::Output { outer, content, prefix } => self.output(*outer, content, prefix),
            Part::Table(table) => {
                let (mut exprs, mut traces) = (Vec::new(), Vec::new());
                let court = self.court(report::Kind::Table, false);
                let mut judged = table::judge(&court, table, &mut |used| {
                    traces.extend(self.tracing.cell(&used, self.findings.len()));
                    exprs.push(used.expr.clone());
                });
                self.tracing.traces.extend(traces);
                exprs.iter().for_each(|expr| self.use_now(expr));
                self.carry(&mut judged.findings, &exprs.iter().collect::<Vec<_>>(), |judge| {
                    table::judge(&judge.court(report::Kind::Table, false), table, &mut |_| {}).findings
                });
                self.findings.extend(judged.findings);
                self.diagnostics.extend(judged.diagnostics);
            }
        }
    }

    /// What the claims of a block are judged by.
    fn court(&self, kind: report::Kind, latex: bool) -> Court<'_> {
        Court {
            scope: &self.scope,
            rules: &self.rules,
            kind,
            stated: &self.stated,
            latex,
            brief: self.settings.brief,
            assumes: false,
        }
    }

    /// What came of it, and the order in which it should be judged.
    fn finish(mut self) -> (Judged, Order) {
        let mut order = std::mem::take(&mut self.learner).order();
        order.unused = self.givens.unused_letters(&self.scope);
        order.entries = std::mem::take(&mut self.entries).into_learnt();
        let unknown = self.unknown_in_sequences();
        self.findings.extend(unknown);
        let is_open = |finding: &&mut Finding| finding.is_condition && finding.lacks_name();
        self.findings.iter_mut().filter(is_open).for_each(Finding::is_no_claim);
        self.givens.complain(&self.scope, &mut self.findings);
        self.put_in_order();
        let mut report = Report { claims: Vec::new(), diagnostics: self.diagnostics };
        let mut edits: Vec<Edit> =
            self.findings.into_iter().filter_map(|finding| finding.report(&mut report)).collect();
        edits.sort_by_key(|edit| edit.span.start);
        let judged = Judged {
            report,
            edits,
            figures: self.figures,
            outputs: self.outputs,
            scope: self.scope,
            traces: self.tracing.traces,
            cell_names: self.tracing.cell_names,
        };
        (judged, order)
    }
}
