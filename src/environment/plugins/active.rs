//! The plugins of one environment, as far as it is known which they are.
//!
//! | the environment | a plugin of the table that has it | another plugin |
//! | --- | --- | --- |
//! | read from disk | yes; in another version perhaps | perhaps, where its source mentions it |
//! | declared, and everything is known | perhaps | perhaps, if some distribution is named like a plugin |
//! | stated by hand | perhaps | perhaps, if some module is named like a plugin |
//! | unknown | perhaps | perhaps |

use std::collections::BTreeSet;

use super::{Known, PluginFacts, known, plugin};
use crate::environment::installed::{Plugin, normalised};
use crate::environment::pytest_facts::{CommandLineOption, Hook, IniOption};
use crate::environment::{Environment, Installed, ThirdParty};

/// What the plugins of an environment add to pytest.
#[derive(Debug, PartialEq)]
pub struct ActivePlugins<'e> {
    plugins: Vec<Active<'e>>,
    /// There may be plugins that are not among them.
    open: bool,
}

/// Whether the versions of a plugin agree about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Versions {
    Alike,
    Differ,
}

/// One plugin.
#[derive(Debug)]
struct Active<'e> {
    names: Vec<String>,
    distribution: Option<(String, String)>,
    facts: Option<&'static PluginFacts>,
    /// The facts are those of this very version.
    exact: bool,
    module: String,
    site: Option<&'e Installed>,
}

impl PartialEq for Active<'_> {
    fn eq(&self, other: &Self) -> bool {
        let facts = |active: &Self| active.facts.map(std::ptr::from_ref);
        let site = |active: &Self| active.site.map(std::ptr::from_ref);
        (&self.names, &self.distribution, self.exact, &self.module)
            == (&other.names, &other.distribution, other.exact, &other.module)
            && facts(self) == facts(other)
            && site(self) == site(other)
    }
}

impl<'e> ActivePlugins<'e> {
    pub fn of(environment: &'e Environment) -> Self {
        match &environment.third_party {
            ThirdParty::Everything => Self { plugins: Vec::new(), open: true },
            ThirdParty::Stated(names) => {
                let is_stated = |plugin: &&PluginFacts| {
                    plugin.entry_points.iter().any(|(_, module)| names.contains(top_of(module)))
                };
                let plugins: Vec<_> = known().iter().filter(is_stated).map(Active::perhaps).collect();
                let is_known = |name: &str| {
                    known()
                        .iter()
                        .any(|plugin| plugin.entry_points.iter().any(|(_, module)| top_of(module) == name))
                };
                let open = names.iter().any(|name| is_like_a_plugin(name) && !is_known(name));
                Self { plugins, open }
            }
            ThirdParty::Declared(declared) => {
                let all = || declared.installed.iter().chain(&declared.possible).map(AsRef::<str>::as_ref);
                let plugins = all().filter_map(plugin).map(Active::perhaps).collect();
                let open =
                    !declared.closed || all().any(|name| is_like_a_plugin(name) && plugin(name).is_none());
                Self { plugins, open }
            }
            ThirdParty::Site(site) => Self { plugins: installed(site, environment), open: false },
        }
    }

    /// Takes away what `-p no:NAME` blocks.
    #[must_use]
    pub fn without(mut self, blocked: impl Fn(&str) -> bool) -> Self {
        for active in &mut self.plugins {
            active.names.retain(|name| !blocked(name));
        }
        self.plugins.retain(|active| !active.names.is_empty());
        self
    }

    /// The command-line option that is called exactly so (`--cov`, `-n`).
    pub fn option(&self, name: &str) -> Known<&'static CommandLineOption> {
        self.find(name.trim_start_matches('-'), |facts| {
            facts.options.iter().find(|option| option.names.contains(&name))
        })
    }

    /// Whether an option of the command line stores its value under this name.
    pub fn dest(&self, dest: &str) -> Known<()> {
        let stores = |facts: &'static PluginFacts| facts.options.iter().any(|option| option.dest == dest);
        self.find(dest, |facts| stores(facts).then_some(()))
    }

    /// The option of the configuration file (`asyncio_mode`).
    pub fn ini_option(&self, name: &str) -> Known<&'static IniOption> {
        self.find(name, |facts| facts.ini_options.iter().find(|option| option.name == name))
    }

    /// Whether a plugin registers the mark.
    pub fn mark(&self, name: &str) -> Known<()> {
        self.find_stable(name, |facts| facts.marks.contains(&name).then_some(()))
    }

    pub fn fixture(&self, name: &str) -> Known<()> {
        self.find_stable(name, |facts| facts.fixtures.contains(&name).then_some(()))
    }

    /// The hook that a plugin declares (`pytest_xdist_setupnodes`).
    pub fn hook(&self, name: &str) -> Known<&'static Hook> {
        self.find(name, |facts| facts.hooks.iter().find(|hook| hook.name == name))
    }

    /// Whether a plugin implements a hook of pytest; what is not in the table may.
    pub fn implements(&self, hook: &str) -> Known<()> {
        self.find(hook, |facts| facts.implements.contains(&hook).then_some(()))
    }

    /// Whether a plugin adds the name to the module `pytest`.
    pub fn pytest_name(&self, name: &str) -> Known<()> {
        self.find_stable(name, |facts| facts.pytest_names.contains(&name).then_some(()))
    }

    /// Whether a plugin runs tests that are coroutine functions.
    pub fn runs_coroutines(&self) -> Known<()> {
        self.find_stable("pytest_pyfunc_call", |facts| facts.runs_coroutines.then_some(()))
    }

    /// Whether a plugin has an entry point of that name (`timeout` of `pytest_timeout`).
    pub fn entry_point(&self, name: &str) -> Known<()> {
        match self.plugins.iter().find(|active| active.names.iter().any(|known| known == name)) {
            Some(Active { site: Some(_), .. }) => Known::Yes(()),
            Some(_) => Known::Maybe(Some(())),
            None if self.open => Known::Maybe(None),
            None => Known::No,
        }
    }

    /// The version of an installed distribution that brings a plugin, as `required_plugins` asks for it.
    pub fn distribution(&self, name: &str) -> Known<String> {
        let wanted = normalised(name);
        let mut found = Known::No;
        for active in &self.plugins {
            match (&active.distribution, active.facts) {
                (Some((name, version)), _) if *name == wanted => return Known::Yes(version.clone()),
                (None, Some(facts)) if normalised(facts.distribution) == wanted => found = Known::Maybe(None),
                _ => {}
            }
        }
        if self.open && found == Known::No { Known::Maybe(None) } else { found }
    }

    /// What other versions of a plugin have as well: then the table speaks for them.
    fn find_stable<T>(&self, word: &str, in_facts: impl Fn(&'static PluginFacts) -> Option<T>) -> Known<T> {
        self.find_as(word, Versions::Alike, in_facts)
    }

    /// What comes and goes with the versions of a plugin.
    fn find<T>(&self, word: &str, in_facts: impl Fn(&'static PluginFacts) -> Option<T>) -> Known<T> {
        self.find_as(word, Versions::Differ, in_facts)
    }

    fn find_as<T>(
        &self,
        word: &str,
        versions: Versions,
        in_facts: impl Fn(&'static PluginFacts) -> Option<T>,
    ) -> Known<T> {
        let mut found = Known::No;
        for active in &self.plugins {
            match active.find(word, versions, &in_facts) {
                Known::Yes(value) => return Known::Yes(value),
                Known::Maybe(Some(value)) => found = Known::Maybe(Some(value)),
                Known::Maybe(None) if matches!(found, Known::No) => found = Known::Maybe(None),
                Known::Maybe(None) | Known::No => {}
            }
        }
        if self.open && !matches!(found, Known::Maybe(Some(_))) {
            return Known::Maybe(known().iter().find_map(in_facts));
        }
        found
    }
}

impl Active<'_> {
    /// A plugin of which only the name is known.
    fn perhaps(facts: &'static PluginFacts) -> Self {
        Active {
            names: facts.entry_points.iter().map(|(name, _)| (*name).to_owned()).collect(),
            distribution: None,
            facts: Some(facts),
            exact: false,
            module: String::new(),
            site: None,
        }
    }

    fn find<T>(
        &self,
        word: &str,
        versions: Versions,
        in_facts: &impl Fn(&'static PluginFacts) -> Option<T>,
    ) -> Known<T> {
        let value = self.facts.and_then(in_facts);
        if self.exact {
            return value.map_or(Known::No, Known::Yes);
        }
        let mentioned = match self.site {
            Some(site) => site.may_mention(&self.module, word),
            None => versions == Versions::Differ,
        };
        match value {
            Some(value) if mentioned && self.site.is_some() => Known::Yes(value),
            Some(value) => Known::Maybe(Some(value)),
            None if mentioned => Known::Maybe(None),
            None => Known::No,
        }
    }
}

/// The entry points that pytest loads of an environment on disk. Those of a distribution that supplies an
/// absent module are gone with it.
pub fn entry_points<'e>(
    site: &'e Installed,
    environment: &Environment,
) -> impl Iterator<Item = &'e Plugin> + use<'e> {
    let absent = environment.absent.clone();
    let gone: BTreeSet<&str> = absent
        .iter()
        .filter(|module| !module.contains('.'))
        .flat_map(|module| site.distributions_of(module))
        .map(|distribution| distribution.name.as_str())
        .collect();
    site.plugins().iter().filter(move |entry| {
        !gone.contains(entry.distribution.as_str())
            && !absent.contains(top_of(&entry.module))
            && !absent.contains(&entry.module)
    })
}

/// The plugins whose entry points an environment on disk has.
fn installed<'e>(site: &'e Installed, environment: &Environment) -> Vec<Active<'e>> {
    let mut plugins: Vec<Active<'e>> = Vec::new();
    for entry in entry_points(site, environment) {
        let top = top_of(&entry.module);
        let name = normalised(&entry.distribution);
        let same = plugins
            .iter_mut()
            .find(|active| active.distribution.as_ref().is_some_and(|(known, _)| *known == name));
        if let Some(same) = same
            && top_of(&same.module) == top
        {
            same.names.push(entry.name.clone());
            continue;
        }
        let version = site.distribution(&name).map_or_else(String::new, |found| found.version.clone());
        let facts = plugin(&name);
        plugins.push(Active {
            names: vec![entry.name.clone()],
            exact: facts.is_some_and(|facts| facts.version == version),
            distribution: Some((name, version)),
            facts,
            module: entry.module.clone(),
            site: Some(site),
        });
    }
    plugins
}

fn top_of(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

fn is_like_a_plugin(name: &str) -> bool {
    name != "pytest" && name != "_pytest" && name.contains("pytest")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::*;
    use crate::environment::{Declared, Machine, Platform, PytestVersion, PythonVersion};

    fn environment(third_party: ThirdParty) -> Environment {
        Environment {
            name: String::new(),
            python: PythonVersion::new(3, 11).into(),
            platform: Platform::Linux.into(),
            machine: Machine::default().into(),
            pytest: PytestVersion::NEWEST,
            third_party,
            absent: BTreeSet::new(),
            variables: BTreeMap::new(),
            all_variables: false,
            python_path: Vec::new(),
            source: "default",
        }
    }

    fn stated(names: &[&str]) -> Environment {
        environment(ThirdParty::Stated(names.iter().map(|name| (*name).to_owned()).collect()))
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn an_environment_without_plugins_has_nothing() {
        let environment = stated(&["numpy"]);
        let plugins = ActivePlugins::of(&environment);
        assert_eq!(plugins.option("--cov"), Known::No);
        assert_eq!(plugins.mark("asyncio"), Known::No);
        assert_eq!(plugins.distribution("pytest-cov"), Known::No);
    }

    #[test]
    fn anything_may_be_in_an_unknown_environment() {
        let environment = environment(ThirdParty::Everything);
        let plugins = ActivePlugins::of(&environment);
        assert!(matches!(plugins.option("--cov"), Known::Maybe(Some(option)) if option.dest == "cov_source"));
        assert_eq!(plugins.option("--nope"), Known::Maybe(None));
        assert_eq!(plugins.hook("pytest_nope"), Known::Maybe(None));
        assert_eq!(plugins.distribution("pytest-nope"), Known::Maybe(None));
    }

    #[test]
    fn a_stated_plugin_may_be_of_any_version() {
        let environment = stated(&["xdist"]);
        let plugins = ActivePlugins::of(&environment);
        assert!(matches!(plugins.option("-n"), Known::Maybe(Some(_))));
        assert_eq!(plugins.option("--boxed"), Known::Maybe(None));
        assert_eq!(plugins.mark("asyncio"), Known::No);
        assert!(matches!(plugins.hook("pytest_xdist_setupnodes"), Known::Maybe(Some(_))));
        let plugins = plugins.without(|name| name.starts_with("xdist"));
        assert_eq!(plugins.option("-n"), Known::No);
    }

    #[test]
    fn declared_plugins_may_be_there() {
        let declared = |names: &[&str], closed| {
            let installed = names.iter().map(|name| name.parse().unwrap()).collect();
            environment(ThirdParty::Declared(Arc::new(Declared { installed, closed, ..Declared::default() })))
        };
        let closed = declared(&["pytest-asyncio"], true);
        let plugins = ActivePlugins::of(&closed);
        assert_eq!(plugins.mark("asyncio"), Known::Maybe(Some(())));
        assert_eq!(plugins.mark("asynco"), Known::No);
        assert_eq!(plugins.runs_coroutines(), Known::Maybe(Some(())));
        for open in [declared(&["pytest-asyncio"], false), declared(&["pytest-home-made"], true)] {
            assert_eq!(ActivePlugins::of(&open).mark("asynco"), Known::Maybe(None));
        }
    }

    #[test]
    fn an_environment_on_disk_is_asked_for_its_sources() {
        let root = TempDir::new().unwrap();
        write(&root.path().join("pyvenv.cfg"), "version = 3.11.7\n");
        let site = root.path().join("lib/python3.11/site-packages");
        write(&site.join("pytest_home-1.dist-info/METADATA"), "Name: pytest-home\nVersion: 1\n");
        write(
            &site.join("pytest_home-1.dist-info/entry_points.txt"),
            "[pytest11]\nhome = pytest_home.plugin\n",
        );
        write(&site.join("pytest_home/plugin.py"), "parser.addoption('--home-made')\nX = 'homely: a mark'\n");
        write(&site.join("pytest_cov-0.1.dist-info/METADATA"), "Name: pytest-cov\nVersion: 0.1\n");
        write(
            &site.join("pytest_cov-0.1.dist-info/entry_points.txt"),
            "[pytest11]\npytest_cov = pytest_cov.plugin\n",
        );
        write(&site.join("pytest_cov/plugin.py"), "group.addoption('--cov')\n");
        let installed = Arc::new(Installed::read(root.path()).unwrap());
        let mut environment = environment(ThirdParty::Site(installed));
        let plugins = ActivePlugins::of(&environment);
        assert_eq!(plugins.option("--home-made"), Known::Maybe(None));
        assert_eq!(plugins.mark("homely"), Known::Maybe(None));
        assert_eq!(plugins.option("--nope"), Known::No);
        assert!(matches!(plugins.option("--cov"), Known::Yes(_)));
        assert!(matches!(plugins.option("--cov-branch"), Known::Maybe(Some(_))));
        assert_eq!(plugins.distribution("Pytest_Home"), Known::Yes("1".to_owned()));
        assert_eq!(plugins.distribution("pytest-xdist"), Known::No);
        environment.absent.insert("pytest_home".to_owned());
        assert_eq!(ActivePlugins::of(&environment).mark("homely"), Known::No);
    }

    #[test]
    fn a_plugin_is_gone_with_its_distribution() {
        let root = TempDir::new().unwrap();
        write(&root.path().join("pyvenv.cfg"), "version = 3.11.7\n");
        let site = root.path().join("lib/python3.11/site-packages");
        write(&site.join("home-1.dist-info/METADATA"), "Name: home\nVersion: 1\n");
        write(&site.join("home-1.dist-info/RECORD"), "home/__init__.py,,\n_home_plugin.py,,\n");
        write(&site.join("home-1.dist-info/entry_points.txt"), "[pytest11]\nhome = _home_plugin\n");
        write(&site.join("home/__init__.py"), "");
        write(&site.join("_home_plugin.py"), "X = 'homely: a mark'\n");
        let installed = Arc::new(Installed::read(root.path()).unwrap());
        let mut environment = environment(ThirdParty::Site(installed));
        assert_eq!(ActivePlugins::of(&environment).mark("homely"), Known::Maybe(None));
        environment.absent.insert("home".to_owned());
        assert_eq!(ActivePlugins::of(&environment).mark("homely"), Known::No);
    }
}
