//! HTML that survives Markdown. mdBook reads our output as Markdown once more: it changes quotes and dashes, and
//! takes `*`, `_`, `|` and their like for its own. Written as entities, they are only text.

use std::fmt::Write;

/// `text` as HTML text that neither HTML nor Markdown takes for anything else. Letters, digits and single spaces
/// stay; line ends become spaces, since an empty line would end the HTML.
pub(super) fn text(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut output, character, " ");
    }
    output
}

/// As [`text`], for preformatted code: line ends are kept, as entities.
pub(super) fn code(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\r' => {}
            ' ' => output.push_str("&#32;"),
            character => push(&mut output, character, "&#10;"),
        }
    }
    output
}

fn push(output: &mut String, character: char, line_end: &str) {
    match character {
        '\n' | '\r' => output.push_str(line_end),
        ' ' => output.push(' '),
        _ if character.is_alphanumeric() => output.push(character),
        '\0' => output.push('\u{fffd}'),
        _ => {
            let _ = write!(output, "&#{};", u32::from(character));
        }
    }
}

/// HTML in which no line breaks.
pub(super) fn unbroken(html: &str) -> String {
    format!("<span class=\"qed-kept\">{html}</span>")
}

/// A piece of well-formed markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name …>`.
    Open(&'a str),
    /// `</name>`.
    Close(&'a str),
    /// `<name …/>`.
    Empty(&'a str),
    /// What stands between tags.
    Text(&'a str),
}

impl<'a> Token<'a> {
    /// Its characters.
    pub(super) fn as_str(self) -> &'a str {
        match self {
            Self::Open(text) | Self::Close(text) | Self::Empty(text) | Self::Text(text) => text,
        }
    }
}

/// Splits markup whose text has no bare `<` into tags and text.
pub(super) fn tokens(markup: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = markup;
    std::iter::from_fn(move || {
        let length = match rest.strip_prefix('<') {
            Some(_) => rest.find('>').map_or(rest.len(), |end| end + 1),
            None => rest.find('<').unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            "" => None,
            _ if token.starts_with("</") => Some(Token::Close(token)),
            _ if token.starts_with('<') && token.ends_with("/>") => Some(Token::Empty(token)),
            _ if token.starts_with('<') => Some(Token::Open(token)),
            _ => Some(Token::Text(token)),
        }
    })
}

/// The same markup with its text made safe from Markdown. Entities stay as they are.
pub(super) fn harden(markup: &str) -> String {
    let mut output = String::with_capacity(markup.len() + markup.len() / 2);
    for token in tokens(markup) {
        match token {
            Token::Text(raw) => harden_text(raw, &mut output),
            tag => output.push_str(tag.as_str()),
        }
    }
    output
}

fn harden_text(raw: &str, output: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        output.push_str(&text(&rest[..at]));
        let entity = rest[at..].find(';').filter(|end| is_entity(&rest[at + 1..at + end]));
        let length = entity.map_or(1, |end| end + 1);
        let piece = &rest[at..at + length];
        output.push_str(if entity.is_some() { piece } else { "&#38;" });
        rest = &rest[at + length..];
    }
    output.push_str(&text(rest));
}

fn is_entity(name: &str) -> bool {
    let name = name.strip_prefix('#').unwrap_or(name);
    !name.is_empty() && name.len() < 12 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{Token, code, harden, text, tokens};

    #[test]
    fn text_is_left_to_nobody() {
        assert_eq!(text("a*b_c|d"), "a&#42;b&#95;c&#124;d");
        assert_eq!(text("<\"&'>"), "&#60;&#34;&#38;&#39;&#62;");
        assert_eq!(text("w 1\r\n\n2 é"), "w 1   2 é");
        assert_eq!(text("\0"), "\u{fffd}");
    }

    #[test]
    fn code_keeps_its_lines() {
        assert_eq!(code("a = 1\r\n\n b"), "a&#32;&#61;&#32;1&#10;&#10;&#32;b");
    }

    #[test]
    fn markup_is_hardened_between_its_tags() {
        assert_eq!(
            harden("<mo lspace=\"0\">&gt;</mo><mtext>a--b & c&#65;&</mtext>"),
            "<mo lspace=\"0\">&gt;</mo><mtext>a&#45;&#45;b &#38; c&#65;&#38;</mtext>"
        );
    }

    #[test]
    fn tokens_tell_tags_from_text() {
        let found: Vec<Token<'_>> = tokens("<a x=\"1\"><b/>c</a>").collect();
        assert_eq!(
            found,
            [Token::Open("<a x=\"1\">"), Token::Empty("<b/>"), Token::Text("c"), Token::Close("</a>")]
        );
        for odd in ["", "<", "a<", "<a", ">", "</"] {
            let joined: String = tokens(odd).map(Token::as_str).collect();
            assert_eq!(joined, odd);
        }
    }
}
