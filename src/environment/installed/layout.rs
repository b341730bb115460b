//! Where an environment keeps what is installed into it, found as `site.py` does.

use std::path::{Path, PathBuf};

use crate::environment::PythonVersion;
use crate::fs::FileSystem;

/// Why an environment cannot be read. All are the user's to mend: another `--python`.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    #[error("`{}` does not exist", .0.display())]
    Missing(PathBuf),
    #[error("`{}` is a pyenv shim: give the interpreter that `pyenv which python` prints", .0.display())]
    Shim(PathBuf),
    #[error("`{}` is neither a Python interpreter nor an environment's folder", .0.display())]
    NotAnEnvironment(PathBuf),
    #[error("no Python version is written down in `{}`", .0.display())]
    NoVersion(PathBuf),
}

/// An environment's folders.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) python: PythonVersion,
    /// `t` of a free-threaded build.
    pub(super) threads: bool,
    /// `sys.prefix`.
    pub(super) prefix: PathBuf,
    /// The folders whose `.pth` files count, in `sys.path` order.
    pub(super) site: Vec<PathBuf>,
}

impl Layout {
    pub(super) fn find(fs: &FileSystem, python: &Path) -> Result<Self, EnvironmentError> {
        let python = std::path::absolute(python).unwrap_or_else(|_| python.to_path_buf());
        if fs.is_dir(&python) {
            return Self::of_folder(fs, &python, None)
                .ok_or_else(|| EnvironmentError::NotAnEnvironment(python.clone()))?;
        }
        if !fs.is_file(&python) {
            return Err(EnvironmentError::Missing(python));
        }
        if python.components().any(|part| part.as_os_str() == "shims") && is_script(fs, &python) {
            return Err(EnvironmentError::Shim(python));
        }
        // An environment's interpreter is often a link to that of its base: first where it lies,
        // then where it leads.
        let places = [python.clone(), fs.real_path(&python)];
        for place in &places {
            for folder in prefixes(place) {
                let is_link_away = *place == python && places[0] != places[1];
                if is_link_away && !fs.is_file(&folder.join("pyvenv.cfg")) {
                    continue;
                }
                if let Some(layout) = Self::of_folder(fs, &folder, Some(place)) {
                    return layout;
                }
            }
        }
        // `/usr/bin/python3` and the like: the link is beside what it leads to.
        for folder in prefixes(&python) {
            if let Some(layout) = Self::of_folder(fs, &folder, Some(&places[1])) {
                return layout;
            }
        }
        Err(EnvironmentError::NotAnEnvironment(python))
    }

    fn of_folder(
        fs: &FileSystem,
        prefix: &Path,
        interpreter: Option<&Path>,
    ) -> Option<Result<Self, EnvironmentError>> {
        let config = PyvenvConfig::read(fs, prefix);
        let libraries = Libraries::of(fs, prefix);
        if config.is_none() && libraries.is_empty() {
            return None;
        }
        let stated = config.as_ref().and_then(|config| config.version);
        let named = interpreter.and_then(version_in_name);
        let library = libraries.choose(stated.or(named));
        let Some(python) = stated.or(library.map(|library| library.0)).or(named) else {
            return Some(Err(EnvironmentError::NoVersion(prefix.to_path_buf())));
        };
        let threads = library.is_some_and(|library| library.1);
        let mut site = Vec::new();
        if let Some(config) = config {
            push_site(fs, prefix, python, threads, &mut site);
            if let Some(base) = config.base.filter(|_| config.system_site) {
                push_user_site(fs, python, &mut site);
                push_site(fs, &base, python, threads, &mut site);
            }
        } else {
            push_user_site(fs, python, &mut site);
            push_site(fs, prefix, python, threads, &mut site);
        }
        Some(Ok(Self { python, threads, prefix: prefix.to_path_buf(), site }))
    }
}

/// The folders that may be the prefix of an interpreter: `bin/python`, `Scripts/python.exe`, and
/// `python.exe` of a base installation for Windows.
fn prefixes(interpreter: &Path) -> Vec<PathBuf> {
    let Some(folder) = interpreter.parent() else { return Vec::new() };
    let in_bin = folder
        .file_name()
        .is_some_and(|name| name == "bin" || name == "sbin" || name.eq_ignore_ascii_case("scripts"));
    match folder.parent() {
        Some(prefix) if in_bin => vec![prefix.to_path_buf()],
        _ => vec![folder.to_path_buf()],
    }
}

fn is_script(fs: &FileSystem, path: &Path) -> bool {
    fs.read(path).is_ok_and(|bytes| bytes.starts_with(b"#!"))
}

/// `3.11` in `python3.11`.
fn version_in_name(interpreter: &Path) -> Option<PythonVersion> {
    let name = interpreter.file_name()?.to_str()?;
    let digits = name.strip_prefix("python")?.trim_end_matches(".exe").trim_end_matches('t');
    if digits.contains('.') { digits.parse().ok() } else { None }
}

/// What `pyvenv.cfg` says.
struct PyvenvConfig {
    version: Option<PythonVersion>,
    system_site: bool,
    base: Option<PathBuf>,
}

impl PyvenvConfig {
    fn read(fs: &FileSystem, prefix: &Path) -> Option<Self> {
        let bytes = fs.read(&prefix.join("pyvenv.cfg")).ok()?;
        let mut config = Self { version: None, system_site: false, base: None };
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "version" | "version_info" => config.version = value.parse().ok().or(config.version),
                "include-system-site-packages" => config.system_site = value.eq_ignore_ascii_case("true"),
                "home" => config.base = base_of(fs, Path::new(value)),
                _ => {}
            }
        }
        Some(config)
    }
}

/// The prefix of the installation whose interpreter lies in `home`.
fn base_of(fs: &FileSystem, home: &Path) -> Option<PathBuf> {
    if fs.is_dir(&home.join("Lib")) {
        return Some(home.to_path_buf());
    }
    let real = fs.real_path(&home.join("python3"));
    let beside = home.parent().map(Path::to_path_buf);
    let behind = real.parent().and_then(Path::parent).map(Path::to_path_buf);
    [beside, behind].into_iter().flatten().find(|prefix| !Libraries::of(fs, prefix).is_empty())
}

/// The versions for which a prefix has a `lib/pythonX.Y`, with `t` for free-threaded ones.
struct Libraries(Vec<(PythonVersion, bool)>);

impl Libraries {
    fn of(fs: &FileSystem, prefix: &Path) -> Self {
        let mut found = Vec::new();
        for lib in ["lib", "lib64"] {
            let Some(listing) = fs.list(&prefix.join(lib)) else { continue };
            for name in listing.keys().filter_map(|name| name.to_str()) {
                let Some(rest) = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy")) else {
                    continue;
                };
                let threads = rest.ends_with('t');
                let version = rest.trim_end_matches('t');
                if let (true, Ok(version)) = (version.contains('.'), version.parse()) {
                    found.push((version, threads));
                }
            }
        }
        if fs.is_dir(&prefix.join("Lib")) {
            // NOTE: Windows writes the version into the name of `python311.dll`.
            let listing = fs.list(prefix);
            let names = listing.iter().flat_map(|listing| listing.keys()).filter_map(|name| name.to_str());
            for name in names {
                let digits = name.strip_prefix("python3").and_then(|rest| rest.strip_suffix(".dll"));
                if let Some(minor) = digits.and_then(|digits| digits.parse().ok()) {
                    found.push((PythonVersion::new(3, minor), false));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wanted version, else the newest.
    fn choose(&self, wanted: Option<PythonVersion>) -> Option<(PythonVersion, bool)> {
        match wanted {
            Some(wanted) => self.0.iter().find(|(version, _)| *version == wanted).copied(),
            None => self.0.last().copied(),
        }
    }
}

/// The folders of `site.getsitepackages()` that exist; Debian's are beside the usual ones.
fn push_site(fs: &FileSystem, prefix: &Path, python: PythonVersion, threads: bool, site: &mut Vec<PathBuf>) {
    let suffix = if threads { "t" } else { "" };
    let versioned = format!("python{python}{suffix}");
    let pypy = format!("pypy{python}");
    let posix = [
        prefix.join("local/lib").join(&versioned).join("dist-packages"),
        prefix.join("lib64").join(&versioned).join("site-packages"),
        prefix.join("lib").join(&versioned).join("site-packages"),
        prefix.join("lib").join(pypy).join("site-packages"),
        prefix.join("lib/python3/dist-packages"),
        prefix.join("lib").join(&versioned).join("dist-packages"),
    ];
    let before = site.len();
    for folder in posix {
        push_folder(fs, folder, site);
    }
    if site.len() == before {
        let windows = prefix.join("Lib").join("site-packages");
        if fs.is_dir(&windows) {
            push_folder(fs, prefix.to_path_buf(), site);
            push_folder(fs, windows, site);
        }
    }
}

fn push_user_site(fs: &FileSystem, python: PythonVersion, site: &mut Vec<PathBuf>) {
    if std::env::var_os("PYTHONNOUSERSITE").is_some_and(|value| !value.is_empty()) {
        return;
    }
    let base = std::env::var_os("PYTHONUSERBASE")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".local")));
    if let Some(base) = base {
        push_folder(fs, base.join(format!("lib/python{python}/site-packages")), site);
    }
}

/// A folder once, even if a second name (`lib64`) leads to it.
fn push_folder(fs: &FileSystem, folder: PathBuf, site: &mut Vec<PathBuf>) {
    if fs.is_dir(&folder) && !site.iter().any(|known| fs.real_path(known) == fs.real_path(&folder)) {
        site.push(folder);
    }
}
