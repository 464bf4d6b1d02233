//! Files kept with customers and orders: taken in piece by piece, handed out to be saved, each content
//! kept once, and nobody's but those who see the record.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::convert::Infallible;

use ::book::{file, store::attachments};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use cast::{app, app_at, at, book, send};
use db::Db;
use serde_json::{Value, json};
use tower::ServiceExt;

struct Answer {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

async fn raw(app: &Router, who: &str, asked: &str, key: Option<&str>, body: Vec<u8>) -> Answer {
    let (method, path) = asked.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-person", who);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    // It arrives in parts, as over a network.
    let parts: Vec<Result<Vec<u8>, Infallible>> = body
        .chunks(64 * 1024)
        .map(|part| Ok(part.to_vec()))
        .collect();
    let body = Body::from_stream(futures_util::stream::iter(parts));
    let request = request.body(body).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

/// A file of so many bytes that begins like a PDF and repeats nothing.
fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut state = 7_u64;
    while bytes.len() < size {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

const PLACE: &str = "POST /api/v1/customers/alpha/attachments";

async fn counted(db: &Db, sql: &'static str) -> i64 {
    let mut tx = db.read().await.unwrap();
    let (count,): (i64,) = tx.q(sql).one().await.unwrap();
    count
}

const PIECES: &str = "select count(*) from book_piece";

testkit::each_engine!(
    async fn a_file_comes_back_as_it_went_in(db) {
        book(&db).await;
        let app = app(&db);
        let sent = pdf(file::PIECE_BYTES * 2 + 17);
        let path = format!("{PLACE}?name=..%2FVertrag%20%E5%90%88%E5%90%8C.pdf&note=signed");
        let made = raw(&app, "chen", &path, None, sent.clone()).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let made = made.json();
        assert_eq!((&made["name"], &made["note"], &made["size_bytes"]), (&json!("Vertrag 合同.pdf"), &json!("signed"), &json!(sent.len())));
        let one = format!("/api/v1/attachments/{}", made["id"].as_str().unwrap());
        let back = raw(&app, "li", &format!("GET {one}/content"), None, Vec::new()).await;
        assert_eq!((back.status, back.bytes == sent), (200, true));
        assert_eq!(back.header("content-type"), "application/pdf");
        assert_eq!(back.header("content-disposition"), "attachment; filename=\"Vertrag __.pdf\"; filename*=UTF-8''Vertrag%20%E5%90%88%E5%90%8C.pdf");
        assert_eq!(back.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(back.header("x-content-type-options"), "nosniff");
        let (_, list) = send(&app, "chen", "GET /api/v1/customers/alpha/attachments", &[], "").await;
        assert_eq!(list["items"], json!([made]));
        let (status, now) = send(&app, "chen", &format!("PATCH {one}"), &[("if-match", "\"v1\"")], r#"{"note":null}"#).await;
        assert_eq!((status, &now["note"], &now["version"]), (200, &json!(null), &json!(2)));
        let (status, _) = send(&app, "chen", &format!("DELETE {one}"), &[("if-match", "\"v1\"")], "").await;
        assert_eq!(status, 412);
        let (status, _) = send(&app, "chen", &format!("DELETE {one}"), &[], "").await;
        assert_eq!(status, 200);
        let gone = raw(&app, "li", &format!("GET {one}/content"), None, Vec::new()).await;
        assert_eq!(gone.status, 404);
    }
);

testkit::each_engine!(
    async fn one_content_is_kept_once(db) {
        book(&db).await;
        let app = app(&db);
        let sent = pdf(file::PIECE_BYTES + 5);
        for (place, name) in [(PLACE, "a.pdf"), (PLACE, "b.pdf"), ("POST /api/v1/customers/beta/attachments", "c.pdf")] {
            let made = raw(&app, "fay", &format!("{place}?name={name}"), None, sent.clone()).await;
            assert_eq!(made.status, 201);
        }
        assert_eq!(counted(&db, PIECES).await, 2);
        // The same request again is the same file; with another content it is refused.
        let path = format!("{PLACE}?name=k.pdf");
        let first = raw(&app, "fay", &path, Some("k"), sent.clone()).await;
        let again = raw(&app, "fay", &path, Some("k"), sent).await;
        assert_eq!((first.status, &first.bytes), (again.status, &again.bytes));
        let other = raw(&app, "fay", &path, Some("k"), pdf(10)).await;
        assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency.other_body")));
        assert_eq!(counted(&db, "select count(*) from book_attachment").await, 4);
    }
);

testkit::each_engine!(
    async fn a_file_has_at_most_20_mib(db) {
        book(&db).await;
        let app = app(&db);
        let most = pdf(file::MOST_BYTES);
        let path = format!("{PLACE}?name=most.pdf");
        let made = raw(&app, "chen", &path, None, most.clone()).await;
        assert_eq!(made.status, 201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let back = raw(&app, "chen", &format!("GET /api/v1/attachments/{id}/content"), None, Vec::new()).await;
        assert!(back.bytes == most);
        let over = raw(&app, "chen", &path, None, pdf(file::MOST_BYTES + 1)).await;
        assert_eq!((over.status, &over.json()["code"]), (413, &json!("too_large")));
        let empty = raw(&app, "chen", &path, None, Vec::new()).await;
        assert_eq!((empty.status, &empty.json()["code"]), (422, &json!("file.empty")));
    }
);

testkit::each_engine!(
    async fn what_a_browser_could_run_is_not_taken(db) {
        book(&db).await;
        let app = app(&db);
        for (name, bytes) in [
            ("page.html", &b"<script>"[..]),
            ("pic.svg", b"<svg onload='x'>"),
            ("pic.png", b"MZ\x90\0"),
            ("run.exe", b"MZ\x90\0"),
            ("letter.pdf", b"<html>"),
            ("notes.txt", b"a\0b"),
        ] {
            let answer = raw(&app, "chen", &format!("{PLACE}?name={name}"), None, bytes.to_vec()).await;
            assert_eq!((answer.status, &answer.json()["code"]), (415, &json!("file.kind")), "{name}");
        }
        let nameless = raw(&app, "chen", PLACE, None, pdf(10)).await;
        assert_eq!(nameless.status, 422);
        assert_eq!(counted(&db, PIECES).await, 0, "nothing of them was kept");
    }
);

testkit::each_engine!(
    async fn files_of_a_foreign_customer_answer_like_nothing(db) {
        book(&db).await;
        let app = app(&db);
        let theirs = raw(&app, "sun", "POST /api/v1/customers/gamma/attachments?name=a.pdf", None, pdf(99)).await;
        let id = theirs.json()["id"].as_str().unwrap().to_owned();
        let nobodys = "0".repeat(26);
        for (method, end) in [("GET", ""), ("GET", "/content"), ("PATCH", ""), ("DELETE", "")] {
            let mut answers = Vec::new();
            for id in [&id, &nobodys] {
                let body = if method == "PATCH" { "{}" } else { "" };
                let (status, answer) = send(&app, "chen", &format!("{method} /api/v1/attachments/{id}{end}"), &[], body).await;
                answers.push((status, answer.to_string().replace(id, "ID")));
            }
            assert_eq!(answers[0].0, 404);
            assert_eq!(answers[0], answers[1], "{method} {end}");
        }
        for asked in ["GET /api/v1/customers/gamma/attachments", "POST /api/v1/customers/gamma/attachments?name=a.pdf"] {
            assert_eq!(raw(&app, "chen", asked, None, Vec::new()).await.status, 404);
        }
        assert_eq!(raw(&app, "mia", &format!("{PLACE}?name=a.pdf"), None, pdf(9)).await.status, 403);
        let order = r#"{"number":"O-1","customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
        send(&app, "chen", "POST /api/v1/orders", &[], order).await;
        let kept = raw(&app, "chen", "POST /api/v1/orders/o-1/attachments?name=a.pdf", None, pdf(99)).await;
        assert_eq!((kept.status, &kept.json()["subject"]), (201, &json!("O-1")));
        let id = kept.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(raw(&app, "wu", &format!("GET /api/v1/attachments/{id}/content"), None, Vec::new()).await.status, 404);
        assert_eq!(raw(&app, "li", &format!("GET /api/v1/attachments/{id}/content"), None, Vec::new()).await.status, 200);
    }
);

testkit::each_engine!(
    async fn what_broke_off_is_swept_away_and_what_is_kept_stays(db) {
        book(&db).await;
        let app = app(&db);
        let kept = pdf(100);
        raw(&app, "chen", &format!("{PLACE}?name=a.pdf"), None, kept).await;
        let over = raw(&app, "chen", &format!("{PLACE}?name=b.pdf"), None, pdf(file::MOST_BYTES + 1)).await;
        assert_eq!(over.status, 413);
        let left = counted(&db, PIECES).await;
        assert_eq!(left, 81, "80 pieces of what was too large, 1 that is kept");
        let later = app_at(&db, 1_000 + 3_601);
        raw(&later, "chen", &format!("{PLACE}?name=c.pdf"), None, pdf(200)).await;
        assert_eq!(counted(&db, PIECES).await, 2);
        let input = at(100_000);
        let swept = db.write(input, |tx, now| Box::pin(attachments::sweep(tx, *now))).await.unwrap();
        assert_eq!(swept, 0, "what is attached is never swept");
    }
);
