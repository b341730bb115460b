//! f-strings.

use ruff_python_ast::{
    ConversionFlag, ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement,
};

use super::flow::Eval;
use super::{Interp, Value};

impl<'a> Interp<'a> {
    pub(super) fn eval_f_string(&mut self, expr: &'a ExprFString) -> Eval {
        let mut text = Some(String::new());
        for part in &expr.value {
            match part {
                FStringPart::Literal(literal) => {
                    if let Some(text) = &mut text {
                        text.push_str(literal.as_str());
                    }
                }
                FStringPart::FString(formatted) => {
                    for element in &formatted.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => {
                                if let Some(text) = &mut text {
                                    text.push_str(&literal.value);
                                }
                            }
                            InterpolatedStringElement::Interpolation(inner) => {
                                let shown = self.eval_interpolation(inner)?;
                                text = text.zip(shown).map(|(text, shown)| text + &shown);
                            }
                        }
                    }
                }
            }
        }
        Ok(text.map_or(Value::Unknown, Value::str))
    }

    /// `{expression!conversion:specification}`
    fn eval_interpolation(&mut self, inner: &'a InterpolatedElement) -> Eval<Option<String>> {
        let value = self.eval(&inner.expression)?;
        let mut specification = Some(String::new());
        for element in inner.format_spec.iter().flat_map(|spec| &spec.elements) {
            let part = match element {
                InterpolatedStringElement::Literal(literal) => Some(literal.value.to_string()),
                InterpolatedStringElement::Interpolation(inner) => self.eval_interpolation(inner)?,
            };
            specification = specification.zip(part).map(|(known, part)| known + &part);
        }
        let debug = inner.debug_text.as_ref();
        let conversion = match inner.conversion {
            ConversionFlag::None if debug.is_some() && inner.format_spec.is_none() => ConversionFlag::Repr,
            conversion => conversion,
        };
        let converted = match conversion {
            ConversionFlag::None => Some(value),
            ConversionFlag::Str => self.str_value(&value)?.map(Value::str),
            ConversionFlag::Repr => self.repr_value(&value)?.map(Value::str),
            ConversionFlag::Ascii => {
                self.repr_value(&value)?.map(|text| Value::str(super::models::escaped(&text)))
            }
        };
        let (Some(value), Some(specification)) = (converted, specification) else { return Ok(None) };
        let shown = self.format_value(&value, &specification)?;
        Ok(match debug {
            Some(debug) => shown.map(|shown| format!("{}{shown}", debug.as_str())),
            None => shown,
        })
    }
}
