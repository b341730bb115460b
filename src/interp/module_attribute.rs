//! Attributes of modules: of the project's, of the library, of what is not interpreted.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::attribute::canonical;
use super::call::Args;
use super::flow::Eval;
use super::pytest_facts;
use super::{Cause, Id, Interp, ModuleKind, ModuleState, Object, Value};
use crate::environment::PytestVersion;
use crate::environment::stdlib::{self, Attribute, Availability, Kind};

impl Interp<'_> {
    pub(super) fn module_name_value(&self, module: Id) -> Value {
        match self.heap.get(module) {
            Object::Module(module) => Value::Str(module.name.clone()),
            _ => Value::Unknown,
        }
    }

    /// `module.name`
    pub(super) fn module_attribute(&mut self, id: Id, name: &Name) -> Eval {
        if let Some(found) = self.known_module_attribute(id, name)? {
            return Ok(found);
        }
        if self.is_filled_from_outside(id) {
            return Ok(Value::Unknown);
        }
        self.look_for_submodule(id, name);
        let Object::Module(module) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let owner = Arc::clone(&module.name);
        let initializing =
            module.state == ModuleState::Initializing && matches!(module.kind, ModuleKind::Source(_));
        let hint = if initializing {
            format!(
                "partially initialized module '{owner}' has no attribute '{name}' (most likely due to a circular import)"
            )
        } else {
            format!("module '{owner}' has no attribute '{name}'")
        };
        let name = Arc::from(name.as_str());
        let cause = if initializing {
            Cause::Circular { module: owner, name }
        } else {
            Cause::MissingAttribute { owner, name }
        };
        self.raise("AttributeError", hint, cause)
    }

    /// Whether compiled modules of the project may call functions of a module that set its attributes.
    pub(super) fn is_filled_from_outside(&self, id: Id) -> bool {
        let Object::Module(module) = self.heap.get(id) else { return false };
        let ModuleKind::Source(path) = &module.kind else { return false };
        self.has_extensions
            && self.sources.get(path).is_ok_and(|file| {
                let text = file.source.text();
                text.contains("setattr(") || text.contains("globals()")
            })
    }

    /// Whether code ran that is not interpreted and may have imported any module of the library.
    fn ran_unknown_code(&self) -> bool {
        self.opaque_calls > 0
            || self.external_modules.values().any(|&id| {
                matches!(self.heap.get(id), Object::Module(module) if module.kind == ModuleKind::ThirdParty)
            })
    }

    /// `module.name`, or `None` where the module certainly has no such attribute.
    pub(super) fn known_module_attribute(&mut self, id: Id, name: &Name) -> Eval<Option<Value>> {
        let Object::Module(module) = self.heap.get(id) else { return Ok(Some(Value::Unknown)) };
        if let Some(binding) = module.names.get(name) {
            let value = binding.value.clone();
            if binding.maybe_unbound {
                self.may_raise_anything();
            }
            if let Some(id) = value.as_id() {
                self.use_module(id);
            }
            return Ok(Some(value));
        }
        match &**name {
            "__name__" => return Ok(Some(Value::Str(Arc::clone(&module.name)))),
            "__dict__" => return Ok(Some(super::models::namespace(self, id))),
            "__path__" if module.search.is_none() && module.kind != ModuleKind::ThirdParty => {}
            "__class__" | "__doc__" | "__loader__" | "__spec__" | "__package__" | "__path__" | "__file__"
            | "__cached__" | "__builtins__" | "__init__" | "__repr__" | "__dir__" | "__getattribute__"
            | "__setattr__" | "__delattr__" | "__hash__" | "__eq__" | "__annotations__" => {
                return Ok(Some(Value::Unknown));
            }
            _ => {}
        }
        let (owner, kind, open) = (Arc::clone(&module.name), module.kind.clone(), module.names.open);
        match kind {
            ModuleKind::Source(_) | ModuleKind::Made | ModuleKind::Namespace => {
                if let Some(getter) = self.heap.value(id, "__getattr__").cloned() {
                    self.look_for_submodule(id, name);
                    return self.call(&getter, Args::of([Value::str(name)])).map(Some);
                }
                if self.may_have_submodule(id, name) {
                    self.may_raise_anything();
                    return Ok(Some(Value::Unknown));
                }
                Ok(open.then_some(Value::Unknown))
            }
            ModuleKind::StandardLibrary => Ok(self.library_attribute(id, &owner, name)),
            // NOTE: which patch release it is may not be known
            ModuleKind::Pytest if owner.as_ref() == "pytest" && name == "version_tuple" && !open => {
                let PytestVersion { major, minor, .. } = self.environment.pytest;
                let (major, minor) = (Value::Int(major.into()), Value::Int(minor.into()));
                Ok(Some(Value::tuple([major, minor, Value::Unknown])))
            }
            ModuleKind::Pytest => {
                let known = if open {
                    Attribute::Unknown
                } else {
                    pytest_facts::attribute(&owner, name, self.environment)
                };
                Ok(match known {
                    Attribute::Absent => None,
                    Attribute::Present(_) | Attribute::Unknown => {
                        Some(Value::external(&pytest_path(&owner, name)))
                    }
                })
            }
            ModuleKind::ThirdParty => {
                let path = format!("{owner}.{name}");
                if let Some(number) = super::models::number(&path) {
                    self.may_raise_anything();
                    return Ok(Some(number));
                }
                if let Some(codes) = self.type_codes(&path) {
                    self.may_raise_anything();
                    return Ok(Some(codes));
                }
                if self.installed_version(&path).is_none() {
                    self.may_raise_anything();
                }
                Ok(Some(Value::external(&path)))
            }
        }
    }

    fn library_attribute(&mut self, id: Id, owner: &str, name: &Name) -> Option<Value> {
        let (python, platform) = (self.environment.python, self.environment.platform);
        let dotted = format!("{owner}.{name}");
        match stdlib::attribute(owner, name, python, platform) {
            Attribute::Absent => {
                // a submodule that something else has imported is an attribute, too
                if stdlib::module(&dotted, python, platform) != Availability::Available {
                    return None;
                }
                if self.is_library_loaded(&dotted) {
                    return Some(self.library_module(&dotted));
                }
                self.heap.watch.look();
                if self.ran_unknown_code() {
                    self.may_raise_anything();
                    return Some(Value::Unknown);
                }
                None
            }
            Attribute::Present(Kind::Module) => {
                if stdlib::module(&dotted, python, platform) == Availability::Available {
                    Some(self.library_module(&dotted))
                } else {
                    Some(Value::external(&canonical(&dotted)))
                }
            }
            Attribute::Present(Kind::Function | Kind::Class | Kind::Exception | Kind::Variable) => {
                if let Some(known) = self.library_constant(&dotted) {
                    return Some(known);
                }
                Some(Value::external(&canonical(&dotted)))
            }
            Attribute::Unknown => {
                if let Some(known) = self.library_constant(&dotted) {
                    return Some(known);
                }
                if stdlib::module(&dotted, python, platform) == Availability::Available {
                    return Some(self.library_module(&dotted));
                }
                let _ = id;
                self.may_raise_anything();
                Some(Value::external(&canonical(&dotted)))
            }
        }
    }
}

/// Names that pytest offers in one place, whatever its module.
fn pytest_path(owner: &str, name: &str) -> String {
    match (owner, name) {
        ("_pytest.outcomes", "skip" | "fail" | "xfail" | "exit" | "importorskip") => format!("pytest.{name}"),
        ("_pytest.outcomes", "Skipped") => "pytest.skip.Exception".to_owned(),
        ("_pytest.outcomes", "Failed") => "pytest.fail.Exception".to_owned(),
        ("_pytest.outcomes", "Exit") => "pytest.exit.Exception".to_owned(),
        ("_pytest.mark" | "_pytest.mark.structures", "param" | "MarkDecorator" | "Mark" | "ParameterSet") => {
            format!("pytest.{name}")
        }
        ("_pytest.fixtures", "fixture") => "pytest.fixture".to_owned(),
        ("_pytest.python_api", "raises" | "approx") | ("_pytest.raises", "raises") => {
            format!("pytest.{name}")
        }
        _ => format!("{owner}.{name}"),
    }
}
