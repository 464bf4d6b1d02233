//! What the command palette finds: each area of the house adds the kinds of things it knows.

use std::{future::Future, pin::Pin};

use db::Tx;
use jiff::civil::Date;
use kernel::{Role, Scope};
use maud::{Markup, html};

use crate::{Frame, icon};

/// Hits of one kind at most.
pub const EACH: i64 = 6;

/// What is looked for, and for whom.
#[derive(Debug, Clone)]
pub struct Sought {
    /// As typed, without blanks around it; never empty.
    pub q: String,
    /// What one may not see is not found.
    pub scope: Scope,
    pub role: Role,
    pub today: Date,
}

/// Something found: where it is, and how it is told from others of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub href: String,
    pub text: String,
    pub beside: String,
}

/// What a finder is doing.
pub type Finding<'a> = Pin<Box<dyn Future<Output = db::Result<Vec<Hit>>> + Send + 'a>>;

/// A kind of thing that can be found.
#[derive(Debug, Clone, Copy)]
pub struct Finder {
    /// The heading of its hits.
    pub title_key: &'static str,
    pub icon: &'static str,
    /// At most [`EACH`] hits, the likeliest first.
    pub find: for<'a> fn(&'a mut Tx, &'a Sought) -> Finding<'a>,
}

/// What was found of one kind.
#[derive(Debug, Clone)]
pub struct Group {
    pub finder: Finder,
    pub hits: Vec<Hit>,
}

/// Asks every finder in turn, in one snapshot.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn find(tx: &mut Tx, finders: &[Finder], sought: &Sought) -> db::Result<Vec<Group>> {
    let mut groups = Vec::new();
    for finder in finders {
        let hits = (finder.find)(tx, sought).await?;
        if !hits.is_empty() {
            groups.push(Group {
                finder: *finder,
                hits,
            });
        }
    }
    Ok(groups)
}

/// A thing's name, with the one in its own script behind it.
pub fn both_names(name: &str, local: Option<&str>) -> String {
    match local {
        Some(local) => format!("{name} · {local}"),
        None => name.to_owned(),
    }
}

/// The lines of the palette, group by group; nothing found gives nothing.
pub fn hits(frame: &Frame, groups: &[Group]) -> Markup {
    html! {
        @for group in groups {
            li role="presentation" { h3 { (frame.t(group.finder.title_key)) } }
            @for hit in &group.hits {
                li role="option" aria-selected="false" {
                    a href=(hit.href) tabindex="-1" {
                        (icon(group.finder.icon)) span { (hit.text) } span.push.t3 { (hit.beside) }
                    }
                }
            }
        }
    }
}
