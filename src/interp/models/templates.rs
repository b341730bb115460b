//! `"{}".format(…)` and `"%s" % …`.

use super::format::{self, Spec};
use super::{Args, Eval, Interp, Value};
use crate::interp::{Cause, Object, name};

/// The deepest replacement field inside the specification of another one, as in Python.
const DEEPEST: usize = 2;

/// The fields of a `format` call that are numbered one after the other.
#[derive(Default)]
struct Fields {
    next: usize,
}

impl Interp<'_> {
    /// `template.format(*args, **kwargs)`; `None` where it is not known.
    pub(super) fn format_template(&mut self, template: &str, args: &Args) -> Eval<Option<String>> {
        self.format_fields(template, args, &mut Fields::default(), DEEPEST)
    }

    fn format_fields(
        &mut self,
        template: &str,
        args: &Args,
        fields: &mut Fields,
        depth: usize,
    ) -> Eval<Option<String>> {
        let mut text = Some(String::new());
        let mut rest = template;
        while let Some(place) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(place);
            let (sign, after) = from.split_at(1);
            if let Some(text) = &mut text {
                text.push_str(before);
            }
            if after.starts_with(sign) {
                if let Some(text) = &mut text {
                    text.push_str(sign);
                }
                rest = &after[1..];
                continue;
            }
            if sign == "}" {
                return self.raise("ValueError", "Single '}' encountered in format string", Cause::Python);
            }
            let Some(end) = closing(after) else {
                let message = if after.is_empty() {
                    "Single '{' encountered in format string"
                } else {
                    "expected '}' before end of string"
                };
                return self.raise("ValueError", message, Cause::Python);
            };
            if depth == 0 {
                return self.raise("ValueError", "Max string recursion exceeded", Cause::Python);
            }
            let shown = self.format_field(&after[..end], args, fields, depth)?;
            text = text.zip(shown).map(|(text, shown)| text + &shown);
            rest = &after[end + 1..];
        }
        Ok(text.map(|text| text + rest))
    }

    fn format_field(
        &mut self,
        field: &str,
        args: &Args,
        fields: &mut Fields,
        depth: usize,
    ) -> Eval<Option<String>> {
        let (field, spec) = match field.find(':').filter(|&colon| !field[..colon].contains('[')) {
            Some(colon) => (&field[..colon], &field[colon + 1..]),
            None => (field, ""),
        };
        let (path, conversion) = field.rsplit_once('!').unwrap_or((field, ""));
        let value = self.format_argument(path, args, fields)?;
        let spec = self.format_fields(spec, args, fields, depth - 1)?;
        let (Some(value), Some(spec)) = (value, spec) else { return Ok(None) };
        match conversion {
            "" => self.format_value(&value, &spec),
            "s" | "r" | "a" => {
                let shown = match conversion {
                    "s" => self.str_value(&value)?,
                    "r" => self.repr_value(&value)?,
                    _ => self.repr_value(&value)?.map(|text| escaped(&text)),
                };
                match shown {
                    Some(shown) => self.format_value(&Value::str(shown), &spec),
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// `0.name[key]`
    fn format_argument(&mut self, path: &str, args: &Args, fields: &mut Fields) -> Eval<Option<Value>> {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(end);
        let place = if first.is_empty() {
            fields.next += 1;
            Some(fields.next - 1)
        } else {
            first.parse::<usize>().ok()
        };
        let found = match place {
            Some(place) => args.positional.get(place).cloned(),
            None => args.keyword(first).cloned(),
        };
        let mut value = match (found, place) {
            (Some(value), _) => value,
            (None, _) if args.open => return Ok(None),
            (None, Some(place)) => {
                return self.raise(
                    "IndexError",
                    format!("Replacement index {place} out of range for positional args tuple"),
                    Cause::Python,
                );
            }
            (None, None) => {
                return self.key_error(&Value::str(first));
            }
        };
        while !rest.is_empty() {
            if let Some(attribute) = rest.strip_prefix('.') {
                let end = attribute.find(['.', '[']).unwrap_or(attribute.len());
                value = self.attribute(&value, &name(&attribute[..end]))?;
                rest = &attribute[end..];
            } else {
                let Some(end) = rest.find(']') else { return Ok(None) };
                let key = &rest[1..end];
                let key = key.parse().map_or_else(|_| Value::str(key), Value::Int);
                value = self.item(&value, &key)?;
                rest = &rest[end + 1..];
            }
        }
        Ok(Some(value))
    }

    /// `template % value`; `None` where it is not known.
    pub(crate) fn percent(&mut self, template: &str, value: &Value) -> Eval<Option<String>> {
        let mapping = matches!(self.object(value), Some(Object::Dict(_)));
        let unwrapped = self.plain(value);
        let mut values: Vec<Value> = match &unwrapped {
            Value::Tuple(items) => items.to_vec(),
            Value::Unknown | Value::OneOf(_) | Value::Extern(_) => return Ok(None),
            _ => vec![value.clone()],
        };
        let is_tuple = matches!(unwrapped, Value::Tuple(_));
        values.reverse();
        let mut used_mapping = false;
        let mut text = Some(String::new());
        let mut rest = template;
        while let Some(place) = rest.find('%') {
            if let Some(text) = &mut text {
                text.push_str(&rest[..place]);
            }
            rest = &rest[place + 1..];
            let mut own = None;
            if let Some(keyed) = rest.strip_prefix('(') {
                let Some(end) = keyed.find(')') else { return Ok(None) };
                if !mapping {
                    return self.type_error("format requires a mapping");
                }
                own = Some(self.item(value, &Value::str(&keyed[..end]))?);
                used_mapping = true;
                rest = &keyed[end + 1..];
            }
            let Some((spec, code, after)) = self.percent_spec(rest, &mut values)? else { return Ok(None) };
            rest = after;
            if code == '%' {
                if let Some(text) = &mut text {
                    text.push('%');
                }
                continue;
            }
            let Some(operand) = own.or_else(|| values.pop()) else {
                return self.type_error("not enough arguments for format string");
            };
            let shown = self.percent_value(&spec, code, &operand)?;
            text = text.zip(shown).map(|(text, shown)| text + &shown);
        }
        if !values.is_empty() && !used_mapping && (is_tuple || !mapping) {
            return self.type_error("not all arguments converted during string formatting");
        }
        Ok(text.map(|text| text + rest))
    }

    /// Flags, width and precision before a conversion.
    fn percent_spec<'t>(
        &mut self,
        text: &'t str,
        values: &mut Vec<Value>,
    ) -> Eval<Option<(Spec, char, &'t str)>> {
        let mut spec = Spec::default();
        let flags = text.len() - text.trim_start_matches(['-', '+', ' ', '#', '0']).len();
        for flag in text[..flags].chars() {
            match flag {
                '-' => spec.align = Some('<'),
                '+' => spec.sign = Some('+'),
                ' ' if spec.sign.is_none() => spec.sign = Some(' '),
                '#' => spec.alternate = true,
                '0' => spec.zero = true,
                _ => {}
            }
        }
        spec.zero &= spec.align.is_none();
        let mut rest = &text[flags..];
        let mut number = |rest: &mut &'t str| -> Option<Option<usize>> {
            if let Some(after) = rest.strip_prefix('*') {
                *rest = after;
                return match values.pop() {
                    Some(Value::Int(width)) => usize::try_from(width).ok().map(Some),
                    _ => None,
                };
            }
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let digits = &rest[..end];
            *rest = &rest[end..];
            if digits.is_empty() { Some(None) } else { digits.parse().ok().map(Some) }
        };
        let Some(width) = number(&mut rest) else { return Ok(None) };
        spec.width = width.unwrap_or(0);
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            let Some(precision) = number(&mut rest) else { return Ok(None) };
            spec.precision = Some(precision.unwrap_or(0));
        }
        rest = rest.trim_start_matches(['h', 'l', 'L']);
        let Some(code) = rest.chars().next() else {
            return self.raise("ValueError", "incomplete format", Cause::Python);
        };
        let small = spec.width < 1000 && spec.precision.unwrap_or(0) < 300;
        Ok(small.then(|| (spec, code, &rest[code.len_utf8()..])))
    }

    fn percent_value(&mut self, spec: &Spec, code: char, operand: &Value) -> Eval<Option<String>> {
        let mut spec = spec.clone();
        if let 's' | 'r' | 'a' = code {
            let shown = match code {
                's' => self.str_value(operand)?,
                'r' => self.repr_value(operand)?,
                _ => self.repr_value(operand)?.map(|text| escaped(&text)),
            };
            return Ok(shown.map(|shown| {
                let kept: String = shown.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
                spec.zero = false;
                spec.padded(&kept)
            }));
        }
        let plain = self.plain(operand);
        if plain.is_unknown() {
            return Ok(None);
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as Python does")]
        match (code, &plain) {
            ('c', Value::Str(text)) if text.chars().count() == 1 => Ok(Some(spec.padded(text))),
            ('c', Value::Int(_)) => {
                spec.kind = Some('c');
                spec.align = spec.align.or(Some('>'));
                Ok(spec.integer(self.int_of(&plain).unwrap_or(0)))
            }
            ('d' | 'i' | 'u' | 'x' | 'X' | 'o', Value::Int(_) | Value::Bool(_)) => {
                spec.kind = Some(if matches!(code, 'i' | 'u') { 'd' } else { code });
                if spec.precision.is_some() {
                    return Ok(None);
                }
                Ok(spec.integer(self.int_of(&plain).unwrap_or(0)))
            }
            ('d' | 'i' | 'u', Value::Float(value)) if value.abs() < 9e15 => Ok(spec.integer(*value as i64)),
            ('e' | 'E' | 'f' | 'F' | 'g' | 'G', Value::Int(_) | Value::Bool(_) | Value::Float(_)) => {
                spec.kind = Some(code);
                let value = match plain {
                    Value::Float(value) => value,
                    _ => self.int_of(&plain).unwrap_or(0) as f64,
                };
                Ok(format::float(value, &spec))
            }
            ('d' | 'i' | 'u', Value::Str(_) | Value::None | Value::Bytes(_) | Value::Tuple(_)) => {
                let kind = self.type_name(&plain);
                self.type_error(format!("%{code} format: a real number is required, not {kind}"))
            }
            ('x' | 'X' | 'o', Value::Str(_) | Value::None | Value::Float(_)) => {
                let kind = self.type_name(&plain);
                self.type_error(format!("%{code} format: an integer is required, not {kind}"))
            }
            ('e' | 'E' | 'f' | 'F' | 'g' | 'G', Value::Str(_) | Value::None) => {
                let kind = self.type_name(&plain);
                self.type_error(format!("must be real number, not {kind}"))
            }
            _ => Ok(None),
        }
    }
}

/// The place of the brace that closes a field.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (place, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(place),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `ascii(value)` of a `repr`.
pub(in crate::interp) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let code = u32::from(character);
        match code {
            0..=0x7f => shown.push(character),
            0x80..=0xff => shown.push_str(&format!("\\x{code:02x}")),
            0x100..=0xffff => shown.push_str(&format!("\\u{code:04x}")),
            _ => shown.push_str(&format!("\\U{code:08x}")),
        }
    }
    shown
}
