//! What `pytest_addoption` of conftests added to the command line and the configuration file.

use crate::interp::{Config, OptionTakes};
use crate::settings::pytest::{Arity, ConftestAdditions};

/// The additions, as settings are read with them.
pub(super) fn additions(config: &Config) -> ConftestAdditions {
    let mut known = ConftestAdditions { options: Vec::new(), keys: config.keys.clone(), open: config.open };
    for option in &config.options {
        let arity = match option.takes {
            OptionTakes::Nothing => Arity::Flag,
            OptionTakes::One => Arity::One,
            OptionTakes::AtMostOne => Arity::Optional,
            OptionTakes::Any => Arity::Many,
            OptionTakes::Unknown => {
                known.open = true;
                continue;
            }
        };
        known.options.extend(option.names.iter().map(|name| (name.clone(), arity)));
    }
    known
}
