//! The files a page needs: style, behaviour, icons. Embedded, fingerprinted, packed when built.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use crate::{Kit, Problem};

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    brotli: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $kind:literal) => {
        Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!(env!("OUT_DIR"), "/", $name)),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".br")),
        }
    };
}

static ASSETS: [Asset; 4] = [
    asset!("style.css", "text/css; charset=utf-8"),
    asset!("app.js", "text/javascript; charset=utf-8"),
    asset!("htmx.js", "text/javascript; charset=utf-8"),
    asset!("icons.svg", "image/svg+xml"),
];

/// The addresses of the assets; each carries the hash of its content, so it can be kept forever.
pub struct Addresses {
    pub style: String,
    pub app: String,
    pub htmx: String,
    pub icons: String,
}

pub static ADDRESS: LazyLock<Addresses> = LazyLock::new(|| {
    let address = |asset: &Asset| format!("/assets/{}?v={}", asset.name, hash(asset.bytes));
    let [style, app, htmx, icons] = &ASSETS;
    Addresses {
        style: address(style),
        app: address(app),
        htmx: address(htmx),
        icons: address(icons),
    }
});

/// The first 16 hexadecimal digits of the SHA-256 of `bytes`.
pub fn hash(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(16);
    for byte in Sha256::digest(bytes).iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

pub fn routes() -> Router<Kit> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    };
    let packed = takes_brotli(&headers);
    let bytes = if packed { asset.brotli } else { asset.bytes };
    let mut response = bytes.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    if packed {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        name.trim().eq_ignore_ascii_case("br") && weight.trim() != "q=0"
    })
}

/// Whether the sprite has an icon of this name.
pub fn has_icon(name: &str) -> bool {
    static SPRITE: &str = include_str!(concat!(env!("OUT_DIR"), "/icons.svg"));
    SPRITE.contains(&format!("id=\"i-{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_packed_and_named_by_content() {
        for asset in &ASSETS {
            assert!(!asset.brotli.is_empty() && asset.brotli.len() < asset.bytes.len());
        }
        assert!(ADDRESS.style.starts_with("/assets/style.css?v="));
        assert_eq!(hash(b"").len(), 16);
    }

    #[test]
    fn the_style_sheet_reaches_for_nothing_outside() {
        for asset in &ASSETS {
            let text = String::from_utf8_lossy(asset.bytes);
            assert!(!text.contains("@import"), "{}", asset.name);
        }
        let style = String::from_utf8_lossy(ASSETS[0].bytes);
        assert!(!style.contains("url("));
    }
}
