//! Expression and scope to value. It only dispatches: arithmetic on values is in `ops` and `builtins`, which
//! know no syntax.
//!
//! A derivative is computed by evaluating its body once more with the variable replaced by a dual number; a
//! definition of the variable itself is cut by that replacement, so `dL/dh` takes a defined `h` as free.

mod builtins;
mod error;
mod fold;
mod linear;
mod network;
mod ops;
mod scope;
mod value;

use std::cell::Cell;
use std::collections::HashMap;

pub use error::EvalError;
pub use scope::{Binding, BindingId, Definition, Evaluated, Scope};
pub use value::{Dual, Matrix, NetworkValue, Value};

use crate::diag::{Code, suggest};
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Condition, Expr, Kind, Name, Product, Relation, Unary};
use error::{At, Failure};

type Result<T> = std::result::Result<T, EvalError>;

/// More steps than this in one evaluation are refused.
const MAX_STEPS: u64 = 2_000_000;
/// Deeper evaluation, definitions of definitions included, is refused.
const MAX_DEPTH: usize = 400;

impl Scope {
    /// The value of `expr` where all that is defined so far is known.
    pub fn evaluate(&self, expr: &Expr, precision: Precision) -> Result<Evaluated> {
        let mut evaluator = Evaluator::new(self, precision, self.len());
        let value = evaluator.eval(expr)?;
        Ok(Evaluated { value, inexact: evaluator.inexact })
    }

    /// The value of a definition.
    pub fn evaluate_binding(&self, id: BindingId, precision: Precision) -> Result<Evaluated> {
        let cached = |cache: &[(Precision, Result<Evaluated>)]| {
            cache.iter().find(|(at, _)| *at == precision).map(|(_, result)| result.clone())
        };
        let lock = || self.binding(id).cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(result) = cached(&lock()) {
            return result;
        }
        let mut evaluator = Evaluator::new(self, precision, id);
        let result = evaluator.definition(id).map(|value| Evaluated { value, inexact: evaluator.inexact });
        lock().push((precision, result.clone()));
        result
    }

    /// Whether all of `condition` holds, `None` if it cannot be decided at this precision.
    pub fn holds(&self, condition: &Condition, precision: Precision) -> Result<Option<bool>> {
        Evaluator::new(self, precision, self.len()).condition(condition)
    }
}

/// One evaluation: where it sees the names from, what is replaced, and what it has used up.
struct Evaluator<'s> {
    scope: &'s Scope,
    precision: Precision,
    /// Names are looked up as the definition with this number saw them.
    before: BindingId,
    /// Index variables, parameters and variables of integration, innermost last.
    locals: Vec<(Name, Value)>,
    /// Definitions replaced by dual numbers, innermost last.
    overlays: Vec<(BindingId, Value)>,
    /// Values of definitions under the present overlays.
    memo: HashMap<BindingId, Value>,
    next_tag: u32,
    steps: Cell<u64>,
    depth: usize,
    inexact: bool,
}

impl<'s> Evaluator<'s> {
    fn new(scope: &'s Scope, precision: Precision, before: BindingId) -> Self {
        Self {
            scope,
            precision,
            before,
            locals: Vec::new(),
            overlays: Vec::new(),
            memo: HashMap::new(),
            next_tag: 1,
            steps: Cell::new(0),
            depth: 0,
            inexact: false,
        }
    }

    fn eval(&mut self, expr: &Expr) -> Result<Value> {
        self.step(expr.span)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(EvalError::new(Code::Limit, expr.span, "definitions go too deep here"));
        }
        let result = self.dispatch(expr);
        self.depth -= 1;
        result
    }

    fn step(&self, span: Span) -> Result<()> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS {
            return Err(EvalError::new(Code::Limit, span, format!("more than {MAX_STEPS} steps")));
        }
        Ok(())
    }

    fn dispatch(&mut self, expr: &Expr) -> Result<Value> {
        let (span, p) = (expr.span, self.precision);
        match &expr.kind {
            Kind::Number(literal) => {
                self.inexact |= literal.digits.contains('.');
                Ok(Number::Exact(literal.value.clone()).into())
            }
            Kind::Text(text) => Ok(Value::text(text)),
            Kind::Name(name) => self.name(name, span),
            Kind::Subscript { base, indices } => self.subscript(base, indices, span),
            Kind::Unary(unary, inner) => {
                let value = self.eval(inner)?;
                self.unary(*unary, &value).at(span)
            }
            Kind::Binary(operator, lhs, rhs) => {
                let (lhs, rhs) = (self.eval(lhs)?, self.eval(rhs)?);
                let value = binary(*operator, &lhs, &rhs, p).at(span)?;
                self.note_irrational(&value);
                Ok(value)
            }
            Kind::Call(Builtin::Network, args) => self.network(args, span),
            Kind::Call(Builtin::Vgg, args) => self.vgg(args, span),
            Kind::Call(Builtin::Diff, args) => self.diff(args, span),
            Kind::Call(builtin, args) => {
                let args = self.all(args)?;
                let value = builtins::apply(*builtin, &args, p).at(span)?;
                self.note_irrational(&value);
                Ok(value)
            }
            Kind::Apply { function, order, args } => self.apply(function, *order, args, span),
            Kind::Index(base, indices) => {
                let base = self.eval(base)?;
                self.index(&base, indices, span)
            }
            Kind::Member(base, field) => {
                let base = self.eval(base)?;
                network::member(&base, field).at(span)
            }
            Kind::Method(base, method, _) => {
                let base = self.eval(base)?;
                let message = format!("{} has no method `{method}`", base.describe());
                Err(EvalError::new(Code::Unsupported, span, message))
            }
            Kind::List(items) => Ok(Value::list(self.all(items)?)),
            Kind::Matrix(rows) => self.matrix(rows, span),
            Kind::Fold { fold, ranges, body } => self.fold(*fold, ranges, body, span),
            Kind::Derivative { partial, body, variables } => self.derivative(*partial, body, variables, span),
            Kind::Gradient { body, variables } => self.gradient(body, variables, span),
            Kind::Cases(branches) => self.cases(branches, span),
            Kind::Unit(inner, _) => self.eval(inner),
            Kind::Infinity => Err(EvalError::new(Code::Unsupported, span, "infinity is no number here")),
            Kind::Condition(_) => Err(EvalError::new(Code::WrongType, span, "a condition is no number")),
            Kind::Integral { .. } => {
                Err(EvalError::new(Code::Unsupported, span, "integrals are not computed yet"))
            }
            Kind::Limit { .. } => Err(EvalError::new(Code::Unsupported, span, "limits are not computed yet")),
        }
    }

    fn all(&mut self, exprs: &[Expr]) -> Result<Vec<Value>> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    fn note_irrational(&mut self, value: &Value) {
        self.inexact |= value.as_number().is_some_and(|number| !number.is_exact());
    }

    // Names.

    fn name(&mut self, name: &Name, span: Span) -> Result<Value> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return Ok(value.clone());
        }
        if let Some(id) = self.scope.lookup(name.as_str(), self.before) {
            return self.binding(id, span);
        }
        self.constant(name, span)
    }

    fn constant(&mut self, name: &Name, span: Span) -> Result<Value> {
        let value = match name.as_str() {
            "pi" | "π" => Number::pi(self.precision).at(span)?,
            "e" => Number::e(self.precision).at(span)?,
            _ => return Err(self.unknown(name, span)),
        };
        self.inexact = true;
        Ok(value.into())
    }

    fn unknown(&self, name: &Name, span: Span) -> EvalError {
        let error = EvalError::new(Code::UnknownName, span, format!("`{name}` is not defined"));
        match suggest::nearest(name.as_str(), self.scope.names()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("define it on the page, or with `<!-- qed: let {name} = … -->`")),
        }
    }

    fn binding(&mut self, id: BindingId, span: Span) -> Result<Value> {
        if let Some((_, value)) = self.overlays.iter().rev().find(|(overlaid, _)| *overlaid == id) {
            return Ok(value.clone());
        }
        if self.overlays.is_empty() {
            let evaluated = self
                .scope
                .evaluate_binding(id, self.precision)
                .map_err(|error| self.blame_definition(id, span, error))?;
            self.inexact |= evaluated.inexact;
            return Ok(evaluated.value);
        }
        if let Some(value) = self.memo.get(&id) {
            return Ok(value.clone());
        }
        let value = self.definition(id)?;
        self.memo.insert(id, value.clone());
        Ok(value)
    }

    /// A name whose definition has no value: the place is where it is used, the cause where it is defined.
    fn blame_definition(&self, id: BindingId, span: Span, error: EvalError) -> EvalError {
        if error.undecided || error.message.starts_with('`') && error.message.contains("` has no value") {
            return EvalError { span, ..error };
        }
        let name = &self.scope.binding(id).name;
        EvalError { span, message: format!("`{name}` has no value: {}", error.message), ..error }
    }

    /// Evaluates a definition where it stands: with the names it saw, and no index variables.
    fn definition(&mut self, id: BindingId) -> Result<Value> {
        let binding = self.scope.binding(id).clone();
        let before = std::mem::replace(&mut self.before, id);
        let locals = std::mem::take(&mut self.locals);
        let result = match &binding.definition {
            Definition::Expr(expr) => self.eval(expr),
            Definition::Value(value) => Ok(value.clone()),
            Definition::Function { .. } => Ok(Value::Function(id)),
            Definition::Part { list, index, count } => self.eval(list).and_then(|value| match value {
                Value::List(items) if items.len() == *count => Ok(items[*index].clone()),
                Value::List(items) => {
                    let message = format!("{count} names on the left, {} values on the right", items.len());
                    Err(EvalError::new(Code::WrongType, list.span, message))
                }
                other => Err(EvalError::new(
                    Code::WrongType,
                    list.span,
                    format!("{} has no parts", other.describe()),
                )),
            }),
            Definition::Free => {
                let message = format!("`{}` has a domain but no value", binding.name);
                Err(EvalError::new(Code::UnknownName, binding.span, message))
            }
        };
        self.before = before;
        self.locals = locals;
        result
    }

    /// `x_i`: an element if `x` is a list, else the name spelt with the index's value.
    fn subscript(&mut self, base: &Name, indices: &[Expr], span: Span) -> Result<Value> {
        let known = self.locals.iter().any(|(local, _)| local == base)
            || self.scope.lookup(base.as_str(), self.before).is_some();
        if known {
            let list = self.name(base, span)?;
            if matches!(list, Value::List(_) | Value::Matrix(_)) {
                return self.index(&list, indices, span);
            }
        }
        let spelled: Vec<String> = self.all(indices)?.iter().map(ToString::to_string).collect();
        self.name(&Name::with_subscript(base.as_str(), &spelled.join(",")), span)
    }

    fn index(&mut self, base: &Value, indices: &[Expr], span: Span) -> Result<Value> {
        let indices = indices.iter().map(|index| self.position(index)).collect::<Result<Vec<_>>>()?;
        let out_of_range = |at: usize, count: usize| {
            EvalError::new(Code::Undefined, span, format!("there is no element {at}: the list has {count}"))
        };
        match (base, indices.as_slice()) {
            (Value::List(items), [at]) => {
                items.get(at.wrapping_sub(1)).cloned().ok_or_else(|| out_of_range(*at, items.len()))
            }
            (Value::Matrix(matrix), [row, column]) => {
                let cells = matrix
                    .rows
                    .get(row.wrapping_sub(1))
                    .ok_or_else(|| out_of_range(*row, matrix.rows.len()))?;
                cells.get(column.wrapping_sub(1)).cloned().ok_or_else(|| out_of_range(*column, cells.len()))
            }
            (Value::Matrix(matrix), [row]) => {
                let cells = matrix
                    .rows
                    .get(row.wrapping_sub(1))
                    .ok_or_else(|| out_of_range(*row, matrix.rows.len()))?;
                Ok(Value::list(cells.clone()))
            }
            (other, _) => Err(EvalError::new(
                Code::WrongType,
                span,
                format!("{} cannot be indexed like this", other.describe()),
            )),
        }
    }

    /// An index, counted from 1.
    fn position(&mut self, index: &Expr) -> Result<usize> {
        let value = self.eval(index)?;
        let integer = value.as_number().and_then(Number::to_integer);
        integer.and_then(|integer| usize::try_from(integer).ok()).ok_or_else(|| {
            EvalError::new(Code::WrongType, index.span, format!("an index is a whole number, not {value}"))
        })
    }

    /// A function of the page, its parameters bound to the arguments.
    fn apply(&mut self, function: &Name, order: u32, args: &[Expr], span: Span) -> Result<Value> {
        let Some(id) = self.scope.lookup(function.as_str(), self.before) else {
            return Err(self.unknown(function, span));
        };
        let binding = self.scope.binding(id).clone();
        let Definition::Function { parameters, body } = &binding.definition else {
            return Err(EvalError::new(Code::WrongType, span, format!("`{function}` is not a function")));
        };
        if parameters.len() != args.len() {
            let message = format!("`{function}` takes {} arguments, not {}", parameters.len(), args.len());
            return Err(EvalError::new(Code::WrongType, span, message));
        }
        let values = self.all(args)?;
        if order > 0 {
            return self.primed(parameters, body, values, order, id, span);
        }
        self.call(parameters, body, values, id)
    }

    fn call(&mut self, parameters: &[Name], body: &Expr, values: Vec<Value>, id: BindingId) -> Result<Value> {
        let locals = parameters.iter().cloned().zip(values).collect();
        let outer = std::mem::replace(&mut self.locals, locals);
        let before = std::mem::replace(&mut self.before, id);
        let result = self.eval(body);
        self.before = before;
        self.locals = outer;
        result
    }

    /// `f''(x)`: the derivative of a function of one parameter.
    fn primed(
        &mut self,
        parameters: &[Name],
        body: &Expr,
        mut values: Vec<Value>,
        order: u32,
        id: BindingId,
        span: Span,
    ) -> Result<Value> {
        if values.len() != 1 || order > 20 {
            return Err(EvalError::new(Code::Unsupported, span, "primes are for functions of one argument"));
        }
        let first = self.next_tag;
        for _ in 0..order {
            values[0] = ops::make_dual(self.next_tag, values[0].clone(), ops::one());
            self.next_tag += 1;
        }
        let mut value = self.call(parameters, body, values, id)?;
        for tag in (first..self.next_tag).rev() {
            value = tangent(&value, tag);
        }
        Ok(value)
    }

    // Operators.

    fn unary(&mut self, unary: Unary, value: &Value) -> std::result::Result<Value, Failure> {
        let p = self.precision;
        match unary {
            Unary::Negate => ops::negate(value),
            Unary::Plus | Unary::Group => Ok(value.clone()),
            Unary::Percent => ops::divide(value, &Value::integer(100), p),
            Unary::Degrees => {
                let radians = ops::multiply(value, &Number::pi(p)?.into(), p)?;
                self.inexact = true;
                ops::divide(&radians, &Value::integer(180), p)
            }
            Unary::Factorial => builtins::apply(Builtin::Factorial, std::slice::from_ref(value), p),
            Unary::DoubleFactorial => match value {
                Value::Number(number) => Ok(number.double_factorial()?.into()),
                other => Err(Failure::Type(format!("{} has no factorial", other.describe()))),
            },
            Unary::Bars => match value {
                Value::Matrix(matrix) => linear::determinant(matrix, p),
                Value::List(_) => builtins::norm(value, p),
                _ => builtins::absolute(value, p),
            },
            Unary::Transpose => ops::transpose(value),
        }
    }

    fn matrix(&mut self, rows: &[Vec<Expr>], span: Span) -> Result<Value> {
        let rows: Vec<Vec<Value>> = rows.iter().map(|row| self.all(row)).collect::<Result<_>>()?;
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 || rows.iter().any(|row| row.len() != width) {
            return Err(EvalError::new(
                Code::WrongType,
                span,
                "the rows of this matrix have different lengths",
            ));
        }
        // A column of numbers is a vector.
        if width == 1 {
            return Ok(Value::list(rows.into_iter().flatten().collect()));
        }
        Ok(Value::Matrix(std::sync::Arc::new(Matrix { rows })))
    }

    fn cases(&mut self, branches: &[(Expr, Option<Condition>)], span: Span) -> Result<Value> {
        for (value, condition) in branches {
            let holds = match condition {
                None => Some(true),
                Some(condition) => self.condition(condition)?,
            };
            match holds {
                Some(true) => return self.eval(value),
                Some(false) => {}
                None => {
                    let error = EvalError::new(
                        Code::Undecided,
                        value.span,
                        "which case applies is too close to call",
                    );
                    return Err(EvalError { undecided: true, ..error });
                }
            }
        }
        Err(EvalError::new(Code::Undefined, span, "none of the cases applies"))
    }

    fn condition(&mut self, condition: &Condition) -> Result<Option<bool>> {
        let values = self.all(&condition.members)?;
        let mut decided = Some(true);
        for (pair, relation) in values.windows(2).zip(&condition.relations) {
            let (Some(a), Some(b)) = (pair[0].as_number(), pair[1].as_number()) else {
                let span = condition.members[0].span;
                return Err(EvalError::new(Code::WrongType, span, "only numbers can be compared"));
            };
            match a.compare(b).map(|order| satisfies(*relation, order)) {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => decided = None,
            }
        }
        Ok(decided)
    }

    // Derivatives.

    fn derivative(
        &mut self,
        partial: bool,
        body: &Expr,
        variables: &[(Name, Span)],
        span: Span,
    ) -> Result<Value> {
        let first = self.next_tag;
        let mut bound = Vec::new();
        for (name, place) in variables {
            bound.push(self.mark(name, *place)?);
        }
        let _ = partial;
        let memo = std::mem::take(&mut self.memo);
        let value = self.eval(body);
        self.memo = memo;
        for mark in bound.into_iter().rev() {
            self.unmark(mark);
        }
        let mut value = value?;
        for tag in (first..first + variables.len() as u32).rev() {
            value = tangent(&value, tag);
        }
        if !matches!(value, Value::Number(_) | Value::Dual(_) | Value::List(_)) {
            return Err(EvalError::new(
                Code::WrongType,
                span,
                format!("{} has no derivative", value.describe()),
            ));
        }
        Ok(value)
    }

    /// Replaces a variable by a dual number.
    fn mark(&mut self, name: &Name, span: Span) -> Result<Mark> {
        let tag = self.next_tag;
        self.next_tag += 1;
        let dual = |value: Value| ops::make_dual(tag, value, ops::one());
        if let Some(at) = self.locals.iter().rposition(|(local, _)| local == name) {
            let old = self.locals[at].1.clone();
            self.locals[at].1 = dual(old.clone());
            return Ok(Mark::Local(at, old));
        }
        let Some(id) = self.scope.lookup(name.as_str(), self.before) else {
            return Err(self.unknown(name, span));
        };
        let value = self.binding(id, span)?;
        if !matches!(value, Value::Number(_) | Value::Dual(_)) {
            let message = format!(
                "`{name}` is {}, and a derivative is taken with respect to a number",
                value.describe()
            );
            return Err(EvalError::new(Code::WrongType, span, message));
        }
        self.overlays.push((id, dual(value)));
        self.memo.clear();
        Ok(Mark::Overlay)
    }

    fn unmark(&mut self, mark: Mark) {
        match mark {
            Mark::Local(at, old) => self.locals[at].1 = old,
            Mark::Overlay => {
                self.overlays.pop();
            }
        }
    }

    /// `diff(f, x)` and `diff(f, x, order)` of plain notation.
    fn diff(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let Kind::Name(name) = &args[1].kind else {
            return Err(EvalError::new(
                Code::WrongType,
                args[1].span,
                "a derivative is taken with respect to a name",
            ));
        };
        let order = match args.get(2) {
            Some(order) => self.position(order)?.clamp(1, 20),
            None => 1,
        };
        let variables = vec![(name.clone(), args[1].span); order];
        self.derivative(false, &args[0], &variables, span)
    }

    /// The list of derivatives with respect to each variable.
    fn gradient(&mut self, body: &Expr, variables: &[(Name, Span)], span: Span) -> Result<Value> {
        if variables.is_empty() {
            let error = EvalError::new(Code::Unsupported, span, "nothing says with respect to what");
            return Err(error.help("write `\\nabla_{[x, y]} f`"));
        }
        let items = variables
            .iter()
            .map(|variable| self.derivative(true, body, std::slice::from_ref(variable), span));
        Ok(Value::list(items.collect::<Result<_>>()?))
    }
}

enum Mark {
    Local(usize, Value),
    Overlay,
}

/// The derivative part of a value for one tag.
fn tangent(value: &Value, tag: u32) -> Value {
    match value {
        Value::Dual(dual) if dual.tag == tag => dual.tangent.clone(),
        Value::Dual(dual) if dual.tag > tag => {
            ops::make_dual(dual.tag, tangent(&dual.primal, tag), tangent(&dual.tangent, tag))
        }
        Value::List(items) => Value::list(items.iter().map(|item| tangent(item, tag)).collect()),
        _ => ops::zero(),
    }
}

fn binary(operator: Binary, lhs: &Value, rhs: &Value, p: Precision) -> std::result::Result<Value, Failure> {
    match operator {
        Binary::Add => ops::add(lhs, rhs, p),
        Binary::Subtract => ops::subtract(lhs, rhs, p),
        Binary::Multiply(product) => multiply(product, lhs, rhs, p),
        Binary::Divide => ops::divide(lhs, rhs, p),
        Binary::Power => ops::power(lhs, rhs, p),
        Binary::Modulo => builtins::apply(Builtin::Mod, &[lhs.clone(), rhs.clone()], p),
    }
}

/// Two lists: `\cdot` is their scalar product, `\odot` element by element, `\times` the cross product.
fn multiply(product: Product, lhs: &Value, rhs: &Value, p: Precision) -> std::result::Result<Value, Failure> {
    let (Value::List(a), Value::List(b)) = (lhs, rhs) else {
        return match product {
            Product::Elementwise if matches!(lhs, Value::Matrix(_)) => {
                ops::elementwise("multiplied", lhs, rhs, |a, b| ops::multiply(a, b, p))
            }
            _ => ops::multiply(lhs, rhs, p),
        };
    };
    match product {
        Product::Dot => ops::dot(a, b, p),
        Product::Elementwise => ops::elementwise("multiplied", lhs, rhs, |a, b| ops::multiply(a, b, p)),
        Product::Times if a.len() == 3 && b.len() == 3 => cross(a, b, p),
        _ => Err(Failure::Type(
            "two lists side by side have no product: write `\\cdot` or `\\odot`".to_owned(),
        )),
    }
}

fn cross(a: &[Value], b: &[Value], p: Precision) -> std::result::Result<Value, Failure> {
    let minor = |i: usize, j: usize| {
        ops::subtract(&ops::multiply(&a[i], &b[j], p)?, &ops::multiply(&a[j], &b[i], p)?, p)
    };
    Ok(Value::list(vec![minor(1, 2)?, minor(2, 0)?, minor(0, 1)?]))
}

fn satisfies(relation: Relation, order: std::cmp::Ordering) -> bool {
    match relation {
        Relation::Equal | Relation::Approximate | Relation::Define => order.is_eq(),
        Relation::NotEqual => order.is_ne(),
        Relation::Less => order.is_lt(),
        Relation::LessEqual => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::GreaterEqual => order.is_ge(),
        Relation::Arrow | Relation::In | Relation::Distributed => false,
    }
}
