//! Whatever the formula, it is read in both notations without a panic, and everything read lies in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_qed::eval::{Definition, Scope, Value};
use mdbook_qed::scan::Fragment;
use mdbook_qed::source::{FileId, Span};
use mdbook_qed::syntax::{MemberKind, Name, Notation, parse};

fuzz_target!(|text: &str| {
    let scope = names();
    let fragment = Fragment { span: Span::new(FileId(0), 0, text.len()), text: text.to_owned() };
    for notation in [Notation::Latex, Notation::Plain] {
        let Ok(statements) = parse(&fragment, notation) else { continue };
        for statement in &statements {
            inside(text, statement.span);
            for idx in 0..statement.len() {
                statement.head(idx, &scope);
                let member = statement.read(idx, &scope, &[]);
                inside(text, member.span);
                match member.kind {
                    MemberKind::Expr(expr) => expr.walk(&mut |node| inside(text, node.span)),
                    MemberKind::Error(error) => inside(text, error.span),
                    MemberKind::Hole(hole) => inside(text, hole.span),
                    MemberKind::Remark => {}
                }
                if let Some(Ok(modulus)) = statement.modulus(idx, &scope) {
                    inside(text, modulus.span);
                }
            }
        }
    }
});

fn inside(text: &str, span: Span) {
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
}

/// A number, a list and a matrix, since reading depends on what names are.
fn names() -> Scope {
    let mut scope = Scope::default();
    let row = || Value::list(vec![Value::integer(1), Value::integer(2)]);
    for (name, value) in [("x", Value::integer(3)), ("u", row()), ("A", Value::list(vec![row(), row()]))] {
        scope.define(Name::new(name), Definition::Value(value), Span::default());
    }
    scope
}
