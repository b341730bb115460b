//! Reads the generated table. The format is described in `tools/pytest_facts/plugins.py`.

use std::sync::OnceLock;

use crate::environment::installed::normalised;
use crate::environment::pytest_facts::{CommandLineOption, Hook, IniOption};

static TEXT: &str = include_str!("../data/plugins.txt");

/// What one plugin adds to pytest.
#[derive(Clone, Debug, Default)]
pub struct PluginFacts {
    /// The distribution, as the package index writes it.
    pub distribution: &'static str,
    /// The version that was asked; others may differ.
    pub version: &'static str,
    /// `-p no:NAME` and the module that is loaded.
    pub entry_points: Vec<(&'static str, &'static str)>,
    pub options: Vec<CommandLineOption>,
    pub ini_options: Vec<IniOption>,
    pub marks: Vec<&'static str>,
    pub fixtures: Vec<&'static str>,
    /// Hooks that it declares.
    pub hooks: Vec<Hook>,
    /// Hooks of pytest that it implements.
    pub implements: Vec<&'static str>,
    /// Names that it adds to the module `pytest`.
    pub pytest_names: Vec<&'static str>,
    /// It runs tests that are coroutine functions, at least those that ask for it.
    pub runs_coroutines: bool,
}

/// The plugins of the table.
pub fn known() -> &'static [PluginFacts] {
    static PLUGINS: OnceLock<Vec<PluginFacts>> = OnceLock::new();
    PLUGINS.get_or_init(|| TEXT.split("\n@").skip(1).filter_map(read).collect())
}

/// The plugin of that distribution, however its name is written.
pub fn plugin(distribution: &str) -> Option<&'static PluginFacts> {
    let wanted = normalised(distribution);
    known().iter().find(|plugin| normalised(plugin.distribution) == wanted)
}

fn read(block: &'static str) -> Option<PluginFacts> {
    let (head, lines) = block.split_once('\n').unwrap_or((block, ""));
    let mut fields = head.split(' ');
    let mut plugin =
        PluginFacts { distribution: fields.next()?, version: fields.next()?, ..PluginFacts::default() };
    for line in lines.lines() {
        let (tag, rest) = line.split_once(' ').unwrap_or((line, ""));
        let names = || rest.split(' ').filter(|name| !name.is_empty());
        match tag {
            "e" => plugin.entry_points.extend(rest.split_once(' ')),
            "O" => plugin.options.extend(CommandLineOption::read(rest)),
            "I" => plugin.ini_options.extend(IniOption::read(rest)),
            "M" => plugin.marks.extend(names()),
            "F" => plugin.fixtures.extend(names()),
            "H" => plugin.hooks.extend(Hook::read(rest)),
            "W" => plugin.implements.extend(names()),
            "N" => plugin.pytest_names.extend(names()),
            "A" => plugin.runs_coroutines = true,
            _ => {}
        }
    }
    Some(plugin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::pytest_facts::Takes;

    #[test]
    fn every_line_is_understood() {
        assert_eq!(known().len(), TEXT.lines().filter(|line| line.starts_with('@')).count());
        assert!(known().iter().all(|plugin| !plugin.entry_points.is_empty()));
        let lines = TEXT.lines().filter(|line| line.starts_with("O ")).count();
        assert_eq!(known().iter().map(|plugin| plugin.options.len()).sum::<usize>(), lines);
    }

    #[test]
    fn well_known_plugins_are_there() {
        let xdist = plugin("Pytest_Xdist").unwrap();
        let processes = xdist.options.iter().find(|option| option.names.contains(&"-n")).unwrap();
        assert_eq!((processes.takes, processes.dest), (Takes::One, "numprocesses"));
        assert!(xdist.hooks.iter().any(|hook| hook.name == "pytest_xdist_setupnodes"));
        let asyncio = plugin("pytest-asyncio").unwrap();
        assert!(asyncio.marks.contains(&"asyncio") && asyncio.runs_coroutines);
        assert!(asyncio.ini_options.iter().any(|option| option.name == "asyncio_mode"));
        assert!(plugin("pytest-mock").unwrap().fixtures.contains(&"mocker"));
        assert!(plugin("pytest-lazy-fixture").unwrap().pytest_names.contains(&"lazy_fixture"));
        assert!(plugin("numpy").is_none());
    }
}
