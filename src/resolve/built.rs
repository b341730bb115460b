//! Modules that a build makes: they are not in the sources, and yet there where the tests run.

use std::path::Path;

use crate::fs::FileSystem;

/// Files that say how a project is built.
const BUILD_FILES: [&str; 6] =
    ["pyproject.toml", "setup.py", "setup.cfg", "meson.build", "CMakeLists.txt", "Cargo.toml"];

/// What such a file holds where machine code is built.
const NATIVE: [&str; 12] = [
    "maturin",
    "setuptools-rust",
    "setuptools_rust",
    "scikit-build",
    "scikit_build",
    "meson-python",
    "mesonpy",
    "ext_modules",
    "ext-modules",
    "cythonize",
    "cffi_modules",
    "mypycify",
];

/// Whether a build may put a module called `name` into the package in `directory`: the project that it
/// belongs to compiles extension modules, or its build files mention the file, as they do for
/// `_version.py`. Modules that `protoc` generates are recognised by their names.
pub(super) fn may_be_built(fs: &FileSystem, directory: &Path, name: &str) -> bool {
    if name.ends_with("_pb2") || name.ends_with("_pb2_grpc") {
        return true;
    }
    let file = format!("{name}.py");
    for ancestor in directory.ancestors() {
        let mut project = false;
        for build_file in BUILD_FILES {
            let path = ancestor.join(build_file);
            if !fs.is_file(&path) {
                continue;
            }
            if matches!(build_file, "meson.build" | "CMakeLists.txt") {
                return true;
            }
            project |= matches!(build_file, "pyproject.toml" | "setup.py" | "setup.cfg");
            let Ok(content) = fs.read(&path) else { continue };
            let text = String::from_utf8_lossy(&content);
            if build_file != "Cargo.toml" && text.contains(&file)
                || NATIVE.iter().any(|word| text.contains(word))
            {
                return true;
            }
        }
        if project {
            return false;
        }
    }
    false
}
