//! A short message that survives one redirect: "Saved", shown as a toast on the next page.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    Tone,
    lang::{cookie, safe_path},
};

pub const FLASH_COOKIE: &str = "bw-flash";
/// The header that takes a shown message away again.
pub const FLASH_GONE: &str = "bw-flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
const LONGEST_BYTES: usize = 600;

/// The message and how it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
}

/// Sends the browser to `path`, where `text` is shown once. An empty text shows nothing.
pub fn see(path: &str, text: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let place = HeaderValue::from_str(safe_path(path));
    let place = place.unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, place);
    if !text.is_empty() {
        let kept: String = clip(text);
        let value = serde_urlencoded::to_string([("good", kept)]).unwrap_or_default();
        let line = format!("{FLASH_COOKIE}={value}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
    }
    response
}

/// The message this request brings back.
pub fn of_headers(headers: &HeaderMap) -> Option<Flash> {
    let value = cookie(headers, FLASH_COOKIE)?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(value).ok()?;
    let (tone, text) = pairs.into_iter().next()?;
    let tone = if tone == "bad" { Tone::Bad } else { Tone::Good };
    (!text.is_empty()).then_some(Flash { tone, text })
}

fn clip(text: &str) -> String {
    let mut kept = String::new();
    for one in text.chars() {
        if LONGEST_BYTES < kept.len() + one.len_utf8() {
            break;
        }
        kept.push(one);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_was_sent() {
        let response = see("/a?b=c", "Saved; 3 = three, 保存成功");
        assert_eq!(response.headers()[header::LOCATION], "/a?b=c");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let mut headers = HeaderMap::new();
        let sent = cookie.split(';').next().unwrap().parse().unwrap();
        headers.insert(header::COOKIE, sent);
        let flash = of_headers(&headers).unwrap();
        assert_eq!(flash.text, "Saved; 3 = three, 保存成功");
        assert_eq!(flash.tone, Tone::Good);
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        let response = see("//elsewhere.example", "");
        assert_eq!(response.headers()[header::LOCATION], "/");
        assert!(response.headers().get(header::SET_COOKIE).is_none());
    }
}
