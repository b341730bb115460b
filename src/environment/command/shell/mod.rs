//! Shell scripts as lists of simple commands.
//!
//! Enough of `sh`, PowerShell and `cmd` for what people write in workflows: quotes, operators, line
//! continuations, comments, variables, here-documents. What a script computes is [`UNKNOWN`] in a word;
//! what runs only sometimes is not `certain`.

use std::iter::Peekable;
use std::str::CharIndices;

use crate::environment::variables::Variables;

/// Stands in a word for text that is not known.
pub const UNKNOWN: char = '\u{fffc}';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Posix,
    PowerShell,
    Cmd,
}

/// One simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// `KEY=value` before the command.
    pub assignments: Vec<(String, String)>,
    pub words: Vec<String>,
    /// Where its output goes: `>> "$GITHUB_ENV"`.
    pub output: Option<String>,
    /// The 0-based line of the script.
    pub line: u32,
    /// Whether it runs whenever the script does, if nothing fails.
    pub certain: bool,
}

/// Whether a word is known as a whole.
pub fn is_known(word: &str) -> bool {
    !word.contains(UNKNOWN)
}

/// The commands of a script, in their order. Variables that the script sets are followed.
pub fn commands(script: &str, shell: Shell, variables: &Variables) -> Vec<Command> {
    let mut reader = Reader {
        chars: script.char_indices().peekable(),
        script,
        shell,
        variables: variables.clone(),
        line: 0,
        depth: 0,
        after_or: false,
        heredocs: Vec::new(),
        current: Command::default(),
        commands: Vec::new(),
    };
    reader.read();
    reader.commands
}

struct Reader<'s> {
    chars: Peekable<CharIndices<'s>>,
    script: &'s str,
    shell: Shell,
    variables: Variables,
    line: u32,
    /// How many `if`, `for`, `while`, `case` and functions are open.
    depth: usize,
    after_or: bool,
    /// Ends of here-documents that begin at the next line.
    heredocs: Vec<String>,
    current: Command,
    commands: Vec<Command>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(&(at, c)) = self.chars.peek() {
            match c {
                '\n' => {
                    self.chars.next();
                    self.end_command();
                    self.after_or = false;
                    self.line += 1;
                    self.skip_heredocs();
                }
                ' ' | '\t' | '\r' => {
                    self.chars.next();
                }
                '#' if self.shell != Shell::Cmd => self.skip_line(),
                ';' => {
                    self.chars.next();
                    self.end_command();
                    self.after_or = false;
                }
                '&' | '|' => self.operator(c),
                '(' | ')' => {
                    self.chars.next();
                    self.end_command();
                }
                '<' | '>' => self.redirection(),
                _ if self.continuation() => {}
                _ => {
                    self.word();
                    // What cannot begin a word is left behind.
                    self.chars.next_if(|&(next, _)| next == at);
                }
            }
        }
        self.end_command();
    }

    /// `&&`, `||`, `|`, `&`
    fn operator(&mut self, c: char) {
        self.chars.next();
        let is_double = self.chars.next_if(|&(_, next)| next == c).is_some();
        if !is_double && c == '&' && self.chars.peek().is_some_and(|&(_, next)| next == '>') {
            return;
        }
        self.end_command();
        if is_double {
            self.after_or = c == '|';
        }
    }

    fn skip_line(&mut self) {
        while self.chars.next_if(|&(_, c)| c != '\n').is_some() {}
    }

    fn skip_heredocs(&mut self) {
        for end in std::mem::take(&mut self.heredocs) {
            loop {
                let Some(&(start, _)) = self.chars.peek() else { return };
                let text = self.script[start..].lines().next().unwrap_or_default().trim().to_owned();
                self.skip_line();
                if self.chars.next().is_some() {
                    self.line += 1;
                }
                if text == end {
                    break;
                }
            }
        }
    }

    /// `> file`, `2>&1`, `<<EOF`
    fn redirection(&mut self) {
        let Some((_, first)) = self.chars.next() else { return };
        // A number before it is the stream: `2>`.
        if first == '>' && self.current.words.last().is_some_and(|word| word == "2" || word == "1") {
            self.current.words.pop();
        }
        let is_double = self.chars.next_if(|&(_, c)| c == first).is_some();
        if first == '<' && is_double {
            self.chars.next_if(|&(_, c)| c == '-');
        }
        self.chars.next_if(|&(_, c)| c == '&' || c == '|');
        while self.chars.next_if(|&(_, c)| c == ' ').is_some() {}
        let words = self.current.words.len();
        self.word();
        if self.current.words.len() > words
            && let Some(target) = self.current.words.pop()
        {
            match (first, is_double) {
                ('<', true) => self.heredocs.push(target),
                ('<', false) => {}
                _ => self.current.output = Some(target),
            }
        }
    }

    /// A line end that does not end the command.
    fn continuation(&mut self) -> bool {
        let mark = match self.shell {
            Shell::Posix => '\\',
            Shell::PowerShell => '`',
            Shell::Cmd => '^',
        };
        let Some(&(at, c)) = self.chars.peek() else { return false };
        let rest = &self.script[at + c.len_utf8()..];
        if c != mark || !(rest.starts_with('\n') || rest.starts_with("\r\n")) {
            return false;
        }
        while self.chars.next().is_some_and(|(_, c)| c != '\n') {}
        self.line += 1;
        true
    }

    fn word(&mut self) {
        let mut word = String::new();
        let mut quoted = false;
        while let Some(&(at, c)) = self.chars.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '<' | '>' | '(' | ')' => break,
                '&' => break,
                _ if self.continuation() => {}
                '\'' if self.shell != Shell::Cmd => {
                    quoted = true;
                    self.chars.next();
                    self.until_quote(&mut word);
                }
                '"' => {
                    quoted = true;
                    self.chars.next();
                    self.until_double_quote(&mut word);
                }
                '\\' if self.shell == Shell::Posix => {
                    self.chars.next();
                    word.extend(self.chars.next().map(|(_, c)| c));
                }
                '`' if self.shell == Shell::Posix => {
                    self.chars.next();
                    while self.chars.next().is_some_and(|(_, c)| c != '`') {}
                    word.push(UNKNOWN);
                }
                '$' if self.shell != Shell::Cmd => {
                    self.chars.next();
                    self.variable(&mut word);
                }
                '%' if self.shell == Shell::Cmd => {
                    self.chars.next();
                    let rest = &self.script[at + 1..];
                    let name: String =
                        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    for _ in 0..=name.len() {
                        self.chars.next();
                    }
                    self.expand(&name, &mut word);
                }
                _ => {
                    self.chars.next();
                    word.push(c);
                }
            }
        }
        if word.is_empty() && !quoted {
            return;
        }
        self.push(word, quoted);
    }

    fn until_quote(&mut self, word: &mut String) {
        for (_, c) in self.chars.by_ref() {
            match c {
                '\'' => return,
                '\n' => self.line += 1,
                _ => {}
            }
            word.push(c);
        }
    }

    fn until_double_quote(&mut self, word: &mut String) {
        while let Some((_, c)) = self.chars.next() {
            match c {
                '"' => return,
                '\\' if self.shell == Shell::Posix => {
                    if let Some((_, next)) = self.chars.next() {
                        if !matches!(next, '"' | '\\' | '$' | '`' | '\n') {
                            word.push(c);
                        }
                        if next != '\n' {
                            word.push(next);
                        }
                    }
                }
                '$' if self.shell != Shell::Cmd => self.variable(word),
                '`' if self.shell == Shell::Posix => {
                    while self.chars.next().is_some_and(|(_, c)| c != '`') {}
                    word.push(UNKNOWN);
                }
                '\n' => {
                    self.line += 1;
                    word.push(c);
                }
                _ => word.push(c),
            }
        }
    }

    /// After `$`.
    fn variable(&mut self, word: &mut String) {
        match self.chars.peek().copied() {
            Some((_, '(')) => {
                self.skip_balanced('(', ')');
                word.push(UNKNOWN);
            }
            Some((at, '{')) => {
                let end = self.skip_balanced('{', '}');
                let inside = self.script.get(at + 1..end).unwrap_or_default();
                let inside = inside.strip_prefix("env:").unwrap_or(inside);
                let name: String = inside.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                match inside[name.len()..].strip_prefix(":-") {
                    _ if name.is_empty() => word.push(UNKNOWN),
                    Some(default) if !self.variables.contains_key(&name) => {
                        word.push_str(if default.contains('$') {
                            "\u{fffc}"
                        } else {
                            default.trim_matches('"')
                        });
                    }
                    Some(_) => self.expand(&name, word),
                    None if inside.len() == name.len() => self.expand(&name, word),
                    None => word.push(UNKNOWN),
                }
            }
            Some((at, c)) if c.is_alphabetic() || c == '_' => {
                let rest = &self.script[at..];
                let rest = rest.strip_prefix("env:").unwrap_or(rest);
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let end = self.script.len() - rest.len() + name.len();
                while self.chars.next_if(|&(at, _)| at < end).is_some() {}
                self.expand(&name, word);
            }
            Some((_, '@' | '*' | '#' | '?' | '!' | '0'..='9')) => {
                self.chars.next();
                word.push(UNKNOWN);
            }
            Some(_) | None => word.push('$'),
        }
    }

    fn expand(&self, name: &str, word: &mut String) {
        match self.variables.get(name) {
            Some(Some(value)) => word.push_str(value),
            Some(None) | None => word.push(UNKNOWN),
        }
    }

    /// Skips from an opening bracket to its end, whose offset it returns.
    fn skip_balanced(&mut self, open: char, close: char) -> usize {
        let mut depth = 0_usize;
        for (at, c) in self.chars.by_ref() {
            if c == '\n' {
                self.line += 1;
            }
            if c == open {
                depth += 1;
            } else if c == close {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
        }
        self.script.len()
    }

    fn push(&mut self, word: String, quoted: bool) {
        let command = &mut self.current;
        if command.words.is_empty() && command.assignments.is_empty() {
            command.line = self.line;
        }
        if !command.words.is_empty() {
            command.words.push(word);
            return;
        }
        if !quoted && self.shell == Shell::Posix {
            match word.as_str() {
                "if" | "for" | "while" | "until" | "case" | "select" => {
                    self.depth += 1;
                    if word == "for" || word == "case" || word == "select" {
                        self.skip_head();
                    }
                    return;
                }
                "fi" | "done" | "esac" => {
                    self.depth = self.depth.saturating_sub(1);
                    return;
                }
                "then" | "do" | "else" | "elif" | "!" | "time" => return,
                "{" => {
                    self.depth += 1;
                    return;
                }
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    return;
                }
                _ => {}
            }
        }
        match word.split_once('=') {
            Some((name, value)) if self.shell == Shell::Posix && is_name(name) => {
                command.assignments.push((name.to_owned(), value.to_owned()));
            }
            _ => command.words.push(word),
        }
    }

    /// `for x in a b c`: what the loop variable holds is not followed.
    fn skip_head(&mut self) {
        while self.chars.next_if(|&(_, c)| c != '\n' && c != ';').is_some() {}
    }

    fn end_command(&mut self) {
        let mut command = std::mem::take(&mut self.current);
        command.certain = self.depth == 0 && !self.after_or;
        if command.words.is_empty() {
            for (name, value) in command.assignments {
                self.assign(&name, &value, command.certain);
            }
            return;
        }
        if matches!(command.words[0].as_str(), "export" | "set") {
            for word in command.words.get(1..).unwrap_or_default() {
                if let Some((name, value)) = word.split_once('=') {
                    self.assign(name, value, command.certain);
                }
            }
        }
        self.commands.push(command);
    }

    fn assign(&mut self, name: &str, value: &str, certain: bool) {
        let value = (certain && is_known(value)).then(|| value.to_owned());
        self.variables.insert(name.to_owned(), value);
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
