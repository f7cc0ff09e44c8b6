//! Which names a formula depends on, and which it binds itself.

use std::collections::BTreeSet;

use super::expr::{Expr, Kind};
use super::name::Name;

impl Expr {
    /// The names that it holds, those of functions among them, but for variables that it binds.
    pub fn free_names(&self) -> BTreeSet<&Name> {
        let mut names = BTreeSet::new();
        self.walk(&mut |node| match &node.kind {
            Kind::Name(name) if self.depends_on(name) => _ = names.insert(name),
            Kind::Apply { function: name, .. } | Kind::Subscript { base: name, .. } => _ = names.insert(name),
            _ => {}
        });
        names
    }

    /// Whether `name` occurs in it other than as a variable that it binds: not in `\int_0^1 x dx`, nor in `\sum_{n=1}^3 n`.
    pub fn depends_on(&self, name: &Name) -> bool {
        match &self.kind {
            Kind::Name(own) => own == name,
            Kind::Fold { ranges, body, .. } => {
                for range in ranges {
                    if range.ends().any(|end| end.depends_on(name)) {
                        return true;
                    }
                    if range.variable == *name {
                        return false;
                    }
                }
                let conditions = ranges.iter().flat_map(|range| &range.conditions);
                conditions.flat_map(|condition| &condition.members).any(|member| member.depends_on(name))
                    || body.depends_on(name)
            }
            Kind::Integral { variable, lower, upper, body } => {
                lower.depends_on(name) || upper.depends_on(name) || variable != name && body.depends_on(name)
            }
            Kind::Limit { variable, point, body, .. } => {
                point.depends_on(name) || variable != name && body.depends_on(name)
            }
            Kind::At { body, upper, lower } => {
                let bound = upper.iter().any(|(own, _)| own == name);
                upper.iter().chain(lower).any(|(_, value)| value.depends_on(name))
                    || !bound && body.depends_on(name)
            }
            _ => {
                let mut found = false;
                self.for_each_child(&mut |child| found |= child.depends_on(name));
                found
            }
        }
    }
}
