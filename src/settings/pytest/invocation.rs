//! How pytest was started, and what plugins and conftests add to its options.

use std::path::PathBuf;

use crate::environment::plugins::ActivePlugins;
pub use crate::environment::plugins::Known;
use crate::environment::pytest_facts::Takes;

/// How many words after an option belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arity {
    Flag,
    One,
    /// `nargs="?"`.
    Optional,
    /// `nargs="*"` and `"+"`.
    Many,
}

/// What the plugins of an environment add; pytest's own options are known here already.
pub trait Plugins: Sync {
    /// An option string such as `--cov` or `-n`.
    fn option(&self, name: &str) -> Known<Arity>;
    /// A key of the configuration file such as `asyncio_mode`.
    fn key(&self, name: &str) -> Known<()>;
    /// The version of an installed distribution that is a pytest plugin, by its name as
    /// `required_plugins` writes it.
    fn distribution(&self, name: &str) -> Known<String>;
}

/// An environment without a single plugin.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPlugins;

impl Plugins for NoPlugins {
    fn option(&self, _name: &str) -> Known<Arity> {
        Known::No
    }

    fn key(&self, _name: &str) -> Known<()> {
        Known::No
    }

    fn distribution(&self, _name: &str) -> Known<String> {
        Known::No
    }
}

/// An environment of which nothing is known: any plugin may be there.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyPlugins;

impl Plugins for AnyPlugins {
    fn option(&self, _name: &str) -> Known<Arity> {
        Known::Maybe(None)
    }

    fn key(&self, _name: &str) -> Known<()> {
        Known::Maybe(None)
    }

    fn distribution(&self, _name: &str) -> Known<String> {
        Known::Maybe(None)
    }
}

impl Plugins for ActivePlugins<'_> {
    fn option(&self, name: &str) -> Known<Arity> {
        self.option(name).map(|option| match option.takes {
            Takes::Nothing | Takes::Exactly(0) => Arity::Flag,
            Takes::One | Takes::Exactly(1) => Arity::One,
            Takes::AtMostOne => Arity::Optional,
            Takes::Any | Takes::AtLeastOne | Takes::Exactly(_) => Arity::Many,
        })
    }

    fn key(&self, name: &str) -> Known<()> {
        self.ini_option(name).map(|_| ())
    }

    fn distribution(&self, name: &str) -> Known<String> {
        self.distribution(name)
    }
}

/// What `pytest_addoption` of the initial conftests adds.
#[derive(Clone, Debug, Default)]
pub struct ConftestAdditions {
    /// Option strings with what they take.
    pub options: Vec<(String, Arity)>,
    /// Keys of the configuration file.
    pub keys: Vec<String>,
    /// A conftest adds options or keys that the text does not tell.
    pub open: bool,
}

/// How pytest is started.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The working directory, absolute.
    pub cwd: PathBuf,
    /// pytest's own arguments, as in `sys.argv[1:]`.
    pub arguments: Vec<String>,
    /// Started as `python -m pytest`: the working directory is then on `sys.path`.
    pub python_m: bool,
    /// What the initial conftests add. They are found with the settings: read the settings once
    /// without, load the conftests, then read again. Only refusals of the phases from
    /// [`Phase::AfterConftests`](super::Phase) on depend on it.
    pub conftests: ConftestAdditions,
}
