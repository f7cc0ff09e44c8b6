//! Units after numbers: `5 \text{ m}^2/\text{s}`, `9.8 \frac{\text{m}}{\text{s}^2}`. What they mean is not known here.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Kind, Product, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::measure::{self, Measure};
use crate::syntax::number::Literal;
use crate::syntax::siunitx;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    /// Whether the text here is a unit by its symbol and a space before it: `6\,\text{m}` has no name `m` in it.
    pub(super) fn is_set_off_unit(&self, text: &str) -> bool {
        is_known(text) && (self.peek().spaced || text.starts_with(' '))
    }

    /// `6\text{m}` where the page has an `m`.
    pub(super) fn check_unit(&self, text: &str) -> Result<()> {
        let word = text.trim();
        if !is_known(word) || self.kind(word).is_none() || self.is_set_off_unit(text) {
            return Ok(());
        }
        let message = format!("right after a number, `{word}` can be the unit or the page's `{word}`");
        let help = format!("write `\\,` before a unit, and `\\cdot {word}` for a product");
        Err(self.error_here(message).ambiguous().help(help))
    }

    /// A number with its unit; a power after the unit belongs to it (`15 \text{ cm}^2`).
    pub(super) fn quantity(&mut self, number: Expr, unit: &str, start: u32) -> Result<Expr> {
        // Angles in words are angles: of `30 \text{ degrees}` no function takes 30.
        let sign = match &*siunitx::spelled(unit.trim().trim_end_matches('.')) {
            "degrees" | "degree" | "deg" | "°" => Some(Unary::Degrees),
            "percent" | "per cent" | "%" => Some(Unary::Percent),
            _ => None,
        };
        if let Some(sign) = sign.filter(|_| self.look(1).kind != TokenKind::Caret) {
            self.advance();
            return Ok(Expr::new(Kind::Unary(sign, Box::new(number)), self.since(start)));
        }
        let unit = self.one_unit(unit)?;
        self.with_unit(number, unit, start)
    }

    /// The arguments of a function, an angle in a unit of angles converted; nothing else beside a number is.
    pub(super) fn with_angles(&self, builtin: Builtin, args: Vec<Expr>) -> Result<Vec<Expr>> {
        let [angle] = &args[..] else { return Ok(args) };
        let takes_angle = matches!(
            builtin,
            Builtin::Sin | Builtin::Cos | Builtin::Tan | Builtin::Cot | Builtin::Sec | Builtin::Csc
        );
        match &unsigned(angle).kind {
            Kind::Unit(_, unit) if takes_angle && angle_in(unit).is_some() => {
                Ok(vec![angle.replaced(&mut converted)])
            }
            Kind::Unit(_, unit) if takes_angle && Measure::read(unit) != Measure::none() => {
                let error =
                    self.error_at(angle.span, format!("angles in `{}` are not converted", unit.trim()));
                Err(error.unsupported().help("write the angle in degrees or radians"))
            }
            _ => Ok(args),
        }
    }

    /// A number with a unit that may go on.
    fn with_unit(&mut self, number: Expr, unit: String, start: u32) -> Result<Expr> {
        let mut unit = unit;
        loop {
            let before = self.at;
            let below = self.eat(TokenKind::Slash);
            let dotted = !below && self.eat(TokenKind::Dot);
            let TokenKind::Text(next) = self.peek().kind else {
                self.at = before;
                break;
            };
            // `\text{cm}^{-3}\text{s}^{-1}`: after a power a text can be nothing else.
            let is_temperature = matches!(next.trim(), "°C" | "°F");
            let goes_on = below
                || !dotted && unit.contains('^')
                || is_known(&unit) && (is_known(next) || is_temperature);
            let is_name = self.kind(next.trim()).is_some();
            if is_name && is_known(&unit) && is_known(next) {
                let message =
                    format!("beside the unit before it, `{}` can be a unit or the page's name", next.trim());
                let help = "write the whole unit in one `\\text`, or `\\cdot` and the name in italics";
                return Err(self.error_here(message).ambiguous().help(help));
            }
            if !self.is_unit(next) || is_name || !goes_on {
                self.at = before;
                break;
            }
            unit = format!("{unit}{}{}", if below { "/" } else { " " }, self.one_unit(next)?);
        }
        Ok(Expr::new(Kind::Unit(Box::new(number), unit), self.since(start)))
    }

    /// `£100`, `€-5`, `£100/\text{day}`: the sign of a currency before its amount.
    pub(super) fn amount(&mut self, sign: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        if self.eat(TokenKind::Minus) {
            let amount = self.nested(|parser| parser.amount_of(sign, start))?;
            return Ok(Expr::new(Kind::Unary(Unary::Negate, Box::new(amount)), self.since(start)));
        }
        self.amount_of(sign, start)
    }

    fn amount_of(&mut self, sign: &str, start: u32) -> Result<Expr> {
        if matches!(self.peek().kind, TokenKind::Currency(_)) {
            return Err(self.unexpected());
        }
        let number = self.nested(|parser| parser.atom())?;
        self.with_unit(number, sign.to_owned(), start)
    }

    /// `100\,€`: the sign behind the amount.
    pub(super) fn amount_before(&mut self, number: Expr, sign: &str, start: u32) -> Result<Expr> {
        self.advance();
        self.with_unit(number, sign.to_owned(), start)
    }

    /// `25^\circ\text{C}`: after a degree sign a scale of temperatures.
    pub(super) fn temperature(&mut self, number: &Expr, start: u32) -> Result<Option<Expr>> {
        let next = self.peek();
        let scale = match next.kind {
            TokenKind::Text(text) => text.trim(),
            TokenKind::Word(word) => word,
            _ => return Ok(None),
        };
        let goes_on = matches!(
            self.look(1).kind,
            TokenKind::Underscore | TokenKind::Prime(_) | TokenKind::Open(Bracket::Round)
        );
        if !matches!(scale, "C" | "F") || goes_on {
            return Ok(None);
        }
        if self.kind(scale).is_some() {
            let message = format!("after a degree sign `{scale}` can be a scale or the page's `{scale}`");
            let help = format!("write `°\\text{{{scale}}}` or `\\cdot {scale}`");
            return Err(self.error_here(message).ambiguous().help(help));
        }
        let unit = format!("°{}", self.one_unit(scale)?);
        self.with_unit(number.clone(), unit, start).map(Some)
    }

    /// `0.13/\text{kWh}`: a number for each of a unit.
    pub(super) fn for_each_unit(&mut self, number: &Expr, start: u32) -> Result<Option<Expr>> {
        self.attempt(|parser| {
            parser.advance();
            let TokenKind::Text(unit) = parser.peek().kind else { return Ok(None) };
            if !is_known(unit) || !parser.is_unit(unit) || parser.kind(unit.trim()).is_some() {
                return Ok(None);
            }
            let unit = format!("1/{}", parser.one_unit(unit)?);
            parser.with_unit(number.clone(), unit, start).map(Some)
        })
    }

    /// Whether a unit follows the prefix here.
    pub(super) fn is_prefixed_unit(&self) -> bool {
        matches!(self.look(1).kind, TokenKind::Text(unit) if !self.look(1).spaced && self.kind(unit).is_none())
    }

    /// `10^4\,\Omega`: a number of ohms, if the sign stands here and is no name of the page.
    pub(super) fn ohms(&mut self, number: Expr, start: u32) -> Expr {
        if !self.at_ohms() {
            return number;
        }
        self.advance();
        Expr::new(Kind::Unit(Box::new(number), "Ω".to_owned()), self.since(start))
    }

    fn at_ohms(&self) -> bool {
        self.peek().kind == TokenKind::Command("Omega") && self.kind("Omega").is_none()
    }

    fn one_unit(&mut self, unit: &str) -> Result<String> {
        self.advance();
        let unit = siunitx::spelled(unit);
        // `\text{k}\Omega`: a prefix.
        if matches!(&*unit, "k" | "M" | "G" | "m") && self.at_ohms() {
            self.advance();
            return Ok(format!("{unit}Ω"));
        }
        Ok(if self.eat(TokenKind::Caret) {
            format!("{unit}^{}", self.script_text()?)
        } else {
            unit.into_owned()
        })
    }

    /// The unit `\frac{\text{m}}{\text{s}^2}` that stands here, if it is one, and how many tokens it takes.
    pub(super) fn unit_fraction(&self) -> Option<(String, usize)> {
        let (above, length) = self.braced_unit(1)?;
        let (below, end) = self.braced_unit(length)?;
        let is_product = below.contains(' ');
        Some((if is_product { format!("{above}/({below})") } else { format!("{above}/{below}") }, end))
    }

    /// A unit in braces that open `ahead` tokens on, and where they end.
    fn braced_unit(&self, ahead: usize) -> Option<(String, usize)> {
        let is = |at: usize, kind| (self.look(at).kind == kind).then_some(());
        is(ahead, TokenKind::Open(Bracket::Brace))?;
        let mut end = ahead + 1;
        let mut unit = String::new();
        while let TokenKind::Text(word) = self.look(end).kind {
            let word = word.trim();
            if word.is_empty() || self.kind(word).is_some() || !unit.is_empty() && !is_known(word) {
                return None;
            }
            unit.push_str(if unit.is_empty() { "" } else { " " });
            unit.push_str(word);
            end += 1;
            if self.look(end).kind == TokenKind::Caret {
                let braced = usize::from(self.look(end + 1).kind == TokenKind::Open(Bracket::Brace));
                let TokenKind::Number(power) = self.look(end + 1 + braced).kind else { return None };
                unit = format!("{unit}^{power}");
                end += 2 + 2 * braced;
            }
            end += usize::from(self.look(end).kind == TokenKind::Dot);
        }
        is(end, TokenKind::Close(Bracket::Brace))?;
        (!unit.is_empty()).then_some((unit, end + 1))
    }

    /// A number with a fraction of units after it.
    pub(super) fn quotient_unit(&mut self, number: Expr, start: u32) -> Expr {
        let Some((unit, tokens)) = self.unit_fraction() else { return number };
        (0..tokens).for_each(|_| self.advance());
        Expr::new(Kind::Unit(Box::new(number), unit), self.since(start))
    }
}

/// Whether a text is the symbol of a unit, or several: `m`, `km/h`.
pub(super) fn is_known(text: &str) -> bool {
    let word = &*siunitx::spelled(text);
    let is_compound = !word.chars().all(char::is_alphanumeric);
    measure::is_symbol(word) || is_compound && Measure::known(word).is_some()
}

/// `10^{-3}`, after which a text is a unit as after any number.
pub(super) fn is_power_of_numbers(expr: &Expr) -> bool {
    let is_number = |expr: &Expr| match &expr.ungrouped().kind {
        Kind::Number(_) => true,
        Kind::Unary(Unary::Negate, inner) => matches!(inner.kind, Kind::Number(_)),
        _ => false,
    };
    matches!(&expr.kind, Kind::Binary(Binary::Power, base, exponent) if is_number(base) && is_number(exponent))
}

/// Whether a text after `expr` can be its unit.
pub(super) fn is_quantity(expr: &Expr) -> bool {
    let is_pi = matches!(&expr.kind, Kind::Name(name) if name.as_str() == "pi");
    is_pi
        || matches!(
            &expr.kind,
            Kind::Number(_)
                | Kind::Call(Builtin::Sqrt, _)
                | Kind::Unary(Unary::Percent | Unary::Degrees | Unary::Group, _)
                | Kind::Binary(Binary::Divide, ..)
        )
}

/// What stands behind signs and factors and in brackets.
fn unsigned(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Unary(Unary::Group | Unary::Negate | Unary::Plus, inner) => unsigned(inner),
        Kind::Binary(Binary::Multiply(_), factor, inner) if matches!(factor.kind, Kind::Number(_)) => {
            unsigned(inner)
        }
        _ => expr,
    }
}

/// What a unit of angles is: a number of which so many make one, of degrees or else of radians.
fn angle_in(unit: &str) -> Option<([&'static str; 2], bool)> {
    Some(match unit.trim().trim_end_matches('.') {
        "arcmin" | "arcminute" | "arcminutes" => (["1", "60"], true),
        "arcsec" | "arcsecond" | "arcseconds" => (["1", "3600"], true),
        "gon" | "grad" | "grads" | "gradian" | "gradians" => (["9", "10"], true),
        "turn" | "turns" => (["360", "1"], true),
        "mrad" => (["1", "1000"], false),
        _ => return None,
    })
}

/// `30 \text{ arcmin}` as `(30 \cdot 1/60)^\circ`.
fn converted(node: &Expr) -> Option<Expr> {
    let Kind::Unit(number, unit) = &node.kind else { return None };
    let ([times, over], in_degrees) = angle_in(unit)?;
    let literal =
        |digits: &str| Some(Expr::new(Kind::Number(Literal::new(digits, digits.to_owned(), 0)?), node.span));
    let factor = binary(Binary::Divide, literal(times)?, literal(over)?);
    let product = binary(Binary::Multiply(Product::Dot), (**number).clone(), factor);
    let product = Expr::new(Kind::Unary(Unary::Group, Box::new(product)), node.span);
    Some(if in_degrees {
        Expr::new(Kind::Unary(Unary::Degrees, Box::new(product)), node.span)
    } else {
        product
    })
}
