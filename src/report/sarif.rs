//! SARIF 2.1.0, as GitHub's code scanning reads it: paths relative to the checkout, columns in code
//! points, the trace as a code flow, our own fingerprint.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::Report;
use super::place::Place;
use crate::diagnostic::fingerprint::{Fingerprint, portable};
use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::rules::{self, Rule};
use crate::text::Span;

/// How many characters GitHub takes of a rule's descriptions.
const DESCRIPTION_LIMIT: usize = 1024;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    invocations: Value,
    column_kind: &'static str,
    original_uri_base_ids: Value,
    results: Vec<ResultObject<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultObject<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message<'a>,
    locations: [Location<'a>; 1],
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Value>,
    #[serde(skip_serializing_if = "Value::is_null")]
    properties: Value,
}

#[derive(Serialize)]
struct Message<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl From<Place> for Region {
    fn from(Place { start, end }: Place) -> Self {
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({"driver": {
                "name": "collectlint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules::ALL.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }}),
            invocations: json!([{"executionSuccessful": true}]),
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: json!({"%SRCROOT%": {"description": {"text": "the root of the checkout"}}}),
            results: report.findings().map(|(found, print)| result(report, found, print)).collect(),
        }],
    };
    super::json::write_value(&log, out)
}

fn descriptor(rule: &Rule) -> Value {
    let summary: String = rule.summary().chars().take(DESCRIPTION_LIMIT).collect();
    let mut descriptor = json!({
        "id": rule.code.0,
        "name": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": summary, "markdown": rule.page},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "tags": ["pytest", rule.group()],
            "precision": "very-high",
            "problem.severity": match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    });
    if let (Some(url), Value::Object(fields)) = (rule.url(), &mut descriptor) {
        fields.insert("helpUri".to_owned(), Value::String(url));
    }
    descriptor
}

fn result<'a>(report: &Report<'_>, diagnostic: &'a Diagnostic, fingerprint: Fingerprint) -> ResultObject<'a> {
    let mut flow: Vec<_> =
        diagnostic.related.iter().map(|label| location(report, label, Some(&label.text))).collect();
    let code_flows = if flow.is_empty() {
        Vec::new()
    } else {
        flow.push(location(report, &diagnostic.primary, Some(&diagnostic.message)));
        let steps: Vec<_> = flow.into_iter().map(|location| json!({"location": location})).collect();
        vec![json!({"threadFlows": [{"locations": steps}]})]
    };
    ResultObject {
        rule_id: diagnostic.code.0,
        rule_index: rules::ALL.iter().position(|rule| rule.code == diagnostic.code),
        level: level(diagnostic.severity),
        message: Message { text: &diagnostic.message },
        locations: [location(report, &diagnostic.primary, None)],
        partial_fingerprints: json!({"primaryLocationLineHash": fingerprint.to_string()}),
        code_flows,
        fixes: diagnostic.fix.iter().map(|found| fix(report, found)).collect(),
        properties: if diagnostic.cells.is_empty() {
            Value::Null
        } else {
            json!({"cells": diagnostic.cells})
        },
    }
}

fn location<'a>(report: &Report<'_>, label: &Label, message: Option<&'a str>) -> Location<'a> {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(report, &label.path),
            region: region(report, &label.path, label.span),
        },
        message: message.filter(|text| !text.is_empty()).map(|text| Message { text }),
    }
}

fn region(report: &Report<'_>, path: &Path, span: Span) -> Region {
    report.place_in(path, span).into()
}

/// A fix in SARIF's terms: all replacements of one file together.
fn fix(report: &Report<'_>, fix: &Fix) -> Value {
    let changes: Vec<_> = fix
        .edits
        .chunk_by(|one, next| one.path == next.path)
        .filter_map(|edits| {
            let first = edits.first()?;
            let replacements: Vec<_> = edits
                .iter()
                .map(|edit| {
                    json!({
                        "deletedRegion": region(report, &edit.path, edit.span),
                        "insertedContent": {"text": edit.content},
                    })
                })
                .collect();
            Some(json!({
                "artifactLocation": artifact(report, &first.path),
                "replacements": replacements,
            }))
        })
        .collect();
    json!({"description": {"text": fix.message}, "artifactChanges": changes})
}

/// Relative to the checkout; what lies outside has a `file:` URI.
fn artifact(report: &Report<'_>, path: &Path) -> ArtifactLocation {
    let workspace = &report.paths.workspace;
    let portable = portable(path, workspace);
    if path.starts_with(workspace) {
        ArtifactLocation { uri: encoded(&portable), uri_base_id: Some("%SRCROOT%") }
    } else {
        let slash = if portable.starts_with('/') { "" } else { "/" };
        ArtifactLocation { uri: format!("file://{slash}{}", encoded(&portable)), uri_base_id: None }
    }
}

/// Percent-encodes all but what a path of a URI may hold.
fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty};

    fn normalized(log: &str) -> String {
        log.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    }

    #[test]
    fn results_are_relative_and_carry_the_trace() {
        let mut log: Value = serde_json::from_str(&normalized(&rendered(Format::Sarif))).expect("it is JSON");
        // The rules of this release are no matter of this test.
        log["runs"][0]["tool"]["driver"]["rules"] = Value::Null;
        for result in log["runs"][0]["results"].as_array_mut().expect("results are an array") {
            result.as_object_mut().expect("a result is an object").remove("ruleIndex");
        }
        log.sort_all_objects();
        insta::assert_snapshot!(serde_json::to_string_pretty(&log).expect("it can be written"));
    }

    #[test]
    fn without_findings_there_is_a_run_without_results() {
        let log: Value = serde_json::from_str(&rendered_empty(Format::Sarif)).expect("it is JSON");
        assert_eq!(log["runs"][0]["results"], json!([]));
    }

    #[test]
    fn paths_are_percent_encoded() {
        assert_eq!(encoded("tests/a b/ü#.py"), "tests/a%20b/%C3%BC%23.py");
    }
}
