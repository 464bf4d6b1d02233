//! What every page and every API answer is made of.
//!
//! The kit knows nothing of the trade. It answers: who asks ([`Actor`]), in which language and
//! theme ([`Frame`]), how a page looks ([`shell`], [`parts`], [`charts`], [`form`]), how a figure
//! is written ([`num`]), how a request is read ([`extract`]) and how a "no" is told ([`Problem`]).
//! [`finish`] turns the routes of the house into one application.

pub mod actor;
pub mod assets;
pub mod buttons;
pub mod charts;
pub mod extract;
pub mod finish;
pub mod flash;
pub mod form;
pub mod frame;
pub mod kit;
pub mod lang;
pub mod list;
pub mod markup;
pub mod num;
pub mod palette;
pub mod panels;
pub mod parts;
pub mod problem;
mod problem_page;
pub mod samples;
pub mod shell;
pub mod switches;
pub mod texts;

pub use actor::{Actor, Authenticate, Prefs, Via};
pub use buttons::{Button, button, link};
pub use extract::{Created, Form, Json, Path, Query};
pub use finish::finish;
pub use flash::see;
pub use form::{Choice, FieldKind, FieldSpec, FormErrors, field};
pub use frame::{Frame, Who};
pub use kit::{Clock, FixedClock, Kit, NavGroup, NavItem, Site};
pub use lang::{Lang, Theme, safe_path};
pub use list::{Asked, Bulk, Column, ListPage, Narrowing, View, list_page};
pub use markup::check_markup;
pub use parts::{
    Filter, Kpi, Step, Tone, abar, badge, card, empty, filter_bar, icon, kpi, kpis, note,
    page_head, pager, quiet, search_form, seg, steps, table, tabs, toast,
};
pub use problem::{Problem, ProblemDocument, ProblemField, ask_again};
pub use samples::samples;
pub use shell::{bare, shell};
pub use texts::{Messages, Texts, TextsError, Value};

/// What a handler answers: what was asked for, or the reason why not.
pub type Result<T> = std::result::Result<T, Problem>;

/// The kit's own texts; [`Texts::new`] adds them by itself.
pub const MESSAGES: Messages = Messages {
    en: include_str!("../locales/en.ftl"),
    zh: include_str!("../locales/zh-CN.ftl"),
};

/// The address of one thing in a collection: a code may hold a slash, which a path must not.
pub fn address(collection: &str, code: &str) -> String {
    format!("{collection}/{}", code.replace('/', "%2F"))
}
