//! Where the text defines a value.

use ruff_text_size::Ranged as _;

use super::{Code, Interp, Object, Site, Value, span};

impl Interp<'_> {
    /// The name in the definition of a function or class, whatever is wrapped around it.
    pub fn definition_site(&self, value: &Value) -> Option<Site> {
        let (file, range) = match self.object(value)? {
            Object::Function(function) => match function.code {
                Code::Def(def) => (function.file, def.name.range()),
                Code::Lambda(lambda) => (function.file, lambda.range()),
            },
            Object::Class(class) => {
                let (def, file) = class.definition?;
                (file, def.name.range())
            }
            Object::Wrapper(wrapper) => return self.definition_site(&wrapper.inner),
            Object::Method(method) => return self.definition_site(&method.function),
            Object::Partial(partial) => return self.definition_site(&partial.function),
            Object::Fixture(fixture) => return self.definition_site(&fixture.function),
            Object::Mark(mark) => return mark.site.clone(),
            _ => return None,
        };
        if file.is_snippet() {
            return None;
        }
        Some(Site { path: file.source.path().to_path_buf().into(), span: span(range) })
    }
}
