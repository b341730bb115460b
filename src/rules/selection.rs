//! Which rules are used, where, and how bad their findings are.

use std::collections::BTreeMap;
use std::path::Path;

use super::{ALL, Rule};
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::settings::project::{Level, Options, Pattern, PerFileIgnores, RuleSelection};

/// The user names a rule that there is none of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}: there is no rule `{name}`{hint}")]
pub struct UnknownRule {
    source_name: String,
    name: String,
    hint: String,
}

/// The rules in use.
#[derive(Clone, Debug)]
pub struct Selection {
    /// With the severity of all their findings, where the user states one.
    used: BTreeMap<RuleCode, Option<Severity>>,
    ignored: Vec<(Pattern, Vec<RuleCode>)>,
    excluded: Vec<Pattern>,
}

impl Selection {
    /// All rules where `options` choose none; every unknown name is told.
    pub fn new(options: &Options) -> Result<Self, Vec<UnknownRule>> {
        Self::among(ALL, options)
    }

    fn among(rules: &[&Rule], options: &Options) -> Result<Self, Vec<UnknownRule>> {
        let mut names = Names { rules, unknown: Vec::new() };
        let mut used: BTreeMap<RuleCode, Option<Severity>> =
            rules.iter().map(|rule| (rule.code, None)).collect();
        for selection in &options.rules {
            names.choose(&mut used, selection);
        }
        for (name, level) in &options.levels {
            for code in names.codes(name, "levels") {
                match level {
                    Level::Ignore => {
                        used.remove(&code);
                    }
                    Level::At(severity) => {
                        used.entry(code).and_modify(|known| *known = Some(*severity));
                    }
                }
            }
        }
        let ignores = options.per_file_ignores.iter().flatten().chain(&options.extend_per_file_ignores);
        let ignored = ignores
            .map(|PerFileIgnores { pattern, rules }| {
                let codes = rules.iter().flat_map(|name| names.codes(name, "per-file-ignores"));
                (pattern.clone(), codes.collect())
            })
            .collect();
        let excluded = options.exclude.iter().flatten().chain(&options.extend_exclude).cloned().collect();
        if names.unknown.is_empty() { Ok(Self { used, ignored, excluded }) } else { Err(names.unknown) }
    }

    /// Whether the rule is used at all.
    pub fn uses(&self, code: RuleCode) -> bool {
        self.used.contains_key(&code)
    }

    /// Whether the rule is used in the file at an absolute path.
    pub fn reports(&self, code: RuleCode, path: &Path) -> bool {
        let is_ignored =
            || self.ignored.iter().any(|(pattern, codes)| codes.contains(&code) && pattern.matches(path));
        let is_excluded = || self.excluded.iter().any(|pattern| pattern.covers(path));
        self.uses(code) && !is_ignored() && !is_excluded()
    }

    /// The findings that are reported, as bad as the user says.
    #[must_use]
    pub fn keep(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics
            .into_iter()
            .filter(|found| self.reports(found.code, &found.primary.path))
            .map(|mut found| {
                if let Some(Some(severity)) = self.used.get(&found.code) {
                    found.severity = *severity;
                }
                found
            })
            .collect()
    }
}

/// The names that rules go by.
struct Names<'a> {
    rules: &'a [&'a Rule],
    unknown: Vec<UnknownRule>,
}

impl Names<'_> {
    /// What one source chooses: a longer prefix decides over a shorter one, and of equal ones what is
    /// ignored over what is selected.
    fn choose(&mut self, used: &mut BTreeMap<RuleCode, Option<Severity>>, selection: &RuleSelection) {
        let RuleSelection { select, extend_select, ignore, source } = selection;
        if select.is_some() {
            used.clear();
        }
        let selected = select.iter().flatten().chain(extend_select).map(|name| (name, true));
        let mut wishes: Vec<(usize, bool, Vec<RuleCode>)> = selected
            .chain(ignore.iter().map(|name| (name, false)))
            .map(|(name, is_on)| {
                let codes = self.codes(name, source);
                // A single rule is as precise as can be, whether by code or by name.
                let precision = if codes.len() == 1 { usize::MAX } else { name.len() };
                let is_all = name.eq_ignore_ascii_case("all");
                (if is_all { 0 } else { precision }, is_on, codes)
            })
            .collect();
        wishes.sort_by_key(|(precision, is_on, _)| (*precision, !is_on));
        for (_, is_on, codes) in wishes {
            for code in codes {
                if is_on {
                    used.entry(code).or_insert(None);
                } else {
                    used.remove(&code);
                }
            }
        }
    }

    /// The rules with this code, name or prefix.
    fn codes(&mut self, name: &str, source: &str) -> Vec<RuleCode> {
        let wanted = name.trim();
        if wanted.eq_ignore_ascii_case("all") {
            return self.rules.iter().map(|rule| rule.code).collect();
        }
        let begins =
            |code: &str| code.get(..wanted.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(wanted));
        let codes: Vec<_> = self
            .rules
            .iter()
            .filter(|rule| {
                rule.name.eq_ignore_ascii_case(wanted) || (!wanted.is_empty() && begins(rule.code.0))
            })
            .map(|rule| rule.code)
            .collect();
        if codes.is_empty() {
            self.unknown.push(UnknownRule {
                source_name: source.to_owned(),
                name: name.to_owned(),
                hint: self.hint(wanted),
            });
        }
        codes
    }

    fn hint(&self, wanted: &str) -> String {
        let likeness = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &wanted.to_lowercase());
        self.rules
            .iter()
            .flat_map(|rule| [rule.code.0, rule.name])
            .map(|known| (likeness(known), known))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, known)| format!("; did you mean `{known}`?"))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Label;
    use crate::rules::FixAvailability;
    use crate::text::Span;

    const fn rule(code: &'static str, name: &'static str) -> Rule {
        Rule {
            code: RuleCode(code),
            name,
            severity: Severity::Error,
            fix: FixAvailability::None,
            page: "",
            check: |_, _| {},
        }
    }

    static RULES: [&Rule; 4] = [
        &rule("CL001", "exit-at-import"),
        &rule("CL002", "hard-exit-at-import"),
        &rule("CL101", "unguarded-optional-import"),
        &rule("CL105", "missing-module"),
    ];

    fn selection(select: Option<&[&str]>, ignore: &[&str]) -> RuleSelection {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        RuleSelection {
            select: select.map(owned),
            ignore: owned(ignore),
            source: "here".to_owned(),
            ..RuleSelection::default()
        }
    }

    fn used(rules: Vec<RuleSelection>) -> Vec<&'static str> {
        let options = Options { rules, ..Options::default() };
        let selection = Selection::among(&RULES, &options).expect("all rules are known");
        selection.used.keys().map(|code| code.0).collect()
    }

    #[test]
    fn the_more_precise_wish_decides() {
        assert_eq!(used(vec![]), ["CL001", "CL002", "CL101", "CL105"]);
        assert_eq!(used(vec![selection(None, &["CL1"])]), ["CL001", "CL002"]);
        assert_eq!(used(vec![selection(Some(&["missing-module"]), &["CL1"])]), ["CL105"]);
        assert_eq!(
            used(vec![selection(Some(&["ALL", "cl101"]), &["cl1", "exit-at-import"])]),
            ["CL002", "CL101"]
        );
        assert_eq!(used(vec![selection(Some(&["CL001"]), &["CL001"])]), Vec::<&str>::new());
    }

    #[test]
    fn a_stronger_source_selects_anew_or_takes_away() {
        let file = selection(Some(&["CL0"]), &["CL002"]);
        assert_eq!(used(vec![file.clone(), selection(Some(&["CL00"]), &[])]), ["CL001", "CL002"]);
        assert_eq!(used(vec![file, selection(None, &["CL001"])]), Vec::<&str>::new());
    }

    #[test]
    fn unknown_rules_are_told_with_a_suggestion() {
        let rules = vec![selection(Some(&["CL9", "missing-modul"]), &[])];
        let options = Options { rules, ..Options::default() };
        let errors = Selection::among(&RULES, &options).expect_err("they are unknown");
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors[0], "here: there is no rule `CL9`");
        assert_eq!(errors[1], "here: there is no rule `missing-modul`; did you mean `missing-module`?");
    }

    #[test]
    fn files_and_levels_count() {
        let pattern = |text| Pattern::new(text, Path::new("/p")).expect("it is a pattern");
        let ignores = PerFileIgnores { pattern: pattern("e2e/*"), rules: vec!["CL1".to_owned()] };
        let options = Options {
            per_file_ignores: Some(vec![ignores]),
            extend_exclude: vec![pattern("fixtures")],
            levels: [("CL105".to_owned(), Level::At(Severity::Warning)), ("CL002".to_owned(), Level::Ignore)]
                .into(),
            ..Options::default()
        };
        let selection = Selection::among(&RULES, &options).expect("all rules are known");
        let found = |code, path: &str| {
            let path = Arc::new(PathBuf::from(path));
            let primary = Label { path, span: Span::at(0), text: String::new() };
            let found = Diagnostic::new(RuleCode(code), "name", Severity::Error, "message", primary);
            selection.keep(vec![found]).first().map(|found| found.severity)
        };
        assert_eq!(found("CL105", "/p/a.py"), Some(Severity::Warning));
        assert_eq!(found("CL105", "/p/e2e/a.py"), None);
        assert_eq!(found("CL001", "/p/e2e/a.py"), Some(Severity::Error));
        assert_eq!(found("CL001", "/p/fixtures/x/a.py"), None);
        assert_eq!(found("CL002", "/p/a.py"), None);
    }
}
