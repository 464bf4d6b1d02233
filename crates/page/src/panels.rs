//! Pages put together from panels: each area of the house adds what it knows of a thing.
//!
//! A page about something belongs to one crate, but more is known of it in others
//! above. They register a panel for the subject by its name, and the page shows it. Panels that take
//! their time are fetched by the browser after the page, so that no page waits for a chart.

use std::{future::Future, pin::Pin};

use db::Tx;
use jiff::civil::Date;
use kernel::{Moment, Role, Scope};
use maud::{Markup, html};

use crate::{Frame, card, parts::padded};

/// What a panel is about, and for whom.
#[derive(Debug, Clone)]
pub struct About {
    pub frame: Frame,
    pub scope: Scope,
    pub role: Role,
    pub today: Date,
    /// What its figures are looked at from; [`About::today`] is for what can be done now.
    pub moment: Moment,
    /// The question after the page's address, with its `?`, if the moment was asked for; else empty.
    pub asked: String,
    /// The row of the thing, which the asker may see: the page made sure of it.
    pub id: i64,
    pub code: String,
}

/// What a panel is doing; none if it has nothing to say to this asker.
pub type Drawing<'a> = Pin<Box<dyn Future<Output = db::Result<Option<Markup>>> + Send + 'a>>;

/// A card on a page about something.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// What it is about, in one word.
    pub subject: &'static str,
    /// Its own name in addresses.
    pub name: &'static str,
    pub title_key: &'static str,
    /// In the wide column; else at the side.
    pub wide: bool,
    /// Fetched after the page.
    pub later: bool,
    pub draw: for<'a> fn(&'a mut Tx, &'a About) -> Drawing<'a>,
}

/// The two columns of a page.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub wide: Vec<Markup>,
    pub side: Vec<Markup>,
}

impl Columns {
    /// Draws the panels of a subject; those that come later are asked for below `address`.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn draw(
        tx: &mut Tx,
        panels: &[Panel],
        subject: &str,
        about: &About,
        address: &str,
    ) -> db::Result<Columns> {
        let mut columns = Columns::default();
        for panel in panels.iter().filter(|panel| panel.subject == subject) {
            let drawn = if panel.later {
                Some(later(&about.frame, panel, address, &about.asked))
            } else {
                (panel.draw)(tx, about).await?
            };
            let column = if panel.wide {
                &mut columns.wide
            } else {
                &mut columns.side
            };
            column.extend(drawn);
        }
        Ok(columns)
    }

    pub fn markup(&self) -> Markup {
        html! {
            div.g.mt {
                div.c8.stack { @for panel in &self.wide { (panel) } }
                div.c4.stack { @for panel in &self.side { (panel) } }
            }
        }
    }
}

/// The place of a panel until the browser has fetched it. Without scripts it is a link.
pub fn later(frame: &Frame, panel: &Panel, address: &str, asked: &str) -> Markup {
    let href = format!("{address}/panels/{}{asked}", panel.name);
    let body = html! { a href=(href) { (frame.t("panel-load")) } };
    html! {
        div hx-get=(href) hx-trigger="load" hx-swap="outerHTML" {
            (card(frame.t(panel.title_key), "", html! {}, padded(body)))
        }
    }
}
