//! Every text exists in both languages, every text a page asks for exists, and none lies about.
//!
//! The program checks the texts it joins when it starts; this finds a page's missing text before
//! somebody opens that page.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Finding, House,
    source::{Part, Source},
    tokens::{Kind, Token},
};

/// The texts of one file: each key with the values its text takes.
type Texts = BTreeMap<String, BTreeSet<String>>;

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut english: BTreeMap<&str, Texts> = BTreeMap::new();
    for (path, text) in &house.files {
        if let Some((name, inner)) = crate::house::crate_and_inner(path)
            && inner == "locales/en.ftl"
        {
            let texts = texts(text);
            findings.extend(pair(house, path, &texts));
            english.insert(name, texts);
        }
    }
    findings.extend(twice(&english));
    findings.extend(unasked(house, &english));
    for source in house
        .sources
        .iter()
        .filter(|source| source.part == Part::Program)
    {
        findings.extend(asked(house, source, &english));
    }
    findings
}

fn texts(file: &str) -> Texts {
    let mut found = Texts::new();
    let mut key = String::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let begins = line.starts_with(|one: char| one.is_ascii_alphabetic() || one == '-');
        if begins && let Some((name, _)) = line.split_once('=') {
            name.trim().clone_into(&mut key);
            found.entry(key.clone()).or_default();
        }
        let values = line.split('$').skip(1).map(|after| {
            let end =
                after.find(|one: char| !one.is_ascii_alphanumeric() && one != '-' && one != '_');
            after[..end.unwrap_or(after.len())].to_owned()
        });
        if let Some(known) = found.get_mut(&key) {
            known.extend(values);
        }
    }
    found
}

/// The Chinese file beside an English one has the same keys.
fn pair(house: &House, path: &str, english: &Texts) -> Vec<Finding> {
    let other = path.replace("/en.ftl", "/zh-CN.ftl");
    let Some(file) = house.files.get(&other) else {
        return vec![Finding::of_file(path, "there is no zh-CN.ftl beside it")];
    };
    let chinese = texts(file);
    let lacks = |path: &str, key: &String| Finding::of_file(path, format!("lacks {key}"));
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(
        english
            .keys()
            .filter(|key| !chinese.contains_key(*key))
            .map(|key| lacks(&other, key)),
    );
    findings.extend(
        chinese
            .keys()
            .filter(|key| !english.contains_key(*key))
            .map(|key| lacks(path, key)),
    );
    findings
}

/// All crates' texts are joined into one, so a key is given once.
fn twice(english: &BTreeMap<&str, Texts>) -> Vec<Finding> {
    let mut owners: BTreeMap<&String, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for (name, texts) in english {
        for key in texts.keys() {
            if let Some(first) = owners.insert(key, name) {
                let path = format!("crates/{name}/locales/en.ftl");
                findings.push(Finding::of_file(
                    &path,
                    format!("{first} has {key} already"),
                ));
            }
        }
    }
    findings
}

/// Texts nobody asks for, neither by the whole key nor by how it begins (`role-{role}`). The kit's
/// are words for any page, wanted or not.
fn unasked(house: &House, english: &BTreeMap<&str, Texts>) -> Vec<Finding> {
    let tokens = house.sources.iter().flat_map(|source| &source.tokens);
    let texts = tokens.filter(|token| token.kind == Kind::Text);
    let named: BTreeSet<&str> = texts.map(|token| token.text.as_str()).collect();
    let begun = named.iter().filter_map(|text| text.split_once('{'));
    let begun: Vec<&str> = begun
        .map(|(begun, _)| begun)
        .filter(|begun| begun.ends_with('-'))
        .collect();
    let mut findings = Vec::new();
    for (name, texts) in english.iter().filter(|(name, _)| **name != "page") {
        let asked = |key: &&String| {
            named.contains(key.as_str()) || begun.iter().any(|begun| key.starts_with(begun))
        };
        let path = format!("crates/{name}/locales/en.ftl");
        let unasked = texts.keys().filter(|key| !asked(key));
        findings
            .extend(unasked.map(|key| Finding::of_file(&path, format!("nobody asks for {key}"))));
    }
    findings
}

/// The texts a source asks for that its crate and those it stands on do not have.
fn asked(house: &House, source: &Source, english: &BTreeMap<&str, Texts>) -> Vec<Finding> {
    let code = source.code();
    let within = reach(house, &source.crate_name);
    let texts = within.iter().filter_map(|name| english.get(name)).flatten();
    let known: BTreeMap<&String, &BTreeSet<String>> = texts.collect();
    let mut findings = Vec::new();
    for ask in asks(&code) {
        if let Some(what) = ask.fault(&known) {
            findings.push(Finding::at(&source.path, ask.line, what));
        }
    }
    findings
}

/// The crate, what it stands on, and the kit.
fn reach<'h>(house: &'h House, name: &'h str) -> Vec<&'h str> {
    let mut within = vec![name, "page"];
    let manifest = house
        .manifests
        .iter()
        .find(|manifest| manifest.crate_name == name);
    let needs = manifest.into_iter().flat_map(|manifest| &manifest.needs);
    within.extend(needs.map(|need| need.name.as_str()));
    within
}

/// A place in the code that wants a text.
struct Ask<'s> {
    key: &'s str,
    /// The key goes on with something only known when the page is drawn.
    begins_only: bool,
    /// The values given, where they can be read off the call.
    values: Option<BTreeSet<String>>,
    line: usize,
}

impl Ask<'_> {
    fn fault(&self, known: &BTreeMap<&String, &BTreeSet<String>>) -> Option<String> {
        if self.begins_only {
            let some = known.keys().any(|key| key.starts_with(self.key));
            return (!some).then(|| format!("no text's key begins with {}", self.key));
        }
        let Some(wanted) = known.get(&self.key.to_owned()) else {
            return Some(format!("there is no text {}", self.key));
        };
        let given = self.values.as_ref()?;
        (given != *wanted)
            .then(|| format!("{} takes the values {wanted:?}, not {given:?}", self.key))
    }
}

fn asks<'s>(code: &[&'s Token]) -> Vec<Ask<'s>> {
    (0..code.len())
        .filter_map(|at| called(&code[at..]).or_else(|| named(&code[at..])))
        .collect()
}

/// `.t("key")`, `.t(&format!("role-{role}"))`, `.tw("key", &[("name", value)])`.
fn called<'s>(code: &[&'s Token]) -> Option<Ask<'s>> {
    let asks =
        code.first()?.is_mark(".") && (code.get(1)?.is_word("t") || code.get(1)?.is_word("tw"));
    if !asks || !code.get(2)?.is_mark("(") {
        return None;
    }
    let without_values = code[1].is_word("t");
    let rest = &code[3..];
    let formats = rest.first()?.is_mark("&") && rest.get(1)?.is_word("format");
    let text = if formats {
        *rest.get(4)?
    } else {
        *rest.first()?
    };
    if text.kind != Kind::Text {
        return None;
    }
    let key = text.text.split('{').next().unwrap_or_default();
    let begins_only = key.len() < text.text.len();
    let values = if without_values {
        Some(BTreeSet::new())
    } else {
        values(&rest[1..])
    };
    Some(Ask {
        key,
        begins_only,
        values,
        line: text.line,
    })
}

/// `text_key: "nav-start"` and `title_key: Some("nav-plan")`.
fn named<'s>(code: &[&'s Token]) -> Option<Ask<'s>> {
    let field = code.first()?;
    if !(field.is_word("text_key") || field.is_word("title_key")) || !code.get(1)?.is_mark(":") {
        return None;
    }
    let wrapped = code.get(2)?.is_word("Some");
    let text = if wrapped {
        *code.get(4)?
    } else {
        *code.get(2)?
    };
    (text.kind == Kind::Text).then(|| Ask {
        key: &text.text,
        begins_only: false,
        values: Some(BTreeSet::new()),
        line: text.line,
    })
}

/// The names in `, &[("name", …), ("other", …)]`; none if the list is made elsewhere.
fn values(code: &[&Token]) -> Option<BTreeSet<String>> {
    let opens = [",", "&", "["]
        .iter()
        .zip(code)
        .all(|(mark, token)| token.is_mark(mark));
    if !opens {
        return None;
    }
    let mut names = BTreeSet::new();
    let mut depth = 1_i32;
    for pair in code.get(3..)?.windows(2) {
        match pair[0].text.as_str() {
            _ if pair[0].kind == Kind::Text => {}
            "(" if depth == 1 => {
                names.extend((pair[1].kind == Kind::Text).then(|| pair[1].text.clone()));
                depth += 1;
            }
            "(" | "[" | "{" => depth += 1,
            "]" if depth == 1 => return Some(names),
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    None
}
