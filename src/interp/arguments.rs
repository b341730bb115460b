//! The arguments of a call, with `*` and `**`.

use ruff_python_ast::name::Name;

use super::call::Args;
use super::flow::Eval;
use super::protocol::Special;
use super::{Dict, Interp, Object, Value};

impl<'a> Interp<'a> {
    /// The entries of a mapping behind `**`; `None` where they are not known.
    pub(super) fn mapping_of(&mut self, value: &Value) -> Eval<Option<Dict>> {
        let plain = self.plain(value);
        if let Some(Object::Dict(dict)) = self.object(&plain) {
            let mut dict = dict.clone();
            dict.open |= plain.as_id() == Some(self.environ) || plain.as_id() == Some(self.modules);
            return Ok(Some(dict));
        }
        if self.is_builtin_value(&plain) {
            let kind = self.type_name(value);
            return self.type_error(format!("'{kind}' object is not a mapping"));
        }
        if let (true, Special::Method(keys)) = (self.is_decided(value), self.special(value, "keys")?) {
            let names = self.call(&keys, Args::default())?;
            let Some(names) = self.iterate(&names)? else { return Ok(None) };
            let mut dict = Dict::default();
            for name in names {
                let item = self.item(value, &name)?;
                match self.key(&name)? {
                    Some(key) => dict.set(key, name, item),
                    None => dict.open = true,
                }
            }
            return Ok(Some(dict));
        }
        self.may_raise_anything();
        Ok(None)
    }

    /// What a message calls the function that is called.
    fn called(&self, call: &Value) -> String {
        match self.object(call) {
            Some(Object::Function(function)) => {
                let module = match self.heap.get(function.module) {
                    Object::Module(module) => module.name.as_ref(),
                    _ => "",
                };
                format!("{module}.{}()", self.function_title(function))
            }
            _ => "function".to_owned(),
        }
    }

    pub(super) fn eval_arguments(
        &mut self,
        callee: &Value,
        arguments: &'a ruff_python_ast::Arguments,
    ) -> Eval<Args> {
        let mut args = Args::default();
        for positional in &arguments.args {
            let value = self.eval(positional)?;
            if positional.is_starred_expr() {
                if self.refuses_iteration(&value)? {
                    let (function, kind) = (self.called(callee), self.type_name(&value));
                    return self
                        .type_error(format!("{function} argument after * must be an iterable, not {kind}"));
                }
                match self.iterate(&value)? {
                    Some(items) => args.positional.extend(items),
                    None => args.open = true,
                }
            } else {
                args.positional.push(value);
            }
        }
        for keyword in &arguments.keywords {
            let value = self.eval(&keyword.value)?;
            match &keyword.arg {
                Some(name) if args.keywords.iter().any(|(known, _)| *known == name.id) => {
                    let function = self.called(callee);
                    return self
                        .type_error(format!("{function} got multiple values for keyword argument '{name}'"));
                }
                Some(name) => args.keywords.push((name.id.clone(), value)),
                None => {
                    if self.is_builtin_value(&value) && !matches!(self.object(&value), Some(Object::Dict(_)))
                    {
                        let (function, kind) = (self.called(callee), self.type_name(&value));
                        return self.type_error(format!(
                            "{function} argument after ** must be a mapping, not {kind}"
                        ));
                    }
                    let Some(dict) = self.mapping_of(&value)? else {
                        args.open = true;
                        continue;
                    };
                    args.open |= dict.open;
                    for (key, value) in dict.entries.values() {
                        let Some(text) = self.plain(key).as_str().map(Name::new) else {
                            if self.is_builtin_value(key) {
                                return self.type_error("keywords must be strings");
                            }
                            args.open = true;
                            continue;
                        };
                        if args.keywords.iter().any(|(known, _)| *known == text) {
                            let function = self.called(callee);
                            return self.type_error(format!(
                                "{function} got multiple values for keyword argument '{text}'"
                            ));
                        }
                        args.keywords.push((text, value.clone()));
                    }
                }
            }
        }
        Ok(args)
    }
}
