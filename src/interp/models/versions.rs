//! `packaging.version`, also where a project has a copy of it: how versions compare.
//!
//! NOTE: `module.__version__` of an installed module is taken for the version of its distribution, but only here,
//! where versions are compared.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::ThirdParty;
use crate::interp::{Id, Object, Payload, name};

pub(super) const MODELS: Models =
    &[("packaging.version.Version", version), ("packaging.version.parse", version)];

const CLASS: &str = "packaging.version.Version";

/// Where the text of a version is kept.
const TEXT: &str = "collectlint.version";

fn version(interp: &mut Interp<'_>, args: Args) -> Eval {
    let known = args.only().and_then(|given| interp.version_of(given));
    match known {
        Some(known) => Ok(interp.new_version(Value::external(CLASS), &known)),
        None => {
            let class: Arc<str> = Arc::from(CLASS);
            Ok(interp.call_opaque(Some(&class), args))
        }
    }
}

impl Interp<'_> {
    /// The version that a text, or the `__version__` of an installed module, is.
    pub(in crate::interp) fn version_of(&self, value: &Value) -> Option<pep440_rs::Version> {
        match value {
            Value::Str(text) => text.parse().ok(),
            _ => self.installed_version(value.extern_path()?)?.parse().ok(),
        }
    }

    /// What `module.__version__` is, for the module of an installed distribution that has one.
    pub(in crate::interp) fn installed_version(&self, path: &str) -> Option<&str> {
        let module = path.strip_suffix(".__version__").filter(|module| !module.contains('.'))?;
        let ThirdParty::Site(site) = &self.environment.third_party else { return None };
        match site.distributions_of(module).as_slice() {
            [only] if site.may_mention(module, "__version__") => Some(&only.version),
            _ => None,
        }
    }

    /// Whether a class of the project is that of `packaging`, copied.
    pub(in crate::interp) fn is_copied_version(&self, class: Id) -> bool {
        let Object::Class(definition) = self.heap.get(class) else { return false };
        &*definition.name == "Version"
            && self
                .heap
                .names(definition.module)
                .is_some_and(|names| names.contains("VERSION_PATTERN") && names.contains("InvalidVersion"))
    }

    pub(in crate::interp) fn new_version(&mut self, class: Value, known: &pep440_rs::Version) -> Value {
        let made = self.new_instance(class, Payload::Nothing);
        let Some(id) = made.as_id() else { return made };
        let release = known.release();
        let number = |place: usize| {
            let number = release.get(place).copied().unwrap_or(0);
            i64::try_from(number).map_or(Value::Unknown, Value::Int)
        };
        let base = known.only_release().to_string();
        let epoch = if known.epoch() == 0 { Value::str(base) } else { Value::Unknown };
        let parts = [
            (TEXT, Value::str(known.to_string())),
            ("base_version", epoch),
            ("major", number(0)),
            ("minor", number(1)),
            ("micro", number(2)),
            ("release", Value::tuple((0..release.len()).map(number))),
        ];
        for (attribute, value) in parts {
            self.heap.bind(id, &name(attribute), value);
        }
        self.heap.open_names(id);
        made
    }

    /// What a version has under a name, instead of what a copied class would compute.
    pub(in crate::interp) fn part_of_version(&self, id: Id, attribute: &str) -> Option<Value> {
        self.heap.value(id, TEXT)?;
        self.heap.value(id, attribute).cloned()
    }

    /// How two versions compare; `None` where one of them is none, or not known.
    pub(in crate::interp) fn order_of_versions(&self, left: &Value, right: &Value) -> Option<Ordering> {
        let known = |value: &Value| -> Option<pep440_rs::Version> {
            let Some(Object::Instance(instance)) = self.object(value) else { return None };
            instance.attributes.value(TEXT)?.as_str()?.parse().ok()
        };
        Some(known(left)?.cmp(&known(right)?))
    }
}
