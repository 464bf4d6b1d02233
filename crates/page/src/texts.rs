//! The words of the pages, in every language, checked when the program starts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::langid;

use crate::{Lang, MESSAGES};

/// A named value in a text: a string, or a whole number where the text has plural forms.
pub type Value<'v> = fluent_bundle::FluentValue<'v>;

type Bundle = FluentBundle<Arc<FluentResource>>;

/// One crate's texts: the contents of its `locales/en.ftl` and `locales/zh-CN.ftl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Messages {
    pub en: &'static str,
    pub zh: &'static str,
}

/// What is wrong with the texts, one line for each fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the texts do not fit together:\n{}", .0.join("\n"))]
pub struct TextsError(pub Vec<String>);

/// Every text of the program in every language; cheap to clone.
#[derive(Clone)]
pub struct Texts(Arc<Bundles>);

struct Bundles {
    en: Bundle,
    zh: Bundle,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// Joins the texts of all crates; the kit's own are added.
    ///
    /// # Errors
    ///
    /// [`TextsError`] lists texts that cannot be parsed, keys given twice, keys that one language
    /// lacks, and keys whose named values differ between the languages.
    pub fn new(parts: &[Messages]) -> Result<Texts, TextsError> {
        let mut all = vec![MESSAGES];
        for part in parts {
            if !all.contains(part) {
                all.push(*part);
            }
        }
        let mut faults = Vec::new();
        let english: Vec<&str> = all.iter().map(|part| part.en).collect();
        let chinese: Vec<&str> = all.iter().map(|part| part.zh).collect();
        let en = bundle(Lang::En, &english, &mut faults);
        let zh = bundle(Lang::ZhCn, &chinese, &mut faults);
        compare(&names(&english), &names(&chinese), &mut faults);
        if faults.is_empty() {
            Ok(Texts(Arc::new(Bundles { en, zh })))
        } else {
            Err(TextsError(faults))
        }
    }

    /// The text of `key`.
    ///
    /// A key that is missing, or a value it needs, is a bug: it panics while developing and shows
    /// the bare key in a release.
    pub fn text(&self, lang: Lang, key: &str, values: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundle(lang);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            debug_assert!(false, "no text has the key {key:?}");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle
            .format_pattern(pattern, values, &mut errors)
            .into_owned();
        debug_assert!(
            errors.is_empty(),
            "the text {key:?} cannot be filled in: {errors:?}"
        );
        text
    }

    pub fn has(&self, key: &str) -> bool {
        self.0.en.has_message(key)
    }

    fn bundle(&self, lang: Lang) -> &Bundle {
        match lang {
            Lang::En => &self.0.en,
            Lang::ZhCn => &self.0.zh,
        }
    }
}

fn bundle(lang: Lang, sources: &[&str], faults: &mut Vec<String>) -> Bundle {
    let locale = match lang {
        Lang::En => langid!("en"),
        Lang::ZhCn => langid!("zh-CN"),
    };
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // Isolating marks would end up in copied text and in tests; both languages run left to right.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|broken| {
            let (rest, errors) = broken;
            for error in errors {
                let line = source[..error.pos.start.min(source.len())].lines().count();
                faults.push(format!("{}: line {line}: {error}", lang.tag()));
            }
            rest
        });
        if let Err(errors) = bundle.add_resource(Arc::new(resource)) {
            faults.extend(
                errors
                    .iter()
                    .map(|error| format!("{}: {error}", lang.tag())),
            );
        }
    }
    bundle
}

/// The keys of the sources with the named values each one uses.
fn names<'s>(sources: &[&'s str]) -> BTreeMap<&'s str, BTreeSet<&'s str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut current = None;
    for line in sources.iter().flat_map(|source| source.lines()) {
        let starts = line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-');
        if starts && let Some((key, _)) = line.split_once('=') {
            let key = key.trim();
            found.entry(key).or_default();
            current = Some(key);
        }
        let Some(values) = current.and_then(|key| found.get_mut(key)) else {
            continue;
        };
        for after in line.split('$').skip(1) {
            let end = after
                .find(|one: char| !(one.is_ascii_alphanumeric() || one == '_' || one == '-'))
                .unwrap_or(after.len());
            values.insert(&after[..end]);
        }
    }
    found
}

fn compare(
    english: &BTreeMap<&str, BTreeSet<&str>>,
    chinese: &BTreeMap<&str, BTreeSet<&str>>,
    faults: &mut Vec<String>,
) {
    for (key, values) in english {
        match chinese.get(key) {
            None => faults.push(format!("zh-CN: lacks {key}")),
            Some(others) if others != values => faults.push(format!(
                "{key}: the values differ, en has {values:?}, zh-CN has {others:?}"
            )),
            Some(_) => {}
        }
    }
    let missing = chinese.keys().filter(|key| !english.contains_key(*key));
    faults.extend(missing.map(|key| format!("en: lacks {key}")));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(en: &'static str, zh: &'static str) -> Vec<String> {
        Texts::new(&[Messages { en, zh }]).unwrap_err().0
    }

    #[test]
    fn a_key_must_be_in_both_languages_once() {
        assert_eq!(faults("t-only = A\n", ""), ["zh-CN: lacks t-only"]);
        assert_eq!(faults("", "t-only = 甲\n"), ["en: lacks t-only"]);
        assert!(faults("t-a = A\nt-a = B\n", "t-a = 甲\n")[0].contains("t-a"));
        assert!(faults("save = Keep\n", "save = 保存\n")[0].contains("save"));
        assert!(faults("t-a = { $n\n", "t-a = 甲\n")[0].starts_with("en: line "));
    }

    #[test]
    fn both_languages_use_the_same_values() {
        let found = faults("t-a = { $name } left\n", "t-a = { $who }离开\n");
        assert!(found[0].starts_with("t-a: the values differ"), "{found:?}");
    }

    #[test]
    fn texts_are_filled_in_without_isolating_marks() {
        let texts = Texts::new(&[Messages {
            en: "t-days = { $count ->\n    [one] { $count } day\n   *[other] { $count } days\n }\n",
            zh: "t-days = { $count } 天\n",
        }])
        .unwrap();
        let mut values = FluentArgs::new();
        values.set("count", 1);
        assert_eq!(texts.text(Lang::En, "t-days", Some(&values)), "1 day");
        values.set("count", 3);
        assert_eq!(texts.text(Lang::En, "t-days", Some(&values)), "3 days");
        assert_eq!(texts.text(Lang::ZhCn, "t-days", Some(&values)), "3 天");
    }

    #[test]
    #[should_panic(expected = "no text has the key")]
    fn a_missing_key_is_found_while_developing() {
        Texts::new(&[]).unwrap().text(Lang::En, "no-such-key", None);
    }
}
