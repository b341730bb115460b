//! Operating system and machine, as Python names them.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    Linux,
    MacOs,
    Windows,
}

impl Platform {
    pub const ALL: [Self; 3] = [Self::Linux, Self::MacOs, Self::Windows];

    /// `sys.platform`.
    pub const fn sys_platform(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::MacOs => "darwin",
            Self::Windows => "win32",
        }
    }

    /// `os.name`.
    pub const fn os_name(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "posix",
            Self::Windows => "nt",
        }
    }

    /// `platform.system()`.
    pub const fn system(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::MacOs => "Darwin",
            Self::Windows => "Windows",
        }
    }

    /// The platform collectlint itself runs on; Linux where it is none of those it knows.
    pub const fn host() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linux => "linux",
            Self::MacOs => "macos",
            Self::Windows => "windows",
        })
    }
}

/// A text that names no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform: linux, macos (darwin) or windows (win32)")]
pub struct InvalidPlatform(String);

impl FromStr for Platform {
    type Err = InvalidPlatform;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "linux" | "Linux" => Ok(Self::Linux),
            "macos" | "darwin" | "Darwin" => Ok(Self::MacOs),
            "windows" | "win32" | "Windows" => Ok(Self::Windows),
            _ => Err(InvalidPlatform(text.to_owned())),
        }
    }
}

/// `platform.machine()`, in Linux's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    #[default]
    X86_64,
    Aarch64,
}

impl Machine {
    /// `platform.machine()` on `platform`.
    pub const fn name(self, platform: Platform) -> &'static str {
        match (self, platform) {
            (Self::X86_64, Platform::Windows) => "AMD64",
            (Self::X86_64, _) => "x86_64",
            (Self::Aarch64, Platform::Windows) => "ARM64",
            (Self::Aarch64, Platform::MacOs) => "arm64",
            (Self::Aarch64, Platform::Linux) => "aarch64",
        }
    }
}
