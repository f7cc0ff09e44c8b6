//! Sets as lists whose order and repetitions say nothing.

use std::cmp::Ordering;

use super::error::Failure;
use super::value::Value;
use crate::num::MathError;
use crate::syntax::Builtin;

type Result<T> = std::result::Result<T, Failure>;

/// More comparisons of two elements are not made.
const MOST_COMPARISONS: usize = 4_000_000;

/// How many different elements there are.
pub(super) fn cardinality(items: &[Value]) -> Result<Value> {
    let mut different = Vec::new();
    extend(&mut different, items, "card")?;
    Ok(Value::integer(different.len() as u64))
}

/// A union, an intersection or a difference, each element once.
pub(super) fn combined(operation: Builtin, left: &[Value], right: &[Value]) -> Result<Value> {
    let name = operation.name();
    check_size(left.len() + right.len(), name)?;
    let mut found = Vec::new();
    match operation {
        Builtin::Union => {
            extend(&mut found, left, name)?;
            extend(&mut found, right, name)?;
        }
        _ => {
            for item in left {
                if holds(right, item, name)? == (operation == Builtin::Intersection) {
                    extend(&mut found, std::slice::from_ref(item), name)?;
                }
            }
        }
    }
    Ok(Value::list(found))
}

/// Adds those of `items` that are not there yet.
fn extend(found: &mut Vec<Value>, items: &[Value], function: &'static str) -> Result<()> {
    check_size(items.len(), function)?;
    for item in items {
        if !holds(found, item, function)? {
            found.push(item.clone());
        }
    }
    Ok(())
}

fn check_size(count: usize, function: &'static str) -> Result<()> {
    match count.saturating_mul(count) <= MOST_COMPARISONS {
        true => Ok(()),
        false => Err(MathError::Limit(format!("`{function}` of so many elements")).into()),
    }
}

/// Whether an element is one of a set.
fn holds(set: &[Value], item: &Value, function: &'static str) -> Result<bool> {
    let mut open = false;
    for other in set {
        match (item, other) {
            (Value::Number(one), Value::Number(two)) => match one.compare(two) {
                Some(Ordering::Equal) => return Ok(true),
                Some(_) => {}
                None => open = true,
            },
            (Value::Text(one), Value::Text(two)) => {
                if one == two {
                    return Ok(true);
                }
            }
            (Value::Number(_), Value::Text(_)) | (Value::Text(_), Value::Number(_)) => {}
            (one, _) => {
                return Err(Failure::Type(format!("{} is no element that can be compared", one.describe())));
            }
        }
    }
    if open { Err(MathError::Undecided { function }.into()) } else { Ok(false) }
}
