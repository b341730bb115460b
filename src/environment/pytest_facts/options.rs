//! Options of the command line and of the configuration file.

/// How many arguments follow an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    One,
    AtMostOne,
    Any,
    AtLeastOne,
    Exactly(u8),
}

impl Takes {
    pub(in crate::environment) fn read(field: &str) -> Self {
        match field {
            "0" => Self::Nothing,
            "1" => Self::One,
            "?" => Self::AtMostOne,
            "*" | "..." | "A..." => Self::Any,
            "+" => Self::AtLeastOne,
            field => field.parse().map_or(Self::Any, Self::Exactly),
        }
    }
}

/// One option of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLineOption {
    /// `-k`, `--import-mode`: all spellings.
    pub names: Vec<&'static str>,
    pub dest: &'static str,
    pub takes: Takes,
    /// Empty where any value will do.
    pub choices: Vec<&'static str>,
    /// argparse's action: `Store`, `StoreTrue`, `Append`, `Count`, `Help`, or pytest's own.
    pub action: &'static str,
}

impl CommandLineOption {
    /// `ACTION NARGS DEST NAMES CHOICES`
    pub(in crate::environment) fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split(' ');
        let action = fields.next()?;
        let takes = Takes::read(fields.next()?);
        let dest = fields.next()?;
        let names = fields.next()?.split(',').collect();
        let choices =
            fields.next().filter(|choices| *choices != "-").into_iter().flat_map(|list| list.split(','));
        Some(Self { names, dest, takes, choices: choices.collect(), action })
    }
}

/// One option of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IniOption {
    pub name: &'static str,
    /// `string`, `args`, `linelist`, `pathlist`, `paths`, `bool`, `int`, `float`.
    pub kind: &'static str,
    /// As Python writes it, where it is plain.
    pub default: Option<&'static str>,
}

impl IniOption {
    /// `TYPE NAME DEFAULT`
    pub(in crate::environment) fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(3, ' ');
        let (kind, name) = (fields.next()?, fields.next()?);
        Some(Self { name, kind, default: fields.next().filter(|default| *default != "-") })
    }
}
