//! What a program gave, without places: what is kept of it.

use super::Value;
use super::outcome::{Name, Outcome};
use super::program::{Declared, Program};

/// What a program gave, without places.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Given {
    /// Numbers of exports and their values.
    pub(super) values: Vec<(usize, Value)>,
    /// What each cell printed.
    pub(super) outputs: Vec<String>,
}

impl Given {
    /// The outcome of each cell of `program`, which has reached its end.
    pub(super) fn outcomes(&self, program: &Program, cells: usize) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = (0..cells)
            .map(|cell| Outcome { output: self.outputs.get(cell).cloned(), ..Outcome::default() })
            .collect();
        for (number, value) in &self.values {
            let Some(Declared { name, cell, span }) = program.exports.get(*number) else { continue };
            let Some(outcome) = outcomes.get_mut(*cell) else { continue };
            // Of a name that is told twice the later value counts.
            outcome.names.retain(|known| known.name != *name);
            outcome.names.push(Name { name: name.clone(), span: *span, value: Ok(value.clone()) });
        }
        for Declared { name, cell, span } in &program.exports {
            let Some(outcome) = outcomes.get_mut(*cell) else { continue };
            if !outcome.names.iter().any(|known| known.name == *name) {
                outcome.private.push((name.clone(), *span));
            }
        }
        outcomes
    }

    /// As it is kept.
    pub(super) fn written(&self) -> Vec<u8> {
        let number = |(number, value): &(usize, Value)| {
            Value::List(vec![Value::Integer((*number).into()), value.clone()])
        };
        let values = self.values.iter().map(number).collect();
        let outputs = self.outputs.iter().cloned().map(Value::Text).collect();
        let mut bytes = Vec::new();
        Value::List(vec![Value::List(values), Value::List(outputs)]).write(&mut bytes);
        bytes
    }

    /// What was kept; `None` if it is not whole.
    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let Value::List(parts) = Value::read(&mut bytes)? else { return None };
        let [Value::List(values), Value::List(outputs)]: [Value; 2] = parts.try_into().ok()? else {
            return None;
        };
        let value = |pair: Value| match pair {
            Value::List(pair) => match <[Value; 2]>::try_from(pair).ok()? {
                [Value::Integer(number), value] => Some((usize::try_from(number).ok()?, value)),
                _ => None,
            },
            _ => None,
        };
        let output = |output: Value| match output {
            Value::Text(text) => Some(text),
            _ => None,
        };
        Some(Self {
            values: values.into_iter().map(value).collect::<Option<_>>()?,
            outputs: outputs.into_iter().map(output).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Given;
    use crate::cell::Value;

    #[test]
    fn a_result_is_read_as_it_was_written() {
        let result = Given {
            values: vec![(7, Value::Double(0.1)), (0, Value::List(vec![Value::Text("a]\n".into())]))],
            outputs: vec![String::new(), "two\nlines\n".into()],
        };
        let written = result.written();
        assert_eq!(Given::read(&written), Some(result));
        for length in 0..written.len() {
            assert_eq!(Given::read(&written[..length]), None, "{length}");
        }
    }
}
