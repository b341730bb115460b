//! Commands that neither install nor test, and those that run another command.

use crate::environment::variables::Variables;

use super::shell::{Command, is_known};
use super::{At, Runner};

/// The command that a wrapper runs: `xvfb-run -a pytest`, `env X=1 pytest`, `timeout 10m pytest`.
pub(super) fn wrapped<'w>(name: &str, rest: &'w [String]) -> Option<&'w [String]> {
    let valued: &[&str] = match name {
        "sudo" => &["-u", "-g"],
        "xvfb-run" => &["-s", "-n", "-e", "-f", "-w", "-p", "--server-args", "--server-num"],
        "nice" | "ionice" => &["-n", "-c"],
        "timeout" | "gtimeout" => &["-k", "-s", "--kill-after", "--signal"],
        "stdbuf" => &["-o", "-e", "-i"],
        "mpirun" | "mpiexec" => &["-n", "-np", "-c", "--host", "--hostfile", "--mca"],
        "env" | "time" | "exec" | "command" | "winpty" | "dbus-run-session" | "catchsegv" | "ddtrace-run"
        | "nohup" | "arch" | "unbuffer" => &[],
        _ => return None,
    };
    let (_, mut inner) = super::arguments::skip_options(rest, valued);
    if name == "env" {
        let assignments = inner.iter().take_while(|word| word.contains('=')).count();
        inner = &inner[assignments..];
    }
    if matches!(name, "timeout" | "gtimeout") {
        inner = inner.get(1..).unwrap_or_default();
    }
    Some(inner)
}

/// `echo "NAME=value" >> "$GITHUB_ENV"`
pub(super) fn written_to_github_env(command: &Command) -> Option<(String, Option<String>)> {
    let output = command.output.as_deref()?;
    // The variable's value is a path that nobody knows.
    let may_be_it = output.contains("GITHUB_ENV") || !is_known(output);
    if !may_be_it || command.words.first()? != "echo" {
        return None;
    }
    let (name, value) = command.words.get(1)?.split_once('=')?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let value = (is_known(value) && command.certain && command.words.len() == 2).then(|| value.to_owned());
    is_name.then(|| (name.to_owned(), value))
}

/// Programs that install nothing that Python could import from a virtual environment.
const HARMLESS: [&str; 84] = [
    "[",
    "[[",
    "aws",
    "az",
    "awk",
    "apt",
    "apt-get",
    "apk",
    "bandit",
    "black",
    "brew",
    "cat",
    "chmod",
    "choco",
    "chown",
    "clear",
    "cmake",
    "codecov",
    "coveralls",
    "cp",
    "curl",
    "cut",
    "date",
    "deactivate",
    "df",
    "diff",
    "dnf",
    "docker",
    "docker-compose",
    "dpkg",
    "echo",
    "false",
    "find",
    "flake8",
    "free",
    "gcc",
    "gh",
    "git",
    "gpg",
    "grep",
    "gzip",
    "head",
    "hostname",
    "id",
    "isort",
    "jq",
    "kill",
    "ln",
    "locale-gen",
    "ls",
    "mkdir",
    "mv",
    "mypy",
    "node",
    "npm",
    "npx",
    "nproc",
    "openssl",
    "pnpm",
    "printenv",
    "printf",
    "ps",
    "psql",
    "pwd",
    "pyright",
    "rm",
    "ruff",
    "sed",
    "set",
    "shopt",
    "sleep",
    "sort",
    "tail",
    "tar",
    "tee",
    "test",
    "touch",
    "true",
    "uname",
    "unzip",
    "wget",
    "which",
    "yarn",
    "zip",
];
const ALSO_HARMLESS: [&str; 27] = [
    "Get-ChildItem",
    "New-Item",
    "Remove-Item",
    "Set-Location",
    "Write-Host",
    "Write-Output",
    "Start-Sleep",
    "activate",
    "activate.ps1",
    "Activate.ps1",
    "cargo",
    "dir",
    "exit",
    "export",
    "go",
    "mysql",
    "playwright",
    "pre-commit",
    "pylint",
    "redis-server",
    "rustup",
    "systemctl",
    "trap",
    "twine",
    "ulimit",
    "unset",
    "virtualenv",
];

/// A command that is none of the known tools.
pub(super) fn run_other(runner: &mut Runner<'_>, name: &str, rest: &[String], at: At<'_>) {
    match name {
        "cd" | "Set-Location" | "pushd" => {
            let target = rest.iter().find(|word| !word.starts_with('-'));
            match target.and_then(|target| runner.path(target)) {
                Some(directory) => runner.state.directory = directory,
                None => runner.lose_track(),
            }
        }
        "export" | "set" | "declare" => set_variables(&mut runner.state.variables, rest, at.certain),
        "unset" => {
            for name in rest {
                runner.state.variables.remove(name);
            }
        }
        _ if HARMLESS.contains(&name) || ALSO_HARMLESS.contains(&name) => {}
        // `$env:NAME = "value"` of PowerShell, or `$VERSION = …`: the name is gone, it was no command.
        _ if rest.first().is_some_and(|word| word == "=") => {}
        _ => runner.lose_track(),
    }
}

fn set_variables(variables: &mut Variables, words: &[String], certain: bool) {
    for (name, value) in words.iter().filter_map(|word| word.split_once('=')) {
        let value = (is_known(value) && certain).then(|| value.to_owned());
        variables.insert(name.to_owned(), value);
    }
}
