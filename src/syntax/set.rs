//! Sets as they are written behind `\in`: `\mathbb{R}^3`, `[0, 1)`, `\{1, 2\} \cup A`.

use super::expr::{Expr, Relation};
use super::function::Builtin;
use crate::source::Span;

/// A set and where it stands.
#[derive(Clone, Debug)]
pub struct SetExpr {
    /// What it is.
    pub kind: SetKind,
    /// Its place.
    pub span: Span,
}

/// What a set can be.
#[derive(Clone, Debug)]
pub enum SetKind {
    /// `\mathbb{R}`
    Reals,
    /// `\mathbb{Q}`
    Rationals,
    /// `\mathbb{Z}`
    Integers,
    /// `\mathbb{N}`, `\mathbb{N}_0`: from 0 on.
    Naturals,
    /// `\mathbb{R}^n`: lists of so many of these numbers; `\mathbb{R}^{m \times n}`: matrices of so many rows and columns.
    Power(Box<SetExpr>, Expr, Option<Expr>),
    /// `\mathbb{R}_{>0}`: those that are so related to a number.
    Bounded(Box<SetExpr>, Relation, Expr),
    /// `[0, \infty)`: between two ends, or without one.
    Interval(Option<End>, Option<End>),
    /// `\{1, 2\}`
    Elements(Vec<Expr>),
    /// What the page has given a name, or listed with dots.
    List(Expr),
    /// A union, an intersection or a difference.
    Joined(Builtin, Box<SetExpr>, Box<SetExpr>),
}

/// An end of an interval.
#[derive(Clone, Debug)]
pub struct End {
    /// Where it is.
    pub value: Expr,
    /// Whether it belongs to the interval.
    pub closed: bool,
}
