//! Which file configures pytest, and which directory is its root: `determine_setup` of
//! `_pytest/config/findpaths.py`, release by release.

use std::path::{Path, PathBuf};

use super::file::{self, load};
use super::value::Setting;
use super::{Mistake, Origin, Phase, Refusal};
use crate::environment::PytestVersion;
use crate::fs::FileSystem;
use crate::settings::path::absolute;

/// What was found.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) rootdir: PathBuf,
    pub(super) inipath: Option<PathBuf>,
    pub(super) settings: Vec<Setting>,
    /// Names of files beside the one in force that hold a configuration too; since pytest 9.0.
    pub(super) ignored: Vec<&'static str>,
}

/// What the command line says about it.
pub(super) struct Request<'a> {
    /// `-c`.
    pub(super) inifile: Option<(&'a str, &'a Origin)>,
    /// `--rootdir`, with variables expanded.
    pub(super) rootdir: Option<(&'a str, &'a Origin)>,
    /// Arguments that may be paths.
    pub(super) args: &'a [String],
    pub(super) cwd: &'a Path,
}

/// A file in force: its directory, its path, its settings, and the names of those that lose.
type Located = (PathBuf, PathBuf, Vec<Setting>, Vec<&'static str>);

pub(super) fn determine(
    fs: &FileSystem,
    version: PytestVersion,
    request: &Request<'_>,
) -> Result<Setup, Refusal> {
    let directories = directories_of(fs, request);
    let mut setup = match request.inifile {
        Some((inifile, origin)) => from_inifile(fs, version, request, (inifile, origin), &directories)?,
        None => from_ancestor(fs, version, request, &directories)?,
    };
    if let Some((rootdir, origin)) = request.rootdir {
        setup.rootdir = absolute(request.cwd, rootdir);
        if !is_directory(fs, &setup.rootdir) {
            let message =
                format!("Directory '{}' not found. Check your '--rootdir' option.", setup.rootdir.display());
            return Err(usage(message, origin));
        }
    }
    Ok(setup)
}

fn from_inifile(
    fs: &FileSystem,
    version: PytestVersion,
    request: &Request<'_>,
    (inifile, origin): (&str, &Origin),
    directories: &[PathBuf],
) -> Result<Setup, Refusal> {
    let path = absolute(request.cwd, inifile);
    let is_file = fs.is_file(&path);
    let is_directory = is_directory(fs, &path);
    if version.at_least(9, 2) {
        if !is_file && !is_directory && !fs.exists(&path) {
            return Err(usage(
                format!("Config file '{}' not found. Check your '-c/--config-file' option.", path.display()),
                origin,
            ));
        }
        if is_directory {
            return Err(usage(
                format!(
                    "Config file '{}' is a directory. Check your '-c/--config-file' option.",
                    path.display()
                ),
                origin,
            ));
        }
        if is_file && is_device(&path) {
            // A path such as /dev/null asks for no configuration and says nothing about the root.
            let ancestor = common_ancestor(fs, request.cwd, directories);
            let rootdir = if ancestor.parent().is_none() { request.cwd.to_path_buf() } else { ancestor };
            return Ok(Setup { rootdir, inipath: Some(path), settings: Vec::new(), ignored: Vec::new() });
        }
        if !file::is_supported(&path) {
            return Err(usage(
                format!(
                    "Config file '{}' has an unsupported format. Supported extensions are: .cfg, .ini, .toml.",
                    path.display()
                ),
                origin,
            ));
        }
    }
    let settings = load(fs, &path, version)
        .map_err(|refusal| match refusal.mistake {
            Mistake::MissingFile => Refusal { origin: origin.clone(), ..refusal },
            _ => refusal,
        })?
        .unwrap_or_default();
    let rootdir = path.parent().unwrap_or(&path).to_path_buf();
    Ok(Setup { rootdir, inipath: Some(path), settings, ignored: Vec::new() })
}

fn from_ancestor(
    fs: &FileSystem,
    version: PytestVersion,
    request: &Request<'_>,
    directories: &[PathBuf],
) -> Result<Setup, Refusal> {
    let ancestor = common_ancestor(fs, request.cwd, directories);
    let found = |(base, path, settings, ignored): Located| Setup {
        rootdir: base,
        inipath: Some(path),
        settings,
        ignored,
    };
    if let Some(located) = locate(fs, version, std::slice::from_ref(&ancestor))? {
        return Ok(found(located));
    }
    let bare = |rootdir: PathBuf| Setup { rootdir, inipath: None, settings: Vec::new(), ignored: Vec::new() };
    if request.rootdir.is_some() {
        return Ok(bare(ancestor));
    }
    if let Some(base) = ancestor.ancestors().find(|base| fs.is_file(&base.join("setup.py"))) {
        return Ok(bare(base.to_path_buf()));
    }
    if directories != [ancestor.clone()] {
        let start = [request.cwd.to_path_buf()];
        let starts = if directories.is_empty() { &start } else { directories };
        if let Some(located) = locate(fs, version, starts)? {
            return Ok(found((located.0, located.1, located.2, Vec::new())));
        }
    }
    let rootdir = common_ancestor(fs, request.cwd, &[request.cwd.to_path_buf(), ancestor.clone()]);
    Ok(bare(if rootdir.parent().is_none() { ancestor } else { rootdir }))
}

/// The first configuration in the directories from each of `starts` upwards.
fn locate(fs: &FileSystem, version: PytestVersion, starts: &[PathBuf]) -> Result<Option<Located>, Refusal> {
    let names = file::names(version);
    let mut pyproject = None;
    for start in starts {
        for base in start.ancestors() {
            for (index, name) in names.iter().enumerate() {
                let path = base.join(name);
                if !fs.is_file(&path) {
                    continue;
                }
                if *name == "pyproject.toml" && pyproject.is_none() {
                    pyproject = Some(path.clone());
                }
                let Some(settings) = load(fs, &path, version)? else { continue };
                let mut ignored = Vec::new();
                if version.at_least(9, 0) {
                    // The files that lose are read as well, and may be refused.
                    for &loser in names.get(index + 1..).unwrap_or_default() {
                        let path = base.join(loser);
                        if fs.is_file(&path) && load(fs, &path, version)?.is_some() {
                            ignored.push(loser);
                        }
                    }
                }
                return Ok(Some((base.to_path_buf(), path, settings, ignored)));
            }
        }
    }
    // Since 8.1 a pyproject.toml without a table for pytest still says where the root is.
    let fallback = pyproject.filter(|_| version.at_least(8, 1));
    Ok(fallback.map(|path| {
        let base = path.parent().unwrap_or(&path).to_path_buf();
        (base, path, Vec::new(), Vec::new())
    }))
}

/// The directories that the arguments name or lie in.
fn directories_of(fs: &FileSystem, request: &Request<'_>) -> Vec<PathBuf> {
    let mut directories = Vec::new();
    for arg in request.args.iter().filter(|arg| !arg.starts_with('-')) {
        let path = absolute(request.cwd, arg.split("::").next().unwrap_or(arg));
        if is_directory(fs, &path) {
            directories.push(path);
        } else if fs.is_file(&path) {
            directories.push(path.parent().unwrap_or(&path).to_path_buf());
        }
    }
    directories
}

/// `get_common_ancestor`.
fn common_ancestor(fs: &FileSystem, cwd: &Path, paths: &[PathBuf]) -> PathBuf {
    let mut common: Option<PathBuf> = None;
    for path in paths.iter().filter(|path| is_directory(fs, path) || fs.is_file(path)) {
        common = Some(match common {
            None => path.clone(),
            Some(known) if path.starts_with(&known) => known,
            Some(known) if known.starts_with(path) => path.clone(),
            Some(known) => shared(&known, path).unwrap_or(known),
        });
    }
    match common {
        None => cwd.to_path_buf(),
        Some(path) if fs.is_file(&path) => path.parent().unwrap_or(&path).to_path_buf(),
        Some(path) => path,
    }
}

/// `os.path.commonpath`; `None` on different drives.
fn shared(one: &Path, other: &Path) -> Option<PathBuf> {
    let parts = one.components().zip(other.components()).take_while(|(a, b)| a == b).map(|(part, _)| part);
    let path: PathBuf = parts.collect();
    path.is_absolute().then_some(path)
}

/// Whether there is a directory; the root of the file system is one.
pub(super) fn is_directory(fs: &FileSystem, path: &Path) -> bool {
    path.parent().is_none() || fs.is_dir(path)
}

/// Whether the path is neither a regular file nor a directory, such as `/dev/null`.
fn is_device(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}

fn usage(message: String, origin: &Origin) -> Refusal {
    Refusal::usage(Mistake::MissingFile, message, Phase::Startup, origin.clone())
}
