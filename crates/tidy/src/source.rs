//! One Rust file with its place in the house, and the paths its code names.

use crate::tokens::{self, Kind, Token};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Program,
    Tests,
    Example,
    BuildScript,
}

/// A Rust file.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the workspace's root: `crates/org/src/store/units.rs`.
    pub path: String,
    pub crate_name: String,
    /// Below the crate's folder: `src/store/units.rs`.
    pub inner: String,
    pub part: Part,
    pub lines: usize,
    pub begins_with_head: bool,
    pub tokens: Vec<Token>,
}

/// A segment of a path in the code, with the first segment of the same path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'s> {
    pub root: &'s str,
    pub name: &'s str,
    pub line: usize,
}

impl Source {
    pub fn parse(path: &str, crate_name: &str, inner: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            crate_name: crate_name.to_owned(),
            inner: inner.to_owned(),
            part: part_of(inner),
            lines: text.lines().count(),
            begins_with_head: has_head(text),
            tokens: tokens::cut(text),
        }
    }

    /// What runs in the program: no comments, nothing that only tests see.
    pub fn code(&self) -> Vec<&Token> {
        let whole = self.part == Part::Program;
        let tokens = self.tokens.iter();
        tokens
            .filter(|token| whole && !token.in_test && token.kind != Kind::Comment)
            .collect()
    }

    /// What runs in tests only, without comments.
    pub fn test_code(&self) -> Vec<&Token> {
        let whole = self.part == Part::Tests;
        let tokens = self.tokens.iter();
        tokens
            .filter(|token| (whole || token.in_test) && token.kind != Kind::Comment)
            .collect()
    }

    /// The file's place below `src`, if it has one: `store/units.rs`.
    pub fn below_src(&self) -> Option<&str> {
        self.inner.strip_prefix("src/")
    }
}

fn part_of(inner: &str) -> Part {
    let folders: Vec<&str> = inner.split('/').collect();
    let file = folders.last().copied().unwrap_or_default();
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    if folders.contains(&"tests") || stem == "tests" || stem.ends_with("_tests") {
        Part::Tests
    } else if folders.first() == Some(&"examples") || folders.first() == Some(&"benches") {
        Part::Example
    } else if inner == "build.rs" {
        Part::BuildScript
    } else {
        Part::Program
    }
}

/// At least three words after `//!` on the first line.
fn has_head(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let head = first.strip_prefix("//!");
    head.is_some_and(|words| 3 <= words.split_whitespace().count())
}

/// Every path segment the code names, in `use` trees and in expressions.
pub fn segments<'s>(code: &[&'s Token]) -> Vec<Segment<'s>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let taken = if begins_use(code, at) {
            use_tree(code, at, &mut found)
        } else if begins_path(code, at) {
            path(code, at, &mut found)
        } else {
            1
        };
        at += taken;
    }
    found
}

/// `use` opens an import; `use<'a>` in a signature does not.
fn begins_use(code: &[&Token], at: usize) -> bool {
    code[at].is_word("use") && code.get(at + 1).is_some_and(|next| !next.is_mark("<"))
}

fn begins_path(code: &[&Token], at: usize) -> bool {
    code[at].kind == Kind::Word && code.get(at + 1).is_some_and(|next| next.is_mark("::"))
}

fn use_tree<'s>(code: &[&'s Token], at: usize, found: &mut Vec<Segment<'s>>) -> usize {
    let rest = &code[at + 1..];
    let length = rest
        .iter()
        .position(|token| token.is_mark(";"))
        .unwrap_or(rest.len());
    let words = || {
        rest[..length]
            .iter()
            .filter(|token| token.kind == Kind::Word)
    };
    let root = words().next().map_or("", |token| token.text.as_str());
    found.extend(words().map(|token| Segment {
        root,
        name: &token.text,
        line: token.line,
    }));
    length + 1
}

fn path<'s>(code: &[&'s Token], at: usize, found: &mut Vec<Segment<'s>>) -> usize {
    let root = code[at].text.as_str();
    let mut length = 0;
    while let Some(token) = code
        .get(at + length)
        .filter(|token| token.kind == Kind::Word)
    {
        found.push(Segment {
            root,
            name: &token.text,
            line: token.line,
        });
        length += 1;
        if !code.get(at + length).is_some_and(|next| next.is_mark("::")) {
            break;
        }
        length += 1;
    }
    length
}

/// The lines on which the words and marks of `wanted` follow each other.
pub fn runs(code: &[&Token], wanted: &[&str]) -> Vec<usize> {
    let fits = |part: &&[&Token]| {
        let texts = part.iter().filter(|token| token.kind != Kind::Text);
        texts
            .map(|token| token.text.as_str())
            .eq(wanted.iter().copied())
    };
    code.windows(wanted.len())
        .filter(fits)
        .map(|part| part[0].line)
        .collect()
}
