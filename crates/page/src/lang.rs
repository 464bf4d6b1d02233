//! Which language and theme an answer is in, and how a browser remembers both.

use axum::http::{HeaderMap, header};

pub const LANG_COOKIE: &str = "bw-lang";
pub const THEME_COOKIE: &str = "bw-theme";

/// A language the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Lang {
    #[default]
    En,
    ZhCn,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::ZhCn];

    /// The language tag of `<html lang>` and of the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::ZhCn => "zh-CN",
        }
    }

    /// The language's own name.
    pub fn name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::ZhCn => "中文",
        }
    }

    #[must_use]
    pub fn other(self) -> Lang {
        match self {
            Lang::En => Lang::ZhCn,
            Lang::ZhCn => Lang::En,
        }
    }

    /// Reads a tag by its primary language: `zh`, `zh-Hans-CN` and `ZH_cn` are all Chinese.
    pub fn parse(tag: &str) -> Option<Lang> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or("");
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Lang::En),
            "zh" => Some(Lang::ZhCn),
            _ => None,
        }
    }

    /// The best language for these headers: the cookie, else `Accept-Language`, else English.
    pub fn of_headers(headers: &HeaderMap) -> Lang {
        if let Some(kept) = cookie(headers, LANG_COOKIE).and_then(Lang::parse) {
            return kept;
        }
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        Lang::accepted(accepted).unwrap_or_default()
    }

    /// The first of the highest weight in an `Accept-Language` list that we speak.
    fn accepted(list: &str) -> Option<Lang> {
        let mut best: Option<(u32, Lang)> = None;
        for entry in list.split(',') {
            let mut pieces = entry.split(';');
            let Some(lang) = pieces.next().and_then(Lang::parse) else {
                continue;
            };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1000, thousandths);
            if 0 < weight && best.is_none_or(|(most, _)| most < weight) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// `0.8` as 800; what cannot be read counts as unwanted.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u32>(), padded.parse::<u32>()) {
        (Ok(whole), Ok(rest)) if whole <= 1 => whole * 1000 + rest,
        _ => 0,
    }
}

/// Light or dark; where neither was chosen, the system's own setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Option<Theme> {
        match text.trim() {
            "light" => Some(Theme::Light),
            "dark" => Some(Theme::Dark),
            _ => None,
        }
    }

    #[must_use]
    pub fn other(self) -> Theme {
        match self {
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Light,
        }
    }
}

/// The value of the cookie `name`; the first if the browser sends it twice.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `path` if it leads to a page of this server, else `/`.
///
/// A browser reads `//host` and `/\host` as another site and drops tabs and line ends, so only a
/// plain path may be redirected to.
pub fn safe_path(path: &str) -> &str {
    let mut chars = path.chars();
    let local = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let plain = path
        .chars()
        .all(|one| one.is_ascii() && !one.is_ascii_control() && one != '\\' && one != ' ');
    if local && plain { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_we_speak_wins() {
        assert_eq!(Lang::accepted("de,zh-CN;q=0.8,en;q=0.7"), Some(Lang::ZhCn));
        assert_eq!(Lang::accepted("zh;q=0.3, en-GB;q=0.9"), Some(Lang::En));
        assert_eq!(Lang::accepted("zh;q=0, de"), None);
        assert_eq!(Lang::accepted("en, zh"), Some(Lang::En));
        assert_eq!(Lang::accepted("zh;q=abc"), None);
    }

    #[test]
    fn the_cookie_comes_before_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
        headers.insert(header::COOKIE, "a=b; bw-lang=zh-CN".parse().unwrap());
        assert_eq!(Lang::of_headers(&headers), Lang::ZhCn);
    }

    #[test]
    fn only_paths_of_this_server_are_safe() {
        for path in ["/", "/a/b?c=d&e=%2F", "/a#b"] {
            assert_eq!(safe_path(path), path);
        }
        for path in [
            "",
            "a",
            "//evil",
            "/\\evil",
            "https://evil",
            "/\t/evil",
            "/a\r\nSet-Cookie: x",
            "/é",
        ] {
            assert_eq!(safe_path(path), "/", "{path:?}");
        }
    }
}
