//! One stable name for a finding, shared by every report that carries one and by the baseline.
//!
//! It is made of the rule, the file, what the finding is about, and which of several equal ones it is;
//! not of line numbers, so that it survives edits elsewhere in the file. The hash is fixed for ever: it
//! does not depend on the machine, the Rust release or the folder of the checkout.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path};
use std::str::FromStr;

use super::Diagnostic;

/// A finding's stable name: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a fingerprint of 16 hexadecimal digits")]
pub struct InvalidFingerprint(String);

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidFingerprint(text.to_owned());
        if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| invalid())
    }
}

/// The fingerprints of `diagnostics`, in their order. Equal findings of one file are told apart by how
/// many went before, so the order must be that of the report.
pub fn fingerprints(diagnostics: &[Diagnostic], root: &Path) -> Vec<Fingerprint> {
    let mut seen: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
    diagnostics
        .iter()
        .map(|diagnostic| {
            let path = portable(&diagnostic.primary.path, root);
            let code = diagnostic.code.0;
            let occurrence = seen.entry((code, path.clone(), &diagnostic.symbol)).or_default();
            let fingerprint = hash([code, &path, &diagnostic.symbol, &occurrence.to_string()]);
            *occurrence += 1;
            fingerprint
        })
        .collect()
}

/// The path below `root` with `/` between its parts, or the whole path where it is elsewhere.
pub fn portable(path: &Path, root: &Path) -> String {
    let Ok(below) = path.strip_prefix(root) else { return path.to_string_lossy().replace('\\', "/") };
    let parts: Vec<_> = below
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// FNV-1a, 64 bits, each part followed by a zero byte.
fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> Fingerprint {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
    Fingerprint(bytes.fold(OFFSET_BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Label, RuleCode, Severity};
    use crate::text::Span;

    fn finding(path: &str, start: u32, symbol: &str) -> Diagnostic {
        let primary = Label {
            path: Arc::new(PathBuf::from(path)),
            span: Span::new(start, start + 1),
            text: String::new(),
        };
        let mut finding =
            Diagnostic::new(RuleCode("CL001"), "exit-at-import", Severity::Error, "message", primary);
        finding.symbol = symbol.to_owned();
        finding
    }

    #[test]
    fn the_hash_is_fixed_for_ever() {
        let found = fingerprints(&[finding("/p/tests/test_x.py", 7, "playwright")], Path::new("/p"));
        assert_eq!(found[0].to_string(), "e904e06056976c7e");
    }

    #[test]
    fn a_fingerprint_moves_neither_with_lines_nor_with_the_checkout() {
        let here = fingerprints(&[finding("/p/tests/test_x.py", 7, "a")], Path::new("/p"));
        let there = fingerprints(&[finding("/other/tests/test_x.py", 99, "a")], Path::new("/other"));
        assert_eq!(here, there);
    }

    #[test]
    fn equal_findings_of_one_file_are_told_apart() {
        let twice = [finding("/p/a.py", 1, "a"), finding("/p/a.py", 2, "a"), finding("/p/a.py", 3, "b")];
        let found = fingerprints(&twice, Path::new("/p"));
        assert_ne!(found[0], found[1]);
        assert_ne!(found[0], found[2]);
    }

    #[test]
    fn a_fingerprint_is_read_back_as_written() {
        let found = fingerprints(&[finding("/p/a.py", 1, "a")], Path::new("/p"))[0];
        assert_eq!(found.to_string().parse(), Ok(found));
        assert!("12".parse::<Fingerprint>().is_err());
        assert!("+000000000000001".parse::<Fingerprint>().is_err());
    }
}
