//! Format specifications: what stands behind the colon in `f"{value:>8.2f}"`.

use super::{Eval, Interp, Value};
use crate::interp::Cause;
use crate::interp::truthiness::float_text;

/// Longer texts are not built.
const WIDEST: usize = 1 << 16;

/// `[[fill]align][sign][#][0][width][grouping][.precision][type]`
#[derive(Clone, Debug, Default)]
pub(super) struct Spec {
    pub fill: Option<char>,
    pub align: Option<char>,
    pub sign: Option<char>,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    pub kind: Option<char>,
}

impl Spec {
    /// `None` where it is not a specification of the builtin types.
    fn parse(text: &str) -> Option<Self> {
        let mut spec = Self::default();
        let mut rest: Vec<char> = text.chars().collect();
        rest.reverse();
        let is_align = |character: char| matches!(character, '<' | '>' | '=' | '^');
        let (first, second) = (rest.last().copied(), rest.len().checked_sub(2).map(|place| rest[place]));
        if second.is_some_and(is_align) {
            (spec.fill, spec.align) = (first, second);
            rest.truncate(rest.len() - 2);
        } else if first.is_some_and(is_align) {
            spec.align = rest.pop();
        }
        if rest.last().is_some_and(|c| matches!(c, '+' | '-' | ' ')) {
            spec.sign = rest.pop();
        }
        if rest.last() == Some(&'#') {
            spec.alternate = true;
            rest.pop();
        }
        if rest.last() == Some(&'0') {
            spec.zero = true;
            rest.pop();
        }
        spec.width = number(&mut rest)?.unwrap_or(0);
        if rest.last().is_some_and(|c| matches!(c, ',' | '_')) {
            spec.grouping = rest.pop();
        }
        if rest.last() == Some(&'.') {
            rest.pop();
            spec.precision = Some(number(&mut rest)??);
        }
        spec.kind = rest.pop();
        let small = spec.width <= WIDEST && spec.precision.is_none_or(|precision| precision <= 300);
        (rest.is_empty() && small).then_some(spec)
    }

    /// Pads a text to the width; numbers are aligned to the right, and zeros go behind the sign.
    fn pad(&self, text: &str, default: char) -> String {
        let length = text.chars().count();
        let missing = self.width.saturating_sub(length);
        let (align, fill) = match (self.align, self.zero) {
            (Some(align), zero) => (align, self.fill.unwrap_or(if zero { '0' } else { ' ' })),
            (None, true) if default == '>' => ('=', '0'),
            (None, zero) => (default, if zero { '0' } else { ' ' }),
        };
        let filled = |count: usize| fill.to_string().repeat(count);
        match align {
            '<' => format!("{text}{}", filled(missing)),
            '^' => format!("{}{text}{}", filled(missing / 2), filled(missing - missing / 2)),
            '=' => {
                let digits = text.trim_start_matches(['+', '-', ' ']);
                let (sign, mut digits) = (&text[..text.len() - digits.len()], digits);
                let mut prefix = "";
                if self.alternate && digits.len() > 2 && matches!(&digits[..2], "0x" | "0X" | "0b" | "0o") {
                    (prefix, digits) = digits.split_at(2);
                }
                format!("{sign}{prefix}{}{digits}", filled(missing))
            }
            _ => format!("{}{text}", filled(missing)),
        }
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }
}

fn number(rest: &mut Vec<char>) -> Option<Option<usize>> {
    let mut digits = String::new();
    while let Some(digit) = rest.pop_if(|c| c.is_ascii_digit()) {
        digits.push(digit);
    }
    if digits.is_empty() { Some(None) } else { digits.parse().ok().map(Some) }
}

/// Puts separators into the digits before the point.
fn grouped(digits: &str, separator: char, every: usize, width: usize) -> String {
    let end = digits.find(['.', 'e', 'E', '%']).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut whole = whole.to_owned();
    loop {
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(every) {
                text.push(separator);
            }
            text.push(digit);
        }
        text.push_str(rest);
        if text.len() >= width {
            return text;
        }
        whole.insert(0, '0');
    }
}

/// `1.5e+07` as Python writes exponents.
pub(super) fn exponent(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let Some((digits, power)) = text.split_once('e') else { return text };
    let (sign, power) = power.strip_prefix('-').map_or(("+", power), |power| ("-", power));
    format!("{digits}e{sign}{power:0>2}")
}

/// `%g`: as few digits as are needed, at most `precision`.
fn general(value: f64, precision: usize, alternate: bool, repr: bool) -> String {
    let precision = precision.max(1);
    let scientific = exponent(value, precision - 1);
    let power: i64 = scientific.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    let most = i64::try_from(precision).unwrap_or(i64::MAX) - i64::from(repr);
    let strip = |text: &str| {
        if alternate || !text.contains('.') {
            text.to_owned()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    if power < -4 || power >= most {
        let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "+00"));
        return format!("{}e{power}", strip(digits));
    }
    let places = usize::try_from(i64::try_from(precision).unwrap_or(0) - 1 - power).unwrap_or(0);
    let text = strip(&format!("{value:.places$}"));
    if repr && !text.contains('.') { format!("{text}.0") } else { text }
}

fn integer(value: i64, spec: &Spec) -> Option<String> {
    if spec.precision.is_some() {
        return None;
    }
    let magnitude = value.unsigned_abs();
    let (prefix, digits, every) = match spec.kind {
        None | Some('d' | 'n') => ("", magnitude.to_string(), 3),
        Some('x') => ("0x", format!("{magnitude:x}"), 4),
        Some('X') => ("0X", format!("{magnitude:X}"), 4),
        Some('b') => ("0b", format!("{magnitude:b}"), 4),
        Some('o') => ("0o", format!("{magnitude:o}"), 4),
        Some('c') => {
            let character = u32::try_from(value).ok().and_then(char::from_u32)?;
            return Some(spec.pad(&character.to_string(), '<'));
        }
        Some(_) => return None,
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let sign = spec.sign_of(value < 0);
    let digits = match spec.grouping {
        Some(separator) => {
            let zeros = if spec.zero && spec.align.is_none() { spec.width } else { 0 };
            grouped(&digits, separator, every, zeros.saturating_sub(sign.len() + prefix.len()))
        }
        None => digits,
    };
    Some(spec.pad(&format!("{sign}{prefix}{digits}"), '>'))
}

/// A number in one of the forms of floats; `kind` is `e`, `f`, `g`, `%` or none.
pub(super) fn float(value: f64, spec: &Spec) -> Option<String> {
    let magnitude = value.abs();
    let precision = spec.precision.unwrap_or(6);
    let digits = if value.is_finite() {
        match spec.kind {
            Some('f' | 'F') => format!("{magnitude:.precision$}"),
            Some('e') => exponent(magnitude, precision),
            Some('E') => exponent(magnitude, precision).to_uppercase(),
            Some('g' | 'n') => general(magnitude, precision, spec.alternate, false),
            Some('G') => general(magnitude, precision, spec.alternate, false).to_uppercase(),
            Some('%') => format!("{:.precision$}%", magnitude * 100.0),
            None => match spec.precision {
                Some(precision) => general(magnitude, precision, spec.alternate, true),
                None => float_text(magnitude),
            },
            Some(_) => return None,
        }
    } else if spec.alternate || spec.grouping.is_some() {
        return None;
    } else {
        let text = if value.is_nan() { "nan" } else { "inf" };
        let text =
            if spec.kind.is_some_and(char::is_uppercase) { text.to_uppercase() } else { text.to_owned() };
        if spec.kind == Some('%') { format!("{text}%") } else { text }
    };
    if spec.alternate && !matches!(spec.kind, Some('g' | 'G')) && !digits.contains('.') {
        return None;
    }
    let sign = spec.sign_of(value.is_sign_negative() && !value.is_nan());
    let digits = match spec.grouping {
        Some(separator) => {
            let zeros = if spec.zero && spec.align.is_none() { spec.width } else { 0 };
            grouped(&digits, separator, 3, zeros.saturating_sub(sign.len()))
        }
        None => digits,
    };
    Some(spec.pad(&format!("{sign}{digits}"), '>'))
}

fn text(value: &str, spec: &Spec) -> Option<String> {
    if spec.align == Some('=')
        || spec.sign.is_some()
        || spec.alternate
        || spec.grouping.is_some()
        || !matches!(spec.kind, None | Some('s'))
    {
        return None;
    }
    let kept: String = match spec.precision {
        Some(precision) => value.chars().take(precision).collect(),
        None => value.to_owned(),
    };
    Some(spec.pad(&kept, '<'))
}

/// The codes that a type knows.
fn codes(value: &Value) -> &'static str {
    match value {
        Value::Str(_) => "s",
        Value::Float(_) => "eEfFgGn%",
        _ => "bcdeEfFgGnoxX%",
    }
}

impl Interp<'_> {
    /// `format(value, specification)`
    pub(crate) fn format_value(&mut self, value: &Value, specification: &str) -> Eval<Option<String>> {
        if specification.is_empty() && value.shown().is_some() {
            return self.str_value(value);
        }
        if let Some(text) = self.format_by_class(value, specification)? {
            return Ok(text);
        }
        if let Some(own) = self.enum_format(value) {
            return self.format_value(&own, specification);
        }
        if specification.is_empty() {
            return self.str_value(value);
        }
        let plain = self.formatted_as(value);
        if plain.is_unknown() {
            return Ok(None);
        }
        let known = matches!(plain, Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::Float(_));
        if !known {
            let is_builtin = matches!(plain, Value::None | Value::Tuple(_) | Value::Bytes(_))
                || matches!(
                    self.object(&plain),
                    Some(
                        crate::interp::Object::List(_)
                            | crate::interp::Object::Dict(_)
                            | crate::interp::Object::Set(_)
                    )
                );
            if is_builtin {
                let kind = self.type_name(&plain);
                return self.type_error(format!("unsupported format string passed to {kind}.__format__"));
            }
            return Ok(None);
        }
        let Some(spec) = Spec::parse(specification) else { return Ok(None) };
        if let Some(code) = spec.kind
            && !codes(&plain).contains(code)
        {
            let kind = self.type_name(&plain);
            return self.raise(
                "ValueError",
                format!("Unknown format code '{code}' for object of type '{kind}'"),
                Cause::Python,
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "Python rounds in the same way")]
        Ok(match plain {
            Value::Str(value) => text(&value, &spec),
            Value::Int(value) => match spec.kind {
                Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => float(value as f64, &spec),
                _ => integer(value, &spec),
            },
            Value::Bool(value) => match spec.kind {
                Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => float(f64::from(u8::from(value)), &spec),
                _ => integer(i64::from(value), &spec),
            },
            Value::Float(value) => float(value, &spec),
            _ => None,
        })
    }
}

impl Spec {
    /// An integer by `%d`, `%x`, …
    pub(super) fn integer(&self, value: i64) -> Option<String> {
        integer(value, self)
    }

    /// Pads what is not a number.
    pub(super) fn padded(&self, text: &str) -> String {
        self.pad(text, '>')
    }
}
