//! Which names a formula depends on, and which it binds itself.

use std::collections::BTreeSet;

use super::expr::{Expr, Kind};
use super::name::Name;

impl Expr {
    /// Calls `each` for every node directly below this one, with the names that this one binds there: the index of a sum in
    /// its terms, not in the ends of its range. What else walks through a formula and minds names goes by this.
    pub fn for_each_child_bound<'e>(&'e self, each: &mut dyn FnMut(&'e Expr, &[&'e Name])) {
        match &self.kind {
            Kind::Fold { ranges, body, .. } => {
                let names: Vec<&Name> = ranges.iter().map(|range| &range.variable).collect();
                for (at, range) in ranges.iter().enumerate() {
                    range.ends().for_each(|end| each(end, &names[..at]));
                    let conditions = range.conditions.iter().flat_map(|condition| &condition.members);
                    conditions.for_each(|member| each(member, &names[..=at]));
                }
                each(body, &names);
            }
            Kind::Integral { variable, lower, upper, body } => {
                each(lower, &[]);
                each(upper, &[]);
                each(body, &[variable]);
            }
            Kind::Limit { variable, point, body, .. } => {
                each(point, &[]);
                each(body, &[variable]);
            }
            Kind::At { body, upper, lower } => {
                upper.iter().chain(lower).for_each(|(_, value)| each(value, &[]));
                // What has a value at one of two ends only is not bound at the other.
                let is_bound = |name: &Name| lower.is_empty() || lower.iter().any(|(other, _)| other == name);
                let names: Vec<&Name> =
                    upper.iter().map(|(name, _)| name).filter(|name| is_bound(name)).collect();
                each(body, &names);
            }
            _ => self.for_each_child(&mut |child| each(child, &[])),
        }
    }

    /// Calls `each` for every node that is a name, a function of the page or an element, with that name, unless it is a
    /// variable which is bound there.
    pub fn for_each_free_name<'e>(&'e self, each: &mut dyn FnMut(&'e Name, &'e Expr)) {
        self.free_names_below(&mut Vec::new(), each);
    }

    fn free_names_below<'e>(&'e self, bound: &mut Vec<&'e Name>, each: &mut dyn FnMut(&'e Name, &'e Expr)) {
        if let Kind::Name(name) | Kind::Apply { function: name, .. } | Kind::Subscript { base: name, .. } =
            &self.kind
            && !bound.contains(&name)
        {
            each(name, self);
        }
        let outer = bound.len();
        self.for_each_child_bound(&mut |child, names| {
            bound.extend(names);
            child.free_names_below(bound, each);
            bound.truncate(outer);
        });
    }

    /// The names that it holds, those of functions among them, but for variables that it binds.
    pub fn free_names(&self) -> BTreeSet<&Name> {
        let mut names = BTreeSet::new();
        self.for_each_free_name(&mut |name, _| _ = names.insert(name));
        names
    }

    /// Whether `name` occurs in it other than as a variable that it binds: not in `\int_0^1 x dx`, nor in `\sum_{n=1}^3 n`.
    pub fn depends_on(&self, name: &Name) -> bool {
        if let Kind::Name(own) = &self.kind {
            return own == name;
        }
        let mut found = false;
        self.for_each_child_bound(&mut |child, bound| {
            found = found || !bound.contains(&name) && child.depends_on(name);
        });
        found
    }
}
