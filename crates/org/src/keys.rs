//! What names are searched and sorted by, worked out once when they are saved.
//!
//! The engines' own `lower` and `like` know ASCII only, and neither knows that 陈 is read Chen. So a
//! name is folded here, and hanzi are added as pinyin and as initials: “陈浩” is found by 陈, by
//! chen, by chenhao and by ch.

use pinyin::{ToPinyin, ToPinyinMulti};
use unicode_normalization::UnicodeNormalization;

/// Compatibility forms unified, case and accents removed, white space single.
pub fn fold(text: &str) -> String {
    let plain = text
        .nfkd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter));
    // Full case folding knows one letter more than lower case that matters here: ß is ss.
    let lower: String = plain
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace('ß', "ss");
    lower.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// Everything a search may type to find a thing with these names, in one text between spaces.
pub fn search_key(names: &[&str]) -> String {
    let mut key = String::from(" ");
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        key.push_str(&fold(name));
        key.push(' ');
        for (spelled, initials) in spell(name) {
            key.push_str(&spelled);
            key.push(' ');
            key.push_str(&initials);
            key.push(' ');
        }
    }
    key
}

/// What lists are ordered by: the folded name, hanzi by their pinyin.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter.to_pinyin() {
            Some(sound) => {
                key.push_str(sound.plain());
                // Same sound: the tone, then the character itself, decides.
                key.push(letter);
            }
            None => key.push(letter),
        }
    }
    fold(&key)
}

/// A `like` pattern that finds `asked` anywhere in a search key; `%`, `_` and `!` are literal.
pub fn search_pattern(asked: &str) -> String {
    format!("%{}%", literal(asked))
}

/// A `like` pattern that finds what begins with `asked`; `%`, `_` and `!` are literal.
pub fn prefix_pattern(asked: &str) -> String {
    format!("{}%", literal(asked))
}

fn literal(asked: &str) -> String {
    let mut pattern = String::new();
    for letter in fold(asked).chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern
}

/// At most so many ways to read a name are kept: a few characters with two sounds each.
const MOST_READINGS: usize = 12;

/// The ways a name with hanzi is read, spelled out and as initials: 重庆 is chongqing and, by its
/// characters alone, zhongqing.
fn spell(name: &str) -> Vec<(String, String)> {
    let mut readings = vec![(String::new(), String::new())];
    for sounds in name.to_pinyin_multi().flatten() {
        let mut plain: Vec<(&str, &str)> = sounds
            .into_iter()
            .map(|sound| (sound.plain(), sound.first_letter()))
            .collect();
        plain.sort_unstable();
        plain.dedup();
        let longer = readings.iter().flat_map(|(spelled, initials)| {
            plain.iter().map(move |(sound, first)| {
                (format!("{spelled}{sound}"), format!("{initials}{first}"))
            })
        });
        readings = longer.take(MOST_READINGS).collect();
    }
    readings.retain(|(spelled, _)| !spelled.is_empty());
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hanzi_are_found_by_pinyin_and_initials() {
        let key = search_key(&["Anhe Building Supply", "安禾建材"]);
        for asked in [
            "anhe",
            "BUILDING",
            "安禾",
            "anhejiancai",
            "ahjc",
            "ＡＮＨＥ",
        ] {
            let pattern = search_pattern(asked);
            assert!(key.contains(pattern.trim_matches('%')), "{asked} in {key}");
        }
    }

    #[test]
    fn characters_of_two_sounds_are_found_by_both() {
        for (name, asked) in [
            ("重庆银行", "chongqingyinhang"),
            ("长沙", "changsha"),
            ("厦门", "xiamen"),
            ("音乐", "yinyue"),
        ] {
            let key = search_key(&[name]);
            assert!(key.contains(asked), "{asked} in {key}");
        }
    }

    #[test]
    fn accents_and_case_do_not_hide_a_name() {
        assert_eq!(fold("GROSS"), fold("Groß"));
        assert_eq!(fold("  Müller   & Söhne "), "muller & sohne");
        assert_eq!(search_pattern("50%_!"), "%50!%!_!!%");
        assert_eq!(prefix_pattern("SO-%"), "so-!%%");
    }

    #[test]
    fn hanzi_sort_by_sound() {
        let mut names = ["周宁", "陈浩", "林伟", "Anhe"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Anhe", "陈浩", "林伟", "周宁"]);
    }
}
