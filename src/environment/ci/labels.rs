//! What the names of runners and container images say about system, machine and Python.

use crate::environment::interpreter::Interpreter;
use crate::environment::{Machine, Platform};

/// The system and machine of a hosted runner: `ubuntu-24.04-arm`, `macos-13`, `windows-latest`; of one's
/// own: `self-hosted`, `linux`, `arm64`.
pub(super) fn runner(labels: &[String]) -> (Option<Platform>, Option<Machine>) {
    let labels: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
    let any = |parts: &[&str]| labels.iter().any(|label| parts.iter().any(|part| label.contains(part)));
    let platform = if any(&["windows", "win-"]) {
        Some(Platform::Windows)
    } else if any(&["macos", "mac-"]) {
        Some(Platform::MacOs)
    } else if any(&["ubuntu", "linux", "debian"]) {
        Some(Platform::Linux)
    } else {
        None
    };
    let is_self_hosted = labels.iter().any(|label| label == "self-hosted");
    let machine = if any(&["arm", "aarch64"]) {
        Some(Machine::Aarch64)
    } else if any(&["x64", "x86_64", "amd64", "intel"]) {
        Some(Machine::X86_64)
    } else {
        match platform {
            Some(Platform::MacOs) => labels.iter().find_map(|label| mac(label)),
            Some(Platform::Linux | Platform::Windows) if !is_self_hosted => Some(Machine::X86_64),
            Some(Platform::Linux | Platform::Windows) | None => None,
        }
    };
    (platform, machine)
}

/// `macos-13` and older are Intel's, except where the label says so otherwise.
fn mac(label: &str) -> Option<Machine> {
    let version = label.split("macos-").nth(1)?;
    if version.ends_with("-large") {
        return Some(Machine::X86_64);
    }
    let number: String = version.chars().take_while(char::is_ascii_digit).collect();
    match number.parse::<u32>() {
        Ok(number) if number <= 13 && !version.ends_with("-xlarge") => Some(Machine::X86_64),
        Ok(_) => Some(Machine::Aarch64),
        Err(_) => version.starts_with("latest").then_some(Machine::Aarch64),
    }
}

/// The Python of a container image: `python:3.11-slim`, `ghcr.io/astral-sh/uv:python3.12-bookworm`.
pub(super) fn image(name: &str) -> Interpreter {
    let last = name.rsplit('/').next().unwrap_or(name);
    let Some((image, tag)) = last.split_once(':') else { return Interpreter::Unknown };
    match image {
        "python" | "pypy" => Interpreter::parse(&format!("{image}{}", version_of(tag))),
        _ if tag.starts_with("python3") => Interpreter::parse(version_of(tag)),
        _ => Interpreter::Unknown,
    }
}

/// `3.11-slim-bookworm` → `3.11`
fn version_of(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runners_have_system_and_machine() {
        let ask =
            |labels: &[&str]| runner(&labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>());
        let linux = Some(Platform::Linux);
        let mac = Some(Platform::MacOs);
        let windows = Some(Platform::Windows);
        let (intel, arm) = (Some(Machine::X86_64), Some(Machine::Aarch64));
        for (labels, expected) in [
            (&["ubuntu-latest"][..], (linux, intel)),
            (&["ubuntu-24.04-arm"], (linux, arm)),
            (&["macos-13"], (mac, intel)),
            (&["macos-14"], (mac, arm)),
            (&["macos-latest"], (mac, arm)),
            (&["macos-14-large"], (mac, intel)),
            (&["macos-15-intel"], (mac, intel)),
            (&["macos-13-xlarge"], (mac, arm)),
            (&["windows-2022"], (windows, intel)),
            (&["windows-11-arm"], (windows, arm)),
            (&["self-hosted", "Linux", "ARM64"], (linux, arm)),
            (&["self-hosted", "linux"], (linux, None)),
            (&["blacksmith-4vcpu-ubuntu-2204"], (linux, intel)),
            (&["my-machine"], (None, None)),
        ] {
            assert_eq!(ask(labels), expected, "{labels:?}");
        }
    }

    #[test]
    fn images_have_a_python() {
        assert_eq!(image("python:3.11-slim"), Interpreter::parse("3.11"));
        assert_eq!(image("docker.io/library/python:3.9"), Interpreter::parse("3.9"));
        assert_eq!(image("ghcr.io/astral-sh/uv:python3.12-bookworm-slim"), Interpreter::parse("3.12"));
        assert_eq!(image("pypy:3.10"), Interpreter::Other);
        assert_eq!(image("ubuntu:22.04"), Interpreter::Unknown);
        assert_eq!(image("python:latest"), Interpreter::Unknown);
    }
}
