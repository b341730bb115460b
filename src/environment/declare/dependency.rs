//! One dependency as a project states it: a PEP 508 requirement, or a directory or URL as pip takes it.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use pep440_rs::VersionSpecifiers;
use pep508_rs::{ExtraName, PackageName, Pep508Url, Requirement, VersionOrUrl};

use crate::environment::Place;

use super::marker::{Marker, is_modest};

/// A dependency and where it is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// `None` for a directory or URL that does not say what it holds.
    pub name: Option<PackageName>,
    pub extras: Vec<ExtraName>,
    /// `None` where any version will do, or where the version is not understood.
    pub specifiers: Option<VersionSpecifiers>,
    pub marker: Marker,
    /// The project's directory, absolute, where it is one of the local disk.
    pub directory: Option<PathBuf>,
    /// As it is written.
    pub text: String,
    pub place: Place,
}

/// What follows `@` in a requirement, or an argument of pip that is no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link(String);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pep508Url for Link {
    type Err = Infallible;

    fn parse_url(url: &str, _working_dir: Option<&Path>) -> Result<Self, Self::Err> {
        Ok(Self(url.to_owned()))
    }
}

impl Dependency {
    /// A dependency of a name alone.
    pub fn named(name: PackageName, marker: Marker, place: Place) -> Self {
        let text = name.to_string();
        Self { name: Some(name), extras: Vec::new(), specifiers: None, marker, directory: None, text, place }
    }

    /// A requirement as pip takes it: `name[extra]>=1; marker`, `name @ url`, `./directory[extra]`,
    /// `git+https://…#egg=name`, a wheel's URL. `None` for what is none of these.
    pub fn parse(text: &str, directory: &Path, place: &Place) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || !is_modest(text) {
            return None;
        }
        if is_path_or_url(text) {
            return Some(Self::from_link(text, directory, place));
        }
        let Ok(requirement) = Requirement::<Link>::from_str(text) else {
            return Self::from_loose(text, directory, place);
        };
        let marker = Marker::from_tree(requirement.marker);
        let mut dependency = Self::named(requirement.name, marker, place.clone());
        dependency.extras = requirement.extras;
        text.clone_into(&mut dependency.text);
        match requirement.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => dependency.specifiers = Some(specifiers),
            Some(VersionOrUrl::Url(link)) => dependency.directory = local_directory(&link.0, directory),
            None => {}
        }
        Some(dependency)
    }

    /// What is no valid requirement any more, but has a name: `pytz>=2004d`, `a>=1.*`.
    fn from_loose(text: &str, directory: &Path, place: &Place) -> Option<Self> {
        let (before, marker) = match text.split_once(';') {
            Some((before, marker)) => (before, Marker::parse(marker.trim())),
            None => (text, Marker::ALWAYS),
        };
        let end = before
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(before.len());
        let (name, rest) = before.split_at(end);
        let rest = rest.trim_start();
        if !(rest.is_empty() || rest.starts_with(['<', '>', '=', '!', '~', '[', '@', '('])) {
            return None;
        }
        let mut dependency = Self::named(PackageName::new(name.to_owned()).ok()?, marker, place.clone());
        dependency.extras = extras_in(rest).1;
        if let Some((_, link)) = rest.split_once('@') {
            dependency.directory = local_directory(link.trim(), directory);
        }
        text.clone_into(&mut dependency.text);
        Some(dependency)
    }

    fn from_link(text: &str, directory: &Path, place: &Place) -> Self {
        let (link, marker) = match text.split_once(" ;").or_else(|| text.split_once("; ")) {
            Some((link, marker)) => (link.trim(), Marker::parse(marker.trim())),
            None => (text, Marker::ALWAYS),
        };
        let (address, fragment) = link.split_once('#').unwrap_or((link, ""));
        let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
        let (address, mut extras) = extras_in(address);
        let mut name = None;
        if let Some(egg) = egg {
            let (egg, more) = extras_in(egg);
            extras.extend(more);
            name = PackageName::new(egg.to_owned()).ok();
        }
        let file = address.rsplit(['/', '\\']).next().unwrap_or(address);
        if name.is_none()
            && let Some(stem) = Path::new(file).file_stem().and_then(|stem| stem.to_str())
            && Path::new(file).extension().is_some_and(|extension| extension == "whl")
        {
            name = stem.split('-').next().and_then(|name| PackageName::new(name.to_owned()).ok());
        }
        let is_wheel = name.is_some() && egg.is_none();
        Self {
            name,
            extras,
            specifiers: None,
            marker,
            directory: if is_wheel { None } else { local_directory(address, directory) },
            text: text.to_owned(),
            place: place.clone(),
        }
    }
}

/// Whether pip would take it for a path or URL and not for a name.
fn is_path_or_url(text: &str) -> bool {
    let first = text.split([';', ' ', '[']).next().unwrap_or(text);
    first.contains("://")
        || first.starts_with(['.', '/', '~'])
        || first.contains('/')
        || first.contains('\\')
        || Path::new(first).extension().is_some_and(|extension| extension == "whl")
}

/// `.[test,docs]` → `.` and the extras.
fn extras_in(text: &str) -> (&str, Vec<ExtraName>) {
    let Some((before, rest)) = text.split_once('[') else { return (text, Vec::new()) };
    let Some((inside, _)) = rest.split_once(']') else { return (before, Vec::new()) };
    (before, inside.split(',').filter_map(|extra| extra.trim().parse().ok()).collect())
}

/// The local directory that a path or a `file:` URL names, without `.` and `..`.
fn local_directory(link: &str, directory: &Path) -> Option<PathBuf> {
    let path = match link.strip_prefix("file:") {
        // `file:///abs`, `file://./relative`, `file:relative`
        Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
        None if link.contains("://") => return None,
        None => link,
    };
    // PDM has it in its groups.
    let path = path.replace("/${PROJECT_ROOT}", &directory.to_string_lossy());
    (!path.contains(['$', '{', '~'])).then(|| normalize(&directory.join(&path)))
}

/// An absolute path without `.` and `..`; links are not followed.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;
    use std::sync::Arc;

    fn parse(text: &str) -> Option<Dependency> {
        let place = Place { path: Arc::new("/p/a.txt".into()), span: Span::default(), line: 1 };
        Dependency::parse(text, Path::new("/p"), &place)
    }

    fn summary(text: &str) -> (Option<String>, Vec<String>, Option<PathBuf>) {
        let dependency = parse(text).unwrap();
        (
            dependency.name.map(|name| name.to_string()),
            dependency.extras.iter().map(ToString::to_string).collect(),
            dependency.directory,
        )
    }

    #[test]
    fn requirements_have_name_extras_and_directory() {
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(
            summary("Ruamel.YAML[jinja2] >= 0.17; os_name=='nt'"),
            (named("ruamel-yaml"), vec!["jinja2".into()], None)
        );
        assert_eq!(summary("pytz>=2004d"), (named("pytz"), vec![], None));
        assert_eq!(summary("lib @ file:///p/libs/lib"), (named("lib"), vec![], Some("/p/libs/lib".into())));
        assert_eq!(summary(".[test, docs]"), (None, vec!["test".into(), "docs".into()], Some("/p".into())));
        assert_eq!(summary("../common"), (None, vec![], Some("/common".into())));
        assert_eq!(
            summary("git+https://x.org/a.git@main#egg=Some_Pkg[fast]"),
            (named("some-pkg"), vec!["fast".into()], None)
        );
        assert_eq!(
            summary("https://x.org/torch-2.1-cp311-cp311-linux_x86_64.whl"),
            (named("torch"), vec![], None)
        );
        assert_eq!(
            summary("file:///${PROJECT_ROOT}/../lib#egg=lib"),
            (named("lib"), vec![], Some("/lib".into()))
        );
        assert_eq!(summary("./wheels/my_lib-1.0-py3-none-any.whl"), (named("my-lib"), vec![], None));
    }

    #[test]
    fn what_is_no_requirement_is_none() {
        assert_eq!(parse("pip install x"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("{[testenv]deps}"), None);
    }
}
