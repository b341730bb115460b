//! YAML with its core schema; aliases are expanded, merge keys (`<<`) are merged.
//!
//! Only the first document of a file counts. Numbers keep their digits, so that `3.10` can be told
//! from `3.1`.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::text::Span;

use super::{Key, Kind, Node};

/// Aliases may multiply what a file holds up to here.
const MOST_NODES: usize = 200_000;
const DEEPEST: usize = 100;

type Failure = (String, Span);

pub(super) fn parse(text: &str) -> Result<Node, Failure> {
    let offsets = Offsets::new(text);
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = offsets.byte(error.marker().index());
            (error.info().to_owned(), Span::at(at))
        })?;
        let span = Span::new(offsets.byte(span.start.index()), offsets.byte(span.end.index()));
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder.event(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node { kind: Kind::Null, span: Span::default() }))
}

/// Byte offsets of characters: the parser counts in characters.
struct Offsets {
    /// Empty for ASCII, where both are the same.
    of_character: Vec<u32>,
    end: u32,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let of_character = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| offset(at)).collect()
        };
        Self { of_character, end: offset(text.len()) }
    }

    fn byte(&self, character: usize) -> u32 {
        if self.of_character.is_empty() {
            u32::try_from(character).unwrap_or(u32::MAX).min(self.end)
        } else {
            self.of_character.get(character).copied().unwrap_or(self.end)
        }
    }
}

/// A list or table that is not complete yet.
struct Open {
    anchor: usize,
    start: Span,
    items: Vec<Node>,
    is_table: bool,
    size: usize,
    /// How deep the deepest item is.
    depth: usize,
}

/// A complete node with what it would add where an alias repeats it.
#[derive(Clone)]
struct Complete {
    node: Node,
    size: usize,
    depth: usize,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Complete>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Failure> {
        match event {
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
            Event::Scalar(text, style, anchor, _) => {
                let node = Node { kind: scalar(&text, style), span };
                self.complete(Complete { node, size: 1, depth: 1 }, anchor)
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                self.complete(known.ok_or(("an alias without anchor".to_owned(), span))?, 0)
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, span, false),
            Event::MappingStart(anchor, _) => self.begin(anchor, span, true),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let whole = Span::new(open.start.start, span.end.max(open.start.start));
                let kind = if open.is_table { table(open.items) } else { Kind::List(open.items) };
                let node = Node { kind, span: whole };
                self.nodes = self.nodes.saturating_sub(open.size);
                self.complete(Complete { node, size: open.size + 1, depth: open.depth + 1 }, open.anchor)
            }
        }
    }

    fn begin(&mut self, anchor: usize, start: Span, is_table: bool) -> Result<(), Failure> {
        if self.open.len() >= DEEPEST {
            return Err(("nested too deeply".to_owned(), start));
        }
        self.open.push(Open { anchor, start, items: Vec::new(), is_table, size: 0, depth: 0 });
        Ok(())
    }

    /// Puts a complete node where it belongs.
    fn complete(&mut self, complete: Complete, anchor: usize) -> Result<(), Failure> {
        let Complete { size, depth, .. } = complete;
        self.nodes += size;
        if self.nodes > MOST_NODES {
            return Err(("too large".to_owned(), complete.node.span));
        }
        if self.open.len() + depth > DEEPEST {
            return Err(("nested too deeply".to_owned(), complete.node.span));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, complete.clone());
        }
        match self.open.last_mut() {
            Some(open) => {
                open.size += size;
                open.depth = open.depth.max(depth);
                open.items.push(complete.node);
            }
            None => self.root = Some(complete.node),
        }
        Ok(())
    }
}

/// Keys and values come alternately. A merge key's entries stand behind the table's own, which win.
fn table(items: Vec<Node>) -> Kind {
    let mut own: Vec<(Key, Node)> = Vec::new();
    let mut merged: Vec<(Key, Node)> = Vec::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let Some(text) = key.scalar() else { continue };
        if text == "<<" {
            for part in value.one_or_more() {
                merged.extend(part.entries().map(|(key, value)| (key.clone(), value.clone())));
            }
        } else {
            own.push((Key { text: text.to_owned(), span: key.span }, value));
        }
    }
    for (key, value) in merged {
        if !own.iter().any(|(known, _)| known.text == key.text) {
            own.push((key, value));
        }
    }
    Kind::Table(own)
}

fn scalar(text: &str, style: ScalarStyle) -> Kind {
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded => return Kind::Block(text.to_owned()),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => return Kind::Text(text.to_owned()),
        ScalarStyle::Plain => {}
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Flag(true),
        "false" | "False" | "FALSE" => Kind::Flag(false),
        _ if is_number(text) => Kind::Number(text.to_owned()),
        _ => Kind::Text(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && digits.parse::<f64>().is_ok()
}
