//! mdBook's own warnings and errors, which it logs and otherwise passes over: a missing include, an unclosed tag.

use std::fmt::{Debug, Write};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Prints warnings and errors from here on.
pub(crate) fn install() {
    // It fails only if a subscriber is installed already, and then that one prints.
    let _ = tracing::subscriber::set_global_default(Printer);
}

struct Printer;

impl Subscriber for Printer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("mdbook")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let (word, color) = match *event.metadata().level() {
            Level::ERROR => ("error", 31),
            _ => ("warning", 33),
        };
        let mut message = Message(String::new());
        event.record(&mut message);
        anstream::eprintln!("\x1b[1;{color}m{word}\x1b[0m\x1b[1m: mdBook: {}\x1b[0m", message.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The message of an event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}
