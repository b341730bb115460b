//! The rules: judgements over what was predicted. Each is a `static` in a file of its own, with its page.

mod blame;
mod cl001_exit_at_import;
mod cl002_hard_exit_at_import;
mod cl003_pytest_exit_at_import;
mod cl004_conftest_cannot_load;
mod cl005_never_ends_at_import;
mod cl101_unguarded_optional_import;
mod cl102_ineffective_import_guard;
mod cl103_late_importorskip;
mod cl104_optional_name_at_import;
mod cl105_missing_module;
mod cl106_missing_name;
mod cl107_stdlib_unavailable;
mod cl108_untracked_import;
mod cl109_circular_import;
mod cl110_order_dependent_import;
mod cl201_missing_skip_marker;
mod cl202_skip_outside_test;
mod cl203_marker_cannot_guard_import;
mod cl204_skipif_without_reason;
mod cl205_importorskip_in_class_body;
mod cl206_skip_in_conftest;
mod cl301_import_file_mismatch;
mod cl302_relative_import_without_package;
mod cl303_shadowed_module;
mod cl304_never_collected;
mod cl305_uncollectable_class;
mod cl306_duplicate_test_name;
mod cl307_nested_pytest_plugins;
mod cl401_syntax_error;
mod cl402_unsupported_syntax;
mod cl403_undecodable_source;
mod cl501_parametrize_mismatch;
mod cl502_unknown_mark;
mod cl503_misspelled_mark;
mod cl504_invalid_fixture;
mod cl505_invalid_hook;
mod cl506_yield_test;
mod cl601_environment_variable_at_import;
mod cl602_undefined_name_at_import;
mod cl603_raise_at_import;
mod cl604_missing_file_at_import;
mod cl701_invalid_pytest_config;
mod cl702_no_tests_found;
mod cl901_submodule_without_url;
mod cl902_job_lacks_dependency;
mod cl903_unused_suppression;
pub mod evidence;
mod guards;
mod losses;
pub mod optional;
mod owner;
mod repairs;
mod selection;
mod unseen;

use std::fmt;

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};

pub use cl903_unused_suppression::{Used, unused};
pub use evidence::{Dependent, Evidence, Incident, Missing, Origin, Run, Supposition};
pub use selection::{Selection, UnknownRule};

/// Looks at what was predicted and adds what it finds. It holds no state and overrides nothing.
pub type Check = fn(&Evidence<'_>, &mut Vec<Diagnostic>);

/// The ways to repair a finding of the rule, the preferred one first. None of them is trusted: the one
/// that is offered is the first that the prediction on the repaired text proves right.
pub type Repair = fn(&Evidence<'_>, &Diagnostic) -> Vec<Fix>;

/// How often a finding of the rule comes with a repair.
#[derive(Clone, Copy, Debug)]
pub enum FixAvailability {
    None,
    Sometimes(Repair),
    Always(Repair),
}

impl FixAvailability {
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sometimes(_) => "sometimes",
            Self::Always(_) => "always",
        }
    }

    /// The repairs of a finding.
    pub fn repairs(self, evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
        match self {
            Self::None => Vec::new(),
            Self::Sometimes(repair) | Self::Always(repair) => repair(evidence, finding),
        }
    }
}

/// One rule. Its page is documentation, specification and test at once.
pub struct Rule {
    pub code: RuleCode,
    /// What goes wrong, so that it reads after "allow": `exit-at-import`.
    pub name: &'static str,
    /// How bad a certain finding is.
    pub severity: Severity,
    pub fix: FixAvailability,
    /// The text of `rules/CLxxx.md`.
    pub page: &'static str,
    pub check: Check,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

impl Rule {
    /// The page's first paragraph, on one line.
    pub fn summary(&self) -> String {
        let body = self.page.split_once('\n').map_or("", |(_title, body)| body).trim_start();
        let paragraph = body.split("\n\n").next().unwrap_or_default();
        paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The title of its group: the codes of a group share their first digit.
    pub fn group(&self) -> &'static str {
        match self.code.0.as_bytes().get(2) {
            Some(b'0') => "The session dies",
            Some(b'1') => "Imports",
            Some(b'2') => "Skips",
            Some(b'3') => "Layout, and tests silently lost",
            Some(b'4') => "Text",
            Some(b'5') => "Declarations",
            Some(b'6') => "Import-time exceptions",
            Some(b'7') => "Configuration",
            Some(b'9') => "Repository",
            _ => "Other",
        }
    }

    /// Where its page can be read online, once the package says where it is kept.
    pub fn url(&self) -> Option<String> {
        let repository = env!("CARGO_PKG_REPOSITORY");
        (!repository.is_empty()).then(|| format!("{repository}/blob/main/rules/{}.md", self.code))
    }
}

/// All rules, by code.
pub static ALL: &[&Rule] = &[
    &cl001_exit_at_import::RULE,
    &cl002_hard_exit_at_import::RULE,
    &cl003_pytest_exit_at_import::RULE,
    &cl004_conftest_cannot_load::RULE,
    &cl005_never_ends_at_import::RULE,
    &cl101_unguarded_optional_import::RULE,
    &cl102_ineffective_import_guard::RULE,
    &cl103_late_importorskip::RULE,
    &cl104_optional_name_at_import::RULE,
    &cl105_missing_module::RULE,
    &cl106_missing_name::RULE,
    &cl107_stdlib_unavailable::RULE,
    &cl108_untracked_import::RULE,
    &cl109_circular_import::RULE,
    &cl110_order_dependent_import::RULE,
    &cl201_missing_skip_marker::RULE,
    &cl202_skip_outside_test::RULE,
    &cl203_marker_cannot_guard_import::RULE,
    &cl204_skipif_without_reason::RULE,
    &cl205_importorskip_in_class_body::RULE,
    &cl206_skip_in_conftest::RULE,
    &cl301_import_file_mismatch::RULE,
    &cl302_relative_import_without_package::RULE,
    &cl303_shadowed_module::RULE,
    &cl304_never_collected::RULE,
    &cl305_uncollectable_class::RULE,
    &cl306_duplicate_test_name::RULE,
    &cl307_nested_pytest_plugins::RULE,
    &cl401_syntax_error::RULE,
    &cl402_unsupported_syntax::RULE,
    &cl403_undecodable_source::RULE,
    &cl501_parametrize_mismatch::RULE,
    &cl502_unknown_mark::RULE,
    &cl503_misspelled_mark::RULE,
    &cl504_invalid_fixture::RULE,
    &cl505_invalid_hook::RULE,
    &cl506_yield_test::RULE,
    &cl601_environment_variable_at_import::RULE,
    &cl602_undefined_name_at_import::RULE,
    &cl603_raise_at_import::RULE,
    &cl604_missing_file_at_import::RULE,
    &cl701_invalid_pytest_config::RULE,
    &cl702_no_tests_found::RULE,
    &cl901_submodule_without_url::RULE,
    &cl902_job_lacks_dependency::RULE,
    &cl903_unused_suppression::RULE,
];

/// The rule with this code or name, whatever the case of its letters.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    let wanted = code_or_name.trim();
    ALL.iter()
        .copied()
        .find(|rule| rule.code.0.eq_ignore_ascii_case(wanted) || rule.name.eq_ignore_ascii_case(wanted))
}
