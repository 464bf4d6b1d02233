//! SQL in the sources: which texts are statements, what they write, and how each is fetched.

use std::collections::BTreeMap;

use crate::tokens::{Kind, Token};

/// A statement put together from the texts of one `const`, with the rows asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    pub sql: String,
    /// `all`, `one`, `maybe` or `run`.
    pub by: String,
    /// Where the query is made.
    pub line: usize,
}

/// The words of a text: letters, digits, `_`, `$`; every other sign is a word of its own.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for one in text.to_lowercase().chars() {
        if one.is_alphanumeric() || one == '_' || one == '$' {
            word.push(one);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !one.is_whitespace() {
            words.push(one.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The table a text writes to, if the text is a statement that writes rows.
///
/// What merely reads like one (“Delete from the list what you no longer need.”) is not.
pub fn written_tables(text: &str) -> Vec<String> {
    let words = words(text);
    let mut tables = Vec::new();
    for at in 0..words.len() {
        tables.extend(written_at(&words[at..]).map(str::to_owned));
    }
    tables
}

fn written_at(words: &[String]) -> Option<&str> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let (table, behind) = match (word(0), word(1)) {
        ("insert", "into") | ("delete", "from") => (word(2), word(3)),
        ("update", table) => (table, word(2)),
        _ => return None,
    };
    let goes_on = match word(0) {
        "insert" => matches!(behind, "(" | "as" | "values" | "select" | "default"),
        "delete" => matches!(behind, "" | "where" | "as" | "using" | "returning" | ";"),
        _ if behind == "as" => word(4) == "set",
        // “Update the set of cells” names no table.
        _ => behind == "set" && (word(4) == "=" || table.contains('_')),
    };
    (goes_on && is_name(table)).then_some(table)
}

fn is_name(word: &str) -> bool {
    let fits = |one: char| one.is_ascii_alphanumeric() || one == '_';
    !word.is_empty() && word.chars().all(fits)
}

/// The text reads or writes rows.
pub fn is_statement(text: &str) -> bool {
    let words = words(text);
    let selects = matches!(words.first().map(String::as_str), Some("select" | "with"));
    let reads = selects && words.iter().any(|word| word == "from");
    // “Select a file from the list” has no list of columns and no table's name.
    let looks_like = words
        .iter()
        .any(|word| word.contains('_') || word == "*" || word == ",");
    (reads && looks_like) || !written_tables(text).is_empty()
}

/// Every query made in the code with the statement it runs.
///
/// A statement is the text given in place, or the texts of the `const` of that name above it; texts
/// that a macro of the same file puts in front are put in front here too.
pub fn fetches(code: &[&Token]) -> Vec<Fetch> {
    let prefixes = macro_texts(code);
    let mut constants: BTreeMap<&str, String> = BTreeMap::new();
    let mut found = Vec::new();
    for at in 0..code.len() {
        if code[at].is_word("const")
            && let Some((name, sql)) = constant(&code[at + 1..], &prefixes)
        {
            constants.insert(name, sql);
        }
        let Some(sql) = queried(&code[at..], &constants) else {
            continue;
        };
        if let Some(by) = fetched_by(&code[at + 5..]) {
            found.push(Fetch {
                sql,
                by: by.to_owned(),
                line: code[at].line,
            });
        }
    }
    found
}

/// `.q(SQL)` or `.q("…")`.
fn queried(code: &[&Token], constants: &BTreeMap<&str, String>) -> Option<String> {
    let [dot, method, open, argument, close] = code.get(..5)? else {
        return None;
    };
    let calls = dot.is_mark(".") && method.is_word("q") && open.is_mark("(") && close.is_mark(")");
    if !calls {
        return None;
    }
    match argument.kind {
        Kind::Text => Some(argument.text.clone()),
        Kind::Word => constants.get(argument.text.as_str()).cloned(),
        _ => None,
    }
}

/// The method at the end of the chain that fetches.
fn fetched_by<'s>(chain: &[&'s Token]) -> Option<&'s str> {
    let mut depth = 0_i32;
    for (at, token) in chain.iter().enumerate() {
        let behind_dot = 0 < at && chain[at - 1].is_mark(".");
        match token.text.as_str() {
            _ if token.kind == Kind::Text => {}
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" | ";" if depth == 0 => return None,
            ")" | "]" | "}" => depth -= 1,
            "all" | "one" | "maybe" | "run" if depth == 0 && behind_dot => {
                return Some(&token.text);
            }
            _ => {}
        }
    }
    None
}

/// The name and all texts of `NAME: &str = …;`.
fn constant<'s>(
    code: &[&'s Token],
    prefixes: &BTreeMap<&str, String>,
) -> Option<(&'s str, String)> {
    let name = code.first().filter(|token| token.kind == Kind::Word)?;
    let end = code.iter().position(|token| token.is_mark(";"))?;
    let value = code[..end].iter().position(|token| token.is_mark("="))? + 1;
    let first = code.get(value)?;
    let mut sql = String::new();
    if let Some(prefix) = prefixes.get(first.text.as_str()) {
        sql.push_str(prefix);
    }
    sql.push_str(&joined(&code[value..end]));
    Some((&name.text, sql))
}

/// The texts inside every `macro_rules!` of the file, by its name.
fn macro_texts<'s>(code: &[&'s Token]) -> BTreeMap<&'s str, String> {
    let mut found = BTreeMap::new();
    for at in 0..code.len() {
        if !code[at].is_word("macro_rules") || code.len() < at + 4 {
            continue;
        }
        let body = &code[at + 3..];
        found.insert(
            code[at + 2].text.as_str(),
            joined(&body[..block_length(body)]),
        );
    }
    found
}

fn block_length(code: &[&Token]) -> usize {
    let mut depth = 0_i32;
    for (at, token) in code.iter().enumerate() {
        if token.is_mark("{") {
            depth += 1;
        } else if token.is_mark("}") {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    code.len()
}

fn joined(code: &[&Token]) -> String {
    let texts = code.iter().filter(|token| token.kind == Kind::Text);
    texts.flat_map(|token| [token.text.as_str(), " "]).collect()
}

/// One `select` with what stands in brackets inside it taken out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clauses(Vec<String>);

impl Clauses {
    /// The statement itself first, then everything in brackets.
    pub fn of(sql: &str) -> Vec<Clauses> {
        let mut open = vec![Clauses::default()];
        let mut closed = Vec::new();
        for word in words(sql) {
            match word.as_str() {
                "(" => open.push(Clauses::default()),
                // A bracket too many belongs to a text we do not see.
                ")" if 1 < open.len() => closed.extend(open.pop()),
                _ => open
                    .iter_mut()
                    .last()
                    .expect("the outermost stays open")
                    .0
                    .push(word),
            }
        }
        open.extend(closed);
        open
    }

    pub fn begins(&self, words: &[&str]) -> bool {
        self.0
            .iter()
            .map(String::as_str)
            .take(words.len())
            .eq(words.iter().copied())
    }

    pub fn has(&self, words: &[&str]) -> bool {
        self.0
            .windows(words.len())
            .any(|part| part.iter().map(String::as_str).eq(words.iter().copied()))
    }

    /// `limit 100`, `limit $3`.
    pub fn has_limit(&self) -> bool {
        self.0.windows(2).any(|pair| {
            let number = pair[1].starts_with(|one: char| one == '$' || one.is_ascii_digit());
            pair[0] == "limit" && number
        })
    }
}
