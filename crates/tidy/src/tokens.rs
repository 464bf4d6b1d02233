//! Rust source cut into words, texts, comments and marks.
//!
//! A rule about code must not be fooled by a comment that names what is forbidden, nor a rule about
//! SQL by a variable. The cutter knows just enough of the language for that: strings of every kind,
//! nested comments, and the difference between a character and a lifetime.

/// What a piece of source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword.
    Word,
    Number,
    /// The inside of a string, escapes as written.
    Text,
    /// With its slashes.
    Comment,
    /// One sign, or `::`.
    Mark,
}

/// One piece of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    /// Where it begins, counted from 1.
    pub line: usize,
    /// It stands below `#[cfg(test)]`.
    pub in_test: bool,
}

impl Token {
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    pub fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// Cuts a whole file; source that does not compile is cut as far as it makes sense.
pub fn cut(source: &str) -> Vec<Token> {
    let mut cutter = Cutter {
        rest: source,
        line: 1,
        tokens: Vec::new(),
    };
    while !cutter.rest.is_empty() {
        cutter.next();
    }
    mark_tests(&mut cutter.tokens);
    cutter.tokens
}

struct Cutter<'s> {
    rest: &'s str,
    line: usize,
    tokens: Vec<Token>,
}

impl Cutter<'_> {
    fn next(&mut self) {
        let Some(first) = self.rest.chars().next() else {
            return;
        };
        if first.is_whitespace() {
            let end = end_while(self.rest, char::is_whitespace);
            self.skip(end);
        } else if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.take(Kind::Comment, end);
        } else if self.rest.starts_with("/*") {
            let end = block_end(self.rest);
            self.take(Kind::Comment, end);
        } else if let Some((open, close)) = text_marks(self.rest) {
            self.text(open, &close);
        } else if first == '\'' {
            self.quote();
        } else if first.is_alphabetic() || first == '_' {
            let end = end_while(self.rest, |one| one.is_alphanumeric() || one == '_');
            self.take(Kind::Word, end);
        } else if first.is_ascii_digit() {
            let end = number_end(self.rest);
            self.take(Kind::Number, end);
        } else if self.rest.starts_with("::") {
            self.take(Kind::Mark, 2);
        } else {
            self.take(Kind::Mark, first.len_utf8());
        }
    }

    fn take(&mut self, kind: Kind, end: usize) {
        let text = self.rest[..end].to_owned();
        self.tokens.push(Token {
            kind,
            text,
            line: self.line,
            in_test: false,
        });
        self.skip(end);
    }

    fn skip(&mut self, end: usize) {
        self.line += self.rest[..end].matches('\n').count();
        self.rest = &self.rest[end..];
    }

    fn text(&mut self, open: usize, close: &Close) {
        let body = &self.rest[open..];
        let (end, closing) = close.find(body);
        let after = (open + end + closing).min(self.rest.len());
        let text = body[..end].to_owned();
        self.tokens.push(Token {
            kind: Kind::Text,
            text,
            line: self.line,
            in_test: false,
        });
        self.skip(after);
    }

    /// A character in quotes says nothing to any rule and is left out, and so is a lifetime.
    fn quote(&mut self) {
        let mut inside = self.rest.char_indices().skip(1);
        let end = match (inside.next(), inside.next()) {
            (Some((_, '\\')), Some((at, escaped))) => {
                let from = at + escaped.len_utf8();
                self.rest[from..].find('\'').map(|close| from + close + 1)
            }
            (Some(_), Some((at, '\''))) => Some(at + 1),
            _ => None,
        };
        let lifetime = 1 + end_while(&self.rest[1..], |one| one.is_alphanumeric() || one == '_');
        self.skip(end.unwrap_or(lifetime));
    }
}

fn end_while(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|one| !fits(one)).unwrap_or(text.len())
}

/// `1..2` is two numbers, `1.5` is one.
fn number_end(text: &str) -> usize {
    let whole = end_while(text, |one| one.is_alphanumeric() || one == '_');
    let mut after = text[whole..].chars();
    if after.next() == Some('.') && after.next().is_some_and(|one| one.is_ascii_digit()) {
        let places = &text[whole + 1..];
        return whole + 1 + end_while(places, |one| one.is_alphanumeric() || one == '_');
    }
    whole
}

/// Behind the comment that begins here; comments nest.
fn block_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = text[at..].find(['/', '*']) {
        at += found;
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// How long the opening of a string is and what closes it, if a string begins here.
fn text_marks(rest: &str) -> Option<(usize, Close)> {
    let prefix = end_while(rest, |one| matches!(one, 'b' | 'c' | 'r'));
    let raw = rest[..prefix].ends_with('r');
    let hashes = end_while(&rest[prefix..], |one| one == '#');
    let begins = rest[prefix + hashes..].starts_with('"');
    if 2 < prefix || !begins || (0 < hashes && !raw) {
        return None;
    }
    let close = if raw {
        Close::Raw(format!("\"{}", "#".repeat(hashes)))
    } else {
        Close::Plain
    };
    Some((prefix + hashes + 1, close))
}

/// What ends a string.
enum Close {
    /// A quote without a backslash before it.
    Plain,
    /// These marks, whatever stands before them.
    Raw(String),
}

impl Close {
    /// Where the string's text ends and how long the closing is.
    fn find(&self, body: &str) -> (usize, usize) {
        match self {
            Close::Raw(marks) => (body.find(marks).unwrap_or(body.len()), marks.len()),
            Close::Plain => {
                let mut escaped = false;
                let end = body.find(|one| {
                    let closes = one == '"' && !escaped;
                    escaped = one == '\\' && !escaped;
                    closes
                });
                (end.unwrap_or(body.len()), 1)
            }
        }
    }
}

/// Marks everything below `#[cfg(test)]`: a block, or up to the next semicolon.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            let end = at + item_end(&tokens[at..]);
            for token in &mut tokens[at..end] {
                token.in_test = true;
            }
            at = end;
        } else {
            at += 1;
        }
    }
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    let mut code = tokens.iter().filter(|token| token.kind != Kind::Comment);
    let begins = ["#", "[", "cfg", "("]
        .iter()
        .all(|wanted| code.next().is_some_and(|token| token.text == *wanted));
    let mut inside = code.take_while(|token| !token.is_mark("]"));
    // `cfg(not(test))` and features are the program itself.
    begins
        && inside
            .next()
            .is_some_and(|token| token.is_word("test") || token.is_word("any"))
}

/// How many tokens the attributes and the item behind them take.
fn item_end(tokens: &[Token]) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Mark {
            continue;
        }
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        let closes = token.text == "}" || token.text == ";";
        if closes && depth <= 0 {
            return at + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str, kind: Kind) -> Vec<String> {
        let tokens = cut(source).into_iter();
        tokens
            .filter(|token| token.kind == kind)
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn strings_of_every_kind_are_texts() {
        let source = r##"f("a\"b", r"c\", r#"d"e"#, b"f", 'g', '"', '\'', "h")"##;
        assert_eq!(
            texts(source, Kind::Text),
            ["a\\\"b", "c\\", "d\"e", "f", "h"]
        );
    }

    #[test]
    fn comments_nest_and_lifetimes_open_nothing() {
        let source = "fn a<'a>(b: &'a str) {} /* c /* d */ \"e\" */ /// f \"g\n\"h\"";
        assert_eq!(texts(source, Kind::Text), ["h"]);
        assert_eq!(texts(source, Kind::Comment).len(), 2);
        assert_eq!(
            texts("rows bar crate 1..2", Kind::Word),
            ["rows", "bar", "crate"]
        );
    }

    #[test]
    fn lines_are_counted_through_texts() {
        let tokens = cut("a\n\"b\n\nc\"\nd");
        let lines: Vec<usize> = tokens.iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn what_stands_below_cfg_test_is_known() {
        let source = "fn a() {}\n#[cfg(test)]\n#[path = \"x\"]\nmod tests { fn b() {} }\nfn c() {}\n#[cfg(not(test))] fn d() {}";
        let words: Vec<String> = cut(source)
            .into_iter()
            .filter(|token| token.in_test && token.kind == Kind::Word)
            .map(|token| token.text)
            .collect();
        assert!(words.contains(&"b".to_owned()));
        assert!(!words.contains(&"c".to_owned()) && !words.contains(&"d".to_owned()));
    }
}
