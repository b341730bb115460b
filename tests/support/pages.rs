//! Reads the pages of the rules: `rules/CLxxx.md`. CONTRIBUTING.md states the grammar.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

/// The sections of every page, in their order.
const SECTIONS: [&str; 5] = ["What pytest does", "Bad", "Good", "Fix", "When to ignore"];

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) examples: Vec<Example>,
}

/// What the section that an example stands in says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Bad,
    Good,
    Fix,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Fix => "fix",
        })
    }
}

/// A small project, with what the two judges say about it.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) kind: Kind,
    /// The line of the page where it begins.
    pub(crate) line: usize,
    pub(crate) files: Vec<File>,
    /// The attributes of its first block.
    pub(crate) attributes: Attributes,
    /// What collectlint finds.
    pub(crate) findings: Vec<Finding>,
    /// What the files are after a repair, for each way to repair it.
    pub(crate) repairs: Vec<Repair>,
}

impl Example {
    /// What a test of it is called.
    pub(crate) fn title(&self, page: &Page) -> String {
        format!("{} {} {} on line {}", page.code, page.name, self.kind, self.line)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    /// Without the markers.
    pub(crate) text: String,
    pub(crate) attributes: Attributes,
}

/// `# error: [CL001]` at the end of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) severity: String,
    pub(crate) code: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: [{}]", self.path, self.line, self.severity, self.code)
    }
}

/// The `fixed` blocks after an example that are made with the same options.
#[derive(Debug)]
pub(crate) struct Repair {
    pub(crate) is_unsafe: bool,
    pub(crate) style: Option<String>,
    pub(crate) files: Vec<File>,
    /// The attributes of its first block.
    pub(crate) attributes: Attributes,
}

/// What follows the language on a fence: `title="tests/test_x.py" absent="playwright" exit=3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// The names that mean something; any other is a mistake.
    const KNOWN: [&str; 21] = [
        "title",
        "absent",
        "installed",
        "pytest",
        "python",
        "platform",
        "options",
        "exit",
        "present",
        "exception",
        "says",
        "tests",
        "run",
        "hangs",
        "also",
        "fixed",
        "style",
        "encoding",
        "git",
        "untracked",
        "gitlink",
    ];

    /// Whether they say something about a whole example, not about one file of it.
    fn begin_an_example(&self) -> bool {
        self.0.keys().any(|name| !["title", "encoding", "untracked"].contains(&name.as_str()))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut attributes = BTreeMap::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let end = rest.find(|character: char| character == '=' || character.is_whitespace());
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            let (value, after) = match after.strip_prefix('=') {
                None => ("", after),
                Some(quoted) if quoted.starts_with('"') => quoted[1..]
                    .split_once('"')
                    .with_context(|| format!("`{name}` lacks its closing quote"))?,
                Some(bare) => bare.split_at(bare.find(char::is_whitespace).unwrap_or(bare.len())),
            };
            ensure!(Self::KNOWN.contains(&name), "there is no attribute `{name}`");
            ensure!(
                attributes.insert(name.to_owned(), value.to_owned()).is_none(),
                "`{name}` is there twice"
            );
            rest = after.trim_start();
        }
        Ok(Self(attributes))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<i32>> {
        self.get(name)
            .map(|value| value.parse().with_context(|| format!("`{name}={value}` is not a number")))
            .transpose()
    }

    /// `a, b` → `a` and `b`.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let names = self.get(name).unwrap_or_default().split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// All pages of the folder, by name of file; `README.md` is none.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<Page>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<Page> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path)?;
    let page = parse(&text).with_context(|| format!("in {}", path.display()))?;
    ensure!(page.code == name, "{} is the page of {}", path.display(), page.code);
    Ok(page)
}

/// A fenced block of the page.
struct Block<'a> {
    line: usize,
    section: Option<Kind>,
    /// How many headings and blocks went before, so that one can tell which examples are apart.
    heading: usize,
    language: &'a str,
    attributes: Attributes,
    body: String,
}

impl Block<'_> {
    /// Whether it is a file of an example; other blocks show what pytest prints, or commands.
    fn is_file(&self) -> bool {
        self.language == "python" || self.attributes.has("title")
    }
}

pub(crate) fn parse(text: &str) -> Result<Page> {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    let (name, code) = title
        .strip_prefix("# ")
        .and_then(|title| title.strip_suffix(')'))
        .and_then(|title| title.split_once(" ("))
        .with_context(|| format!("the first line is `# rule-name (CL001)`, not `{title}`"))?;
    let blocks = blocks(text)?;
    let mut examples: Vec<Example> = Vec::new();
    let mut last_heading = 0;
    for block in blocks.into_iter().filter(Block::is_file) {
        let line = block.line;
        add(&mut examples, block, &mut last_heading)
            .with_context(|| format!("in the block at line {line}"))?;
    }
    for example in &examples {
        check(example).with_context(|| format!("in the example at line {}", example.line))?;
    }
    ensure!(examples.iter().any(|example| example.kind == Kind::Bad), "it has no bad example");
    ensure!(examples.iter().any(|example| example.kind == Kind::Good), "it has no good example");
    Ok(Page { code: code.to_owned(), name: name.to_owned(), examples })
}

/// The fenced blocks with the sections that they stand in.
fn blocks(text: &str) -> Result<Vec<Block<'_>>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open: Option<(&str, Block<'_>)> = None;
    let mut sections = SECTIONS.iter();
    let mut section = None;
    let mut heading = 0;
    for (index, line) in text.lines().enumerate() {
        if let Some((fence, block)) = &mut open {
            if line.trim_end() == *fence {
                blocks.extend(open.take().map(|(_, block)| block));
            } else {
                block.body.push_str(line);
                block.body.push('\n');
            }
        } else if line.starts_with("```") {
            let info = line.trim_start_matches('`');
            let (language, attributes) = info.split_once(' ').unwrap_or((info, ""));
            let attributes =
                Attributes::parse(attributes).with_context(|| format!("on line {}", index + 1))?;
            let body = String::new();
            let block = Block { line: index + 1, section, heading, language, attributes, body };
            open = Some((&line[..line.len() - info.len()], block));
        } else if let Some(title) = line.strip_prefix("## ") {
            let expected = sections.next().copied();
            ensure!(expected == Some(title), "`## {title}` stands where {expected:?} is expected");
            section = match title {
                "Bad" => Some(Kind::Bad),
                "Good" => Some(Kind::Good),
                "Fix" => Some(Kind::Fix),
                _ => None,
            };
            heading += 1;
        } else if line.starts_with("### ") {
            heading += 1;
        }
    }
    ensure!(open.is_none(), "the last fence is not closed");
    if let Some(missing) = sections.next() {
        bail!("the section `## {missing}` is missing");
    }
    Ok(blocks)
}

/// Adds the block to the last example, or begins the next with it.
fn add(examples: &mut Vec<Example>, block: Block<'_>, last_heading: &mut usize) -> Result<()> {
    let Some(kind) = block.section else { bail!("an example stands under Bad, Good or Fix") };
    let path = match block.attributes.get("title") {
        Some(title) => title.to_owned(),
        None => "test_example.py".to_owned(),
    };
    ensure!(!path.starts_with('/') && !path.contains(".."), "`{path}` leaves the example's folder");
    if block.attributes.has("fixed") {
        let file = File { path, text: block.body, attributes: block.attributes };
        let Some(example) = examples.last_mut() else { bail!("a fixed block follows an example") };
        return add_fixed(example, file);
    }
    let (text, findings) = unmarked(&path, &block.body)?;
    let file = File { path, text, attributes: block.attributes };
    let continues = *last_heading == block.heading
        && !file.attributes.begin_an_example()
        && examples.last().is_some_and(|example| {
            example.repairs.is_empty() && example.files.iter().all(|known| known.path != file.path)
        });
    *last_heading = block.heading;
    match examples.last_mut() {
        Some(example) if continues => {
            example.findings.extend(findings);
            example.files.push(file);
        }
        Some(_) | None => examples.push(Example {
            kind,
            line: block.line,
            attributes: file.attributes.clone(),
            files: vec![file],
            findings,
            repairs: Vec::new(),
        }),
    }
    Ok(())
}

fn add_fixed(example: &mut Example, file: File) -> Result<()> {
    let is_unsafe = match file.attributes.get("fixed") {
        Some("unsafe") => true,
        Some("") => false,
        other => bail!("`fixed` is alone or `fixed=unsafe`, not {other:?}"),
    };
    let style = file.attributes.get("style").map(str::to_owned);
    let known =
        example.repairs.iter_mut().find(|repair| repair.is_unsafe == is_unsafe && repair.style == style);
    match known {
        Some(repair) => {
            ensure!(
                repair.files.iter().all(|known| known.path != file.path),
                "`{}` is fixed twice in the same way",
                file.path
            );
            repair.files.push(file);
        }
        None => {
            let attributes = file.attributes.clone();
            example.repairs.push(Repair { is_unsafe, style, files: vec![file], attributes });
        }
    }
    Ok(())
}

/// The text without its markers, and the findings that they announce.
fn unmarked(path: &str, text: &str) -> Result<(String, Vec<Finding>)> {
    let mut plain = String::new();
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let marker = ["error", "warning", "info"]
            .into_iter()
            .filter_map(|severity| Some((line.rfind(&format!("# {severity}: ["))?, severity)))
            .max();
        let kept = match marker {
            None => line,
            Some((start, severity)) => {
                let codes = line[start..]
                    .split_once('[')
                    .and_then(|(_, rest)| rest.trim_end().strip_suffix(']'))
                    .with_context(|| format!("a marker ends its line: `{line}`"))?;
                for code in codes.split(',') {
                    findings.push(Finding {
                        path: path.to_owned(),
                        line: u64::try_from(index)? + 1,
                        severity: severity.to_owned(),
                        code: code.trim().to_owned(),
                    });
                }
                line[..start].trim_end()
            }
        };
        plain.push_str(kept);
        plain.push('\n');
    }
    Ok((plain, findings))
}

/// What an example of its kind must say.
fn check(example: &Example) -> Result<()> {
    let announces = !example.findings.is_empty() || example.attributes.has("also");
    let repairs = example.repairs.iter().map(|repair| &repair.attributes);
    for attributes in repairs.chain([&example.attributes]) {
        for name in ["exit", "present", "tests"] {
            attributes.number(name)?;
        }
    }
    match example.kind {
        Kind::Bad => {
            ensure!(announces, "a bad example marks what is found: `# error: [CL001]`");
            ensure!(
                example.attributes.has("exit") || example.attributes.has("hangs"),
                "a bad example states pytest's exit code: `exit=3`"
            );
        }
        Kind::Good => ensure!(!announces, "a good example has no findings"),
        Kind::Fix => {
            ensure!(announces, "an example to be fixed marks what is found");
            ensure!(!example.repairs.is_empty(), "a `fixed` block follows an example under Fix");
        }
    }
    Ok(())
}
