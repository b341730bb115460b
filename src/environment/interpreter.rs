//! Which Python a text asks for: `3.9`, `py310`, `python3.11`, `pypy-3.10`, `>=3.9`.

use super::PythonVersion;

/// The Python that runs the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interpreter {
    CPython(PythonVersion),
    /// PyPy, `GraalPy` and others, whose behaviour is not predicted.
    Other,
    Unknown,
}

impl Interpreter {
    /// What `setup-python`, `uv --python`, tox's `base_python` and nox understand.
    pub fn parse(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        if text.contains("pypy")
            || text.contains("graal")
            || text.contains("jython")
            || text.contains("ironpy")
        {
            return Self::Other;
        }
        let rest = ["cpython", "python", "cp", "py"].iter().find_map(|prefix| text.strip_prefix(prefix));
        let rest = rest.unwrap_or(&text).trim_start_matches(['-', '@', '=']);
        // `3.13t`, `3.13-dev`, `3.14.0-rc.1`, `3.9-x64`
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (numbers, tail) = rest.split_at(end);
        if !(tail.is_empty()
            || tail.starts_with(['-', 't', 'x', '+', 'a', 'b', 'r', '*'])
            || tail.starts_with(".x"))
        {
            return Self::Unknown;
        }
        let mut parts = numbers.split('.');
        let major = parts.next().unwrap_or_default();
        match (parts.next().filter(|minor| !minor.is_empty()), major.strip_prefix('3')) {
            (Some(minor), Some("")) => Self::minor(minor),
            // `39`, `310`
            (None, Some(minor)) if !minor.is_empty() => Self::minor(minor),
            _ => Self::Unknown,
        }
    }

    fn minor(text: &str) -> Self {
        match text.parse::<u8>() {
            // `3.1` is what YAML makes of an unquoted 3.10; nobody tests with Python 3.1 to 3.4.
            Ok(minor) if (5..=30).contains(&minor) => Self::CPython(PythonVersion::new(3, minor)),
            _ => Self::Unknown,
        }
    }

    pub fn version(self) -> Option<PythonVersion> {
        match self {
            Self::CPython(version) => Some(version),
            Self::Other | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_are_understood() {
        let python = |minor| Interpreter::CPython(PythonVersion::new(3, minor));
        for (text, expected) in [
            ("3.9", python(9)),
            ("3.11.4", python(11)),
            ("py310", python(10)),
            ("python3.12", python(12)),
            ("3.13t", python(13)),
            ("3.14-dev", python(14)),
            ("3.14.0-rc.1", python(14)),
            ("cpython@3.10", python(10)),
            ("3.10.x", python(10)),
            ("pypy-3.10", Interpreter::Other),
            ("pypy39", Interpreter::Other),
            ("3.x", Interpreter::Unknown),
            ("3", Interpreter::Unknown),
            ("py", Interpreter::Unknown),
            ("3.1", Interpreter::Unknown),
            (">=3.9", Interpreter::Unknown),
            ("2.7", Interpreter::Unknown),
            ("py27", Interpreter::Unknown),
            ("", Interpreter::Unknown),
        ] {
            assert_eq!(Interpreter::parse(text), expected, "{text}");
        }
    }
}
