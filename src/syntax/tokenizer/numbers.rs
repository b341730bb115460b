//! Number literals and what may not follow them.

use super::{TokenError, TokenKind, Tokenizer};

/// The digits of a literal with a prefix.
struct Radix {
    name: &'static str,
    is_digit: fn(u8) -> bool,
}

impl Tokenizer<'_> {
    pub(super) fn number(&mut self, start: usize) -> Result<(), TokenError> {
        let radix = match (self.peek(), self.peek_at(1).map(|byte| byte.to_ascii_lowercase())) {
            (Some(b'0'), Some(b'x')) => {
                Some(Radix { name: "hexadecimal", is_digit: |byte| byte.is_ascii_hexdigit() })
            }
            (Some(b'0'), Some(b'o')) => {
                Some(Radix { name: "octal", is_digit: |byte| matches!(byte, b'0'..=b'7') })
            }
            (Some(b'0'), Some(b'b')) => {
                Some(Radix { name: "binary", is_digit: |byte| matches!(byte, b'0' | b'1') })
            }
            _ => None,
        };
        match radix {
            Some(radix) => self.with_prefix(start, &radix)?,
            None => self.decimal(start)?,
        }
        self.push(TokenKind::Number, start);
        Ok(())
    }

    fn with_prefix(&mut self, start: usize, radix: &Radix) -> Result<(), TokenError> {
        self.at += 2;
        loop {
            if self.peek() == Some(b'_') {
                self.at += 1;
            }
            match self.peek() {
                Some(byte) if (radix.is_digit)(byte) => {}
                Some(byte) if byte.is_ascii_digit() => return Err(self.invalid_digit(start, byte, radix)),
                _ => return Err(self.invalid_literal(start, radix.name)),
            }
            while self.peek().is_some_and(radix.is_digit) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                break;
            }
        }
        if let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            return Err(self.invalid_digit(start, byte, radix));
        }
        self.end_of_number(start, radix.name)
    }

    fn invalid_digit(&self, start: usize, digit: u8, radix: &Radix) -> TokenError {
        let message = format!("invalid digit '{}' in {} literal", char::from(digit), radix.name);
        self.error(&message, self.at, start)
    }

    fn invalid_literal(&self, start: usize, kind: &str) -> TokenError {
        self.error(&format!("invalid {kind} literal"), self.at.saturating_sub(1), start)
    }

    fn decimal(&mut self, start: usize) -> Result<(), TokenError> {
        let leading_zero = self.peek() == Some(b'0');
        self.digits(start)?;
        let integer = &self.text[start..self.at];
        let old_octal = leading_zero && integer.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        let mut is_integer = true;
        if self.peek() == Some(b'.') {
            is_integer = false;
            self.at += 1;
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.digits(start)?;
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek_at(1), Some(b'+' | b'-')));
            if self.peek_at(1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
                is_integer = false;
                self.at += 1 + sign;
                self.digits(start)?;
            } else if sign == 1 {
                self.at += 2;
                return Err(self.invalid_literal(start, "decimal"));
            }
        }
        if matches!(self.peek(), Some(b'j' | b'J')) {
            self.at += 1;
            return self.end_of_number(start, "imaginary");
        }
        if is_integer && old_octal {
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            return Err(self.error(message, start, start));
        }
        self.end_of_number(start, "decimal")
    }

    /// Digits with single underscores between them; there may be none before a point.
    fn digits(&mut self, start: usize) -> Result<(), TokenError> {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                return Ok(());
            }
            self.at += 1;
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.invalid_literal(start, "decimal"));
            }
        }
    }

    /// A keyword may touch a number, as in `1if x else y`; another name may not, from 3.10 on.
    fn end_of_number(&self, start: usize, kind: &str) -> Result<(), TokenError> {
        let Some(next) = self.peek() else { return Ok(()) };
        let letter = next.is_ascii_alphabetic() || next == b'_' || (next >= 128 && !self.since(11));
        if !self.since(10) || !letter || self.keyword_follows() {
            return Ok(());
        }
        Err(self.error(&format!("invalid {kind} literal"), self.at.saturating_sub(1), start))
    }

    pub(super) fn keyword_follows(&self) -> bool {
        let is_word =
            |word: &str| self.starts_with(word) && !self.peek_at(word.len()).is_some_and(super::is_name_byte);
        ["and", "else", "for", "or", "not"].into_iter().any(is_word)
            || ["if", "in", "is"].into_iter().any(|start| self.starts_with(start))
    }
}
