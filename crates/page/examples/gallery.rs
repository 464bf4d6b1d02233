//! Shows the sample pages in a browser: `cargo run -p page --example gallery`, then
//! <http://127.0.0.1:7070/samples>.

#![expect(clippy::print_stdout, reason = "it says where to look")]

use std::{sync::Arc, time::Duration};

use axum::{Router, http::request::Parts, response::Html, routing::get};
use db::Db;
use jiff::{Timestamp, civil::date};
use page::{
    Actor, Authenticate, FixedClock, Frame, Kit, Path, Prefs, Problem, Site, Texts, Via,
    actor::Pending, finish, samples,
};

struct Visitor;

impl Authenticate for Visitor {
    fn actor<'a>(&'a self, _: &'a Db, _: &'a Parts, _: Timestamp) -> Pending<'a, Option<Actor>> {
        let actor = Actor {
            login: 1,
            person: kernel::ids::PersonId::of(1),
            name: "Xu Lan".to_owned(),
            email: "xu.lan@example.com".to_owned(),
            role: kernel::Role::Manager,
            scope: kernel::Scope::All,
            place: "East".to_owned(),
            place_local: None,
            prefs: Prefs::default(),
            via: Via::Session,
        };
        Box::pin(std::future::ready(Ok(Some(actor))))
    }
}

async fn one(frame: Frame, Path(name): Path<String>) -> page::Result<maud::Markup> {
    let found = samples(&frame).into_iter().find(|(key, _)| *key == name);
    let missing = || Problem::not_found("There is no such sample.");
    found.map(|(_, page)| page).ok_or_else(missing)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::temp_dir().join("page-gallery.db");
    let sample = Frame::sample(page::Lang::En, &[]);
    let kit = Kit {
        db: Db::open_file(&file).await?,
        clock: Arc::new(FixedClock::noon(date(2026, 6, 16))),
        auth: Arc::new(Visitor),
        site: Arc::new(Site::new(
            "Holloway Coatings",
            Texts::new(&[])?,
            sample.nav,
            "0.0.0",
        )),
    };
    let router = Router::new()
        .route("/samples", get(async |frame: Frame| one(frame, Path("components".to_owned())).await))
        .route("/samples/{name}", get(one))
        .route("/search", get(async || {
            tokio::time::sleep(Duration::from_millis(30)).await;
            Html(r#"<li role="option" aria-selected="false"><a href="/samples/problem"><span>A hit</span></a></li>"#)
        }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:7070").await?;
    println!("http://127.0.0.1:7070/samples");
    axum::serve(listener, finish(kit, router)).await?;
    Ok(())
}
