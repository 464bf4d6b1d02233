//! A file as an answer that a browser saves.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use sheet::{BYTE_ORDER_MARK, export::Format};

/// `bytes` as a file called `name` with the ending of its format.
pub fn download(name: &str, format: Format, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.ending());
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let body = match format {
        // Without the mark some spreadsheet programs take the text for another encoding.
        Format::Csv => [BYTE_ORDER_MARK.as_bytes(), &bytes].concat(),
        Format::Xlsx => bytes,
    };
    (headers, body).into_response()
}
