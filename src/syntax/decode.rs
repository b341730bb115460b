//! Bytes → text as `compile(bytes)` does it, and back again for repairs.
//!
//! Python looks for a byte order mark and a PEP 263 cookie. Where the cookie names another encoding
//! than UTF-8 the whole file is decoded at once; UTF-8 is never checked as a whole: only the string
//! literals and identifiers are decoded, so that a stray byte in a comment does no harm. Text that
//! was decoded with replacement characters keeps a list of them, for [`super::bytes`] to judge.

use std::borrow::Cow;
use std::sync::Arc;

use super::codecs::Codec;
use crate::text::Span;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text of a file.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: Arc<str>,
    pub(super) encoding: SourceEncoding,
    /// The replacement characters in `text`, with what they stand for; in order.
    pub(super) invalid: Vec<InvalidBytes>,
}

/// A replacement character and the bytes it stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidBytes {
    /// Where the replacement character is in the text.
    pub(super) span: Span,
    pub(super) bytes: Vec<u8>,
    /// Whether the bytes begin a character and are good as far as they go.
    pub(super) incomplete: bool,
}

/// Why Python cannot decode a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DecodeError {
    #[error("source code string cannot contain null bytes")]
    NullBytes,
    #[error("unknown encoding: {0}")]
    UnknownEncoding(String),
    #[error("encoding problem: {0} with BOM")]
    CookieAgainstBom(String),
    #[error("'{0}' is not a text encoding; use codecs.decode() to handle arbitrary codecs")]
    NotText(String),
    #[error("'{codec}' codec can't decode {place}: {reason}")]
    Undecodable { codec: String, place: String, reason: &'static str },
    /// Python can, collectlint cannot.
    #[error("the encoding {0} is not supported")]
    Opaque(String),
}

/// How to write a repaired text so that Python reads it as it read the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceEncoding {
    codec: Codec,
    bom: bool,
    /// Whether encoding the text gives the original bytes.
    exact: bool,
}

impl SourceEncoding {
    /// The bytes of `text`; `None` where they cannot hold it.
    pub(super) fn encode(self, text: &str) -> Option<Vec<u8>> {
        if !self.exact {
            return None;
        }
        let bytes = match self.codec {
            Codec::Utf8 => Cow::Borrowed(text.as_bytes()),
            Codec::Ascii => text.is_ascii().then_some(Cow::Borrowed(text.as_bytes()))?,
            Codec::Latin1 | Codec::UpperHalfUnknown => {
                text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>()?.into()
            }
            Codec::Latin5 => text.chars().map(latin5_byte).collect::<Option<Vec<u8>>>()?.into(),
            Codec::Windows(charset) | Codec::Charset(charset) => match charset.encode(text) {
                (bytes, _, false) => bytes,
                (_, _, true) => return None,
            },
            Codec::Opaque | Codec::NotText => return None,
        };
        let mark: &[u8] = if self.bom { BOM } else { &[] };
        Some([mark, &bytes].concat())
    }
}

/// Decodes a source file. The error comes with a text to show, which Python never sees.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, (DecodeError, String)> {
    let fail = |error| (error, String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}"));
    if memchr::memchr(0, bytes).is_some() {
        return Err(fail(DecodeError::NullBytes));
    }
    let bom = bytes.starts_with(BOM);
    let content = if bom { &bytes[BOM.len()..] } else { bytes };
    let Some(cookie) = cookie(content) else {
        return Ok(decode_utf8_in_part(content, bom));
    };
    let name = normal_name(cookie);
    if bom && name != "utf-8" {
        return Err(fail(DecodeError::CookieAgainstBom(name)));
    }
    if name == "utf-8" {
        return Ok(decode_utf8_in_part(content, bom));
    }
    decode_as(content, &name).map_err(fail)
}

/// UTF-8 that Python reads piece by piece.
fn decode_utf8_in_part(content: &[u8], bom: bool) -> Decoded {
    if let Ok(text) = std::str::from_utf8(content) {
        let encoding = SourceEncoding { codec: Codec::Utf8, bom, exact: true };
        return Decoded { text: text.into(), encoding, invalid: Vec::new() };
    }
    let mut text = String::with_capacity(content.len());
    let mut invalid = Vec::new();
    for chunk in content.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let start = text.len();
            text.push(char::REPLACEMENT_CHARACTER);
            invalid.push(InvalidBytes {
                span: Span::new(offset(start), offset(text.len())),
                bytes: chunk.invalid().to_vec(),
                incomplete: is_incomplete(chunk.invalid()),
            });
        }
    }
    let encoding = SourceEncoding { codec: Codec::Utf8, bom, exact: false };
    Decoded { text: text.into(), encoding, invalid }
}

/// The whole file at once, as Python does for any cookie but `utf-8` itself.
fn decode_as(content: &[u8], name: &str) -> Result<Decoded, DecodeError> {
    let codec = Codec::find(name).ok_or_else(|| DecodeError::UnknownEncoding(name.to_owned()))?;
    let text = match codec {
        Codec::Utf8 => match std::str::from_utf8(content) {
            Ok(text) => {
                text.strip_prefix('\u{feff}').filter(|_| name.contains("sig")).unwrap_or(text).to_owned()
            }
            Err(error) => {
                let at = error.valid_up_to();
                let length = error.error_len().unwrap_or(content.len() - at);
                return Err(undecodable(
                    "utf-8",
                    content,
                    at,
                    length,
                    utf8_reason(&content[at..], error.error_len()),
                ));
            }
        },
        Codec::Ascii => match content.iter().position(|byte| !byte.is_ascii()) {
            None => content.iter().copied().map(char::from).collect(),
            Some(at) => return Err(undecodable("ascii", content, at, 1, "ordinal not in range(128)")),
        },
        Codec::Latin1 | Codec::UpperHalfUnknown => content.iter().copied().map(char::from).collect(),
        Codec::Latin5 => content.iter().copied().map(latin5_char).collect(),
        Codec::Windows(charset) => {
            let (text, _) = charset.decode_without_bom_handling(content);
            let unassigned = |c: char| matches!(c, '\u{80}'..='\u{9f}' | char::REPLACEMENT_CHARACTER);
            if let Some(at) = text.chars().position(unassigned) {
                return Err(undecodable("charmap", content, at, 1, "character maps to <undefined>"));
            }
            text.into_owned()
        }
        Codec::Charset(charset) => match charset.decode_without_bom_handling_and_without_replacement(content)
        {
            Some(text) => text.into_owned(),
            None => {
                let at = first_malformed(charset, content);
                return Err(undecodable(name, content, at, 1, "illegal multibyte sequence"));
            }
        },
        Codec::Opaque => return Err(DecodeError::Opaque(name.to_owned())),
        Codec::NotText => return Err(DecodeError::NotText(name.to_owned())),
    };
    let mut encoding = SourceEncoding { codec, bom: false, exact: true };
    encoding.exact = encoding.encode(&text).as_deref() == Some(content);
    Ok(Decoded { text: text.into(), encoding, invalid: Vec::new() })
}

fn first_malformed(charset: &'static encoding_rs::Encoding, content: &[u8]) -> usize {
    let mut decoder = charset.new_decoder_without_bom_handling();
    let mut buffer = String::with_capacity(content.len() * 3 + 16);
    let (result, read) = decoder.decode_to_string_without_replacement(content, &mut buffer, true);
    match result {
        encoding_rs::DecoderResult::Malformed(length, after) => read.saturating_sub((length + after).into()),
        encoding_rs::DecoderResult::InputEmpty | encoding_rs::DecoderResult::OutputFull => read,
    }
}

fn undecodable(codec: &str, content: &[u8], at: usize, length: usize, reason: &'static str) -> DecodeError {
    // Python has made `\r\n` one character by then.
    let position = at - content[..at].windows(2).filter(|pair| pair == b"\r\n").count();
    let place = bytes_in_position(&content[at..(at + length.max(1)).min(content.len())], position);
    DecodeError::Undecodable { codec: codec.to_owned(), place, reason }
}

/// The words of a `UnicodeDecodeError`.
pub(super) fn bytes_in_position(bytes: &[u8], position: usize) -> String {
    match bytes {
        [byte] => format!("byte {byte:#04x} in position {position}"),
        _ => format!("bytes in position {position}-{}", position + bytes.len().saturating_sub(1)),
    }
}

/// Why the UTF-8 decoder stops at the first of `bytes`; `length` is `None` where they end too soon.
pub(super) fn utf8_reason(bytes: &[u8], length: Option<usize>) -> &'static str {
    match (bytes.first(), length) {
        (_, None) => "unexpected end of data",
        (Some(0xc2..=0xf4), Some(_)) => "invalid continuation byte",
        (_, Some(_)) => "invalid start byte",
    }
}

fn is_incomplete(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// The encoding that line 1 or 2 names, as PEP 263 has it.
fn cookie(content: &[u8]) -> Option<&str> {
    let mut lines = content.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.next()?;
    if let Some(name) = cookie_of_line(first) {
        return Some(name);
    }
    if !is_blank_or_comment(first) {
        return None;
    }
    // A `\r\n` leaves an empty piece between the two.
    let second = if content[first.len()..].starts_with(b"\r\n") { lines.nth(1)? } else { lines.next()? };
    cookie_of_line(second)
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c)).count()
}

fn is_blank_or_comment(line: &[u8]) -> bool {
    matches!(line.get(blanks(line)), None | Some(b'#'))
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`
fn cookie_of_line(line: &[u8]) -> Option<&str> {
    let comment = &line[blanks(line)..];
    if comment.first() != Some(&b'#') {
        return None;
    }
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let after = &comment[at + b"coding".len()..];
        let value = match after.first() {
            Some(b':' | b'=') => &after[1..],
            _ => return None,
        };
        let value = &value[value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()..];
        let length = value
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .count();
        std::str::from_utf8(&value[..length]).ok().filter(|name| !name.is_empty())
    })
}

/// The tokenizer's own normalisation, which makes two encodings special before any codec is asked.
fn normal_name(name: &str) -> String {
    let start: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is =
        |known: &str| start == known || start.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

/// The six letters by which ISO 8859-9 differs from Latin-1.
const LATIN5: [(u8, char); 6] =
    [(0xd0, 'Ğ'), (0xdd, 'İ'), (0xde, 'Ş'), (0xf0, 'ğ'), (0xfd, 'ı'), (0xfe, 'ş')];

fn latin5_char(byte: u8) -> char {
    LATIN5.iter().find(|(known, _)| *known == byte).map_or(char::from(byte), |(_, letter)| *letter)
}

fn latin5_byte(character: char) -> Option<u8> {
    match LATIN5.iter().find(|(byte, letter)| *letter == character || char::from(*byte) == character) {
        Some((byte, letter)) => (*letter == character).then_some(*byte),
        None => u8::try_from(character).ok(),
    }
}

/// Byte offsets fit: longer files are refused before they are decoded.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes).unwrap().text.to_string()
    }

    fn error(bytes: &[u8]) -> String {
        decode(bytes).unwrap_err().0.to_string()
    }

    #[test]
    fn latin_1_is_not_windows_1252() {
        assert_eq!(text(b"# coding: latin-1\n'\x80\xe9'"), "# coding: latin-1\n'\u{80}é'");
        assert_eq!(text(b"# coding: cp1252\n'\x80\xe9'"), "# coding: cp1252\n'€é'");
        assert_eq!(
            error(b"# coding: cp1252\nx = \"\x81\"\n"),
            "'charmap' codec can't decode byte 0x81 in position 22: character maps to <undefined>"
        );
    }

    #[test]
    fn the_cookie_counts_on_the_first_two_lines_only() {
        for good in [
            &b"#!/usr/bin/python\r\n# vim: set fileencoding=latin-1 :\r\nx = '\xe9'"[..],
            b"\n# coding: latin-1\ny='\xe9'\n",
            b"\x0c\n \t# coding: latin-1\ny='\xe9'\n",
            b"#\r# coding: latin-1\ry='\xe9'\r",
            b"#coding=latin-1-unix\ny='\xe9'",
        ] {
            assert!(decode(good).unwrap().invalid.is_empty(), "{}", good.escape_ascii());
        }
        for bad in [
            &b"#\n#\n# coding: latin-1\ny='\xe9'\n"[..],
            b"x = 1\n# coding: latin-1\ny='\xe9'\n",
            b"x = 1 # coding: latin-1\ny='\xe9'\n",
            b"# coding: 'latin-1'\ny='\xe9'\n",
            b"\"\"\"coding: latin-1\"\"\"\ny='\xe9'\n",
        ] {
            assert_eq!(decode(bad).unwrap().invalid.len(), 1, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn errors_use_the_words_of_python() {
        for (bytes, message) in [
            (&b"x\0"[..], "source code string cannot contain null bytes"),
            (b"# coding: foo-bar\n", "unknown encoding: foo-bar"),
            (b"\xef\xbb\xbf# coding: latin-1\n", "encoding problem: iso-8859-1 with BOM"),
            (b"\xef\xbb\xbf# coding: utf8\n", "encoding problem: utf8 with BOM"),
            (
                b"# coding: rot13\n",
                "'rot13' is not a text encoding; use codecs.decode() to handle arbitrary codecs",
            ),
            (
                b"# coding: ascii\r\n# caf\xc3\xa9\n",
                "'ascii' codec can't decode byte 0xc3 in position 21: ordinal not in range(128)",
            ),
            (
                b"# coding: utf8\nx = \"\xe9\"\n",
                "'utf-8' codec can't decode byte 0xe9 in position 20: invalid continuation byte",
            ),
            (
                b"# coding: shift_jis\nx=\"\x83\"\n",
                "'shift_jis' codec can't decode byte 0x83 in position 23: illegal multibyte sequence",
            ),
        ] {
            assert_eq!(error(bytes), message);
        }
    }

    #[test]
    fn utf_8_is_only_checked_in_part() {
        for bytes in
            [&b"# caf\xe9\n"[..], b"# coding: utf-8\n# caf\xe9\n", b"# coding: UTF-8-unix\n# caf\xe9\n"]
        {
            let decoded = decode(bytes).unwrap();
            assert_eq!(decoded.invalid.len(), 1);
            assert_eq!(decoded.encoding.encode("x"), None);
        }
    }

    #[test]
    fn a_repaired_text_is_written_in_the_encoding_of_the_file() {
        let bytes = b"\xef\xbb\xbfx = 'a'\r\n";
        let decoded = decode(bytes).unwrap();
        assert_eq!(&*decoded.text, "x = 'a'\r\n");
        assert_eq!(decoded.encoding.encode(&decoded.text).as_deref(), Some(&bytes[..]));

        let decoded = decode(b"# coding: iso-8859-9\n'\xd0\xe9'").unwrap();
        assert_eq!(&*decoded.text, "# coding: iso-8859-9\n'Ğé'");
        assert_eq!(decoded.encoding.encode("Ğ").as_deref(), Some(&b"\xd0"[..]));
        assert_eq!(decoded.encoding.encode("Ð"), None);
        assert_eq!(decode(b"# coding: koi8-r\n").unwrap().encoding.encode("日"), None);
    }
}
