//! Where the crates of the house become one program: routes, texts, navigation, kinds of files.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::Response,
};
use book::{store::merging::Follower, web::customers::merge::Followers};
use db::{Db, Tx};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{Role, Scope};
use org::{
    Gatekeeper,
    sheet::documents::{Fate, Setting, Stage},
    store::company,
    web::{
        first_run::SetupCode,
        transfer::{self, Seating},
    },
};
use page::{
    Actor, Authenticate, Clock, Kit, Messages, NavGroup, NavItem, Prefs, Site, Texts,
    actor::Pending, panels::Panel,
};
use sheet::{Document, Faults, Layout, Outcome, Sheet, export::Export};
use trail::By;

use crate::{clock::CompanyClock, describe, health, trouble::Trouble, wizard};

/// The texts of every crate; the kit adds its own.
pub const TEXTS: &[Messages] = &[
    org::MESSAGES,
    book::MESSAGES,
    plan::MESSAGES,
    desk::MESSAGES,
    crate::MESSAGES,
];

/// The ways through the pages, in the order of a working day.
pub fn navigation() -> Vec<NavGroup> {
    let item = |href, text_key, icon, jump| NavItem {
        href,
        text_key,
        icon,
        jump: Some(jump),
        roles: &[],
    };
    vec![
        // The first four stand on the phone's tab bar as well.
        NavGroup {
            title_key: None,
            items: vec![
                item("/", "nav-today", "today", 't'),
                item("/customers", "nav-customers", "cust", 'c'),
            ],
        },
        NavGroup {
            title_key: Some("nav-plan-group"),
            items: vec![
                item("/plan", "nav-targets", "target", 'p'),
                item("/attainment", "nav-attainment", "heat", 'a'),
            ],
        },
        NavGroup {
            title_key: Some("nav-book-group"),
            items: vec![
                item("/quotations", "nav-quotations", "doc", 'q'),
                item("/frameworks", "nav-frameworks", "doc", 'f'),
                item("/samples", "nav-trials", "tag", 's'),
                item("/orders", "nav-orders", "doc", 'o'),
                item("/deliveries", "nav-deliveries", "doc", 'd'),
                item("/invoices", "nav-invoices", "doc", 'i'),
                item("/credit-notes", "nav-credit-notes", "doc", 'k'),
                item("/payments", "nav-payments", "doc", 'm'),
                item("/rebates", "nav-rebates", "coins", 'b'),
                item("/products", "nav-products", "tag", 'r'),
                NavItem {
                    roles: &IMPORTERS,
                    ..item("/import", "nav-import", "up", 'u')
                },
            ],
        },
        NavGroup {
            title_key: Some("nav-people-group"),
            items: vec![
                item("/people", "nav-people", "user", 'e'),
                item("/people/moves", "nav-moves", "right", 'v'),
            ],
        },
        NavGroup {
            title_key: Some("nav-settings-group"),
            items: vec![
                NavItem {
                    roles: &SETTERS,
                    ..item("/settings/number-series", "nav-number-series", "list", 'n')
                },
                NavItem {
                    roles: &SETTERS,
                    ..item("/settings/rates", "nav-rates", "coins", 'x')
                },
            ],
        },
    ]
}

/// Who may read files of any kind in.
pub const IMPORTERS: [Role; 4] = [Role::Administrator, Role::Finance, Role::Manager, Role::Rep];

/// Who looks at settings of the company.
const SETTERS: [Role; 3] = [Role::Administrator, Role::Finance, Role::Auditor];

/// What the palette offers besides the pages.
pub fn commands() -> Vec<NavItem> {
    let command = |href, text_key, icon| NavItem {
        href,
        text_key,
        icon,
        jump: None,
        roles: &[],
    };
    vec![
        command("/orders?status=draft", "command-drafts", "doc"),
        command("/orders?status=held", "command-held", "lock"),
        command("/samples?status=overdue", "command-late-trials", "tag"),
        command("/customers?sort=last", "command-silent", "cust"),
        command("/customers/export.csv", "command-export", "dl"),
        NavItem {
            roles: &IMPORTERS,
            ..command("/import", "command-import", "up")
        },
    ]
}

/// What each area adds to pages about a customer. A duty appends its own.
fn panels() -> Vec<Panel> {
    book::web::customers::panels::panels()
}

/// The routes of every crate.
fn routes() -> Router<Kit> {
    Router::new()
        .merge(org::web::routes())
        .merge(book::web::routes())
        .merge(plan::web::routes())
        .merge(collect::web::routes())
        .merge(desk::web::routes())
        .merge(describe::routes())
        .merge(health::routes())
        .merge(wizard::routes())
        .layer(Extension(plan::moving::Kinds(IN_FLIGHT)))
        .layer(Extension(Followers(MERGED)))
        .layer(Extension(SEATED))
}

/// What is kept of customers above the book, and follows when two become one; a duty adds its own.
pub const MERGED: &[Follower] = &[collect::web::merging::FOLLOWER];

/// What goes along when a person changes unit; a duty adds its own.
const SEATED: transfer::Followers = transfer::Followers(&[plan::moving::person::FOLLOWER]);

/// The kinds of open documents a move asks about; a duty adds its own here.
const IN_FLIGHT: &[book::store::in_flight::Kind] = book::store::in_flight::KINDS;

/// The whole program as one service; `setup` opens the first run.
pub fn application(kit: Kit, setup: SetupCode) -> Router {
    page::finish(kit, routes().layer(Extension(setup)))
}

/// The program of a company whose clock runs: it follows a company founded while it serves.
pub fn live_application(kit: Kit, clock: Arc<CompanyClock>, setup: SetupCode) -> Router {
    let follow = middleware::from_fn_with_state((kit.db.clone(), clock), follow_founding);
    page::finish(kit, routes().layer(Extension(setup)).layer(follow))
}

/// What every handler holds, for the company in this database.
///
/// # Errors
///
/// The database cannot be read.
pub async fn kit(db: Db, clock: Arc<CompanyClock>) -> Result<Kit, Trouble> {
    let mut tx = db.read().await?;
    let company = company::fetch(&mut tx).await?;
    drop(tx);
    let name = company
        .as_ref()
        .map_or("Bailiwick", |company| company.name.as_str());
    let site = site(name)?;
    Ok(Kit {
        db,
        auth: Arc::new(Gate {
            clock: Arc::clone(&clock),
        }),
        clock,
        site,
    })
}

/// What all pages of the company `name` share.
///
/// # Errors
///
/// The texts of the crates do not fit together: a mistake in the program.
pub fn site(name: &str) -> Result<Arc<Site>, Trouble> {
    let texts = Texts::new(TEXTS).map_err(|faults| Trouble::new(faults.to_string()))?;
    let site = Site::new(name, texts, navigation(), crate::VERSION);
    let site = site.with_commands(commands()).with_panels(panels());
    Ok(Arc::new(site))
}

/// The time zone of the company in this database; UTC before there is one.
///
/// # Errors
///
/// The database cannot be read.
pub async fn zone(db: &Db) -> Result<TimeZone, Trouble> {
    let mut tx = db.read().await?;
    let company = company::fetch(&mut tx).await?;
    let zone = company.and_then(|company| TimeZone::get(&company.zone).ok());
    Ok(zone.unwrap_or(TimeZone::UTC))
}

/// Finds the actor on the company's own day, whatever zone it was founded in meanwhile.
struct Gate {
    clock: Arc<CompanyClock>,
}

impl Authenticate for Gate {
    fn actor<'a>(
        &'a self,
        db: &'a Db,
        parts: &'a axum::http::request::Parts,
        now: Timestamp,
    ) -> Pending<'a, Option<Actor>> {
        Box::pin(async move {
            let zone = self.clock.zone();
            Gatekeeper { zone }.actor(db, parts, now).await
        })
    }

    fn keep_prefs<'a>(&'a self, db: &'a Db, actor: &'a Actor, prefs: Prefs) -> Pending<'a, ()> {
        Box::pin(async move {
            let zone = self.clock.zone();
            Gatekeeper { zone }.keep_prefs(db, actor, prefs).await
        })
    }
}

/// Moves the clock to the zone of a company that was just founded.
async fn follow_founding(
    State((db, clock)): State<(Db, Arc<CompanyClock>)>,
    request: Request,
    next: Next,
) -> Response {
    let founds = request.method() == Method::POST && request.uri().path() == "/first-run";
    let response = next.run(request).await;
    if founds && response.status() == StatusCode::SEE_OTHER {
        match zone(&db).await {
            Ok(zone) => clock.move_to(zone),
            Err(error) => tracing::error!(%error, "the new company’s time zone cannot be read"),
        }
    }
    response
}

/// The crate that reads a kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Org,
    Book,
    Collect,
    Plan,
}

/// The crates in the order they stand on each other, and each in its own order: what a file refers
/// to comes before it.
fn owned_layouts() -> Vec<(Owner, &'static Layout)> {
    let org = org::sheet::LAYOUTS
        .iter()
        .map(|layout| (Owner::Org, layout));
    let book = book::sheet::LAYOUTS
        .iter()
        .map(|layout| (Owner::Book, layout));
    let collect = collect::sheet::LAYOUTS
        .iter()
        .map(|layout| (Owner::Collect, layout));
    let plan = plan::sheet::LAYOUTS
        .iter()
        .map(|layout| (Owner::Plan, layout));
    org.chain(book).chain(collect).chain(plan).collect()
}

/// Every kind of file that can be imported, what is referred to first.
pub fn layouts() -> Vec<&'static Layout> {
    owned_layouts()
        .into_iter()
        .map(|(_, layout)| layout)
        .collect()
}

/// The names of the kinds, in the same order.
pub fn kinds() -> Vec<&'static str> {
    layouts().into_iter().map(|layout| layout.kind).collect()
}

/// The layout of a kind.
pub fn layout(kind: &str) -> Option<&'static Layout> {
    layouts().into_iter().find(|layout| layout.kind == kind)
}

/// Reads a sheet in, by the crate it belongs to.
///
/// # Errors
///
/// Whatever the engine reports; what is wrong with the rows is in the answer.
pub async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    by: &By,
    today: Date,
) -> db::Result<Result<Outcome, Faults>> {
    let kind = sheet.layout.kind;
    match owner(kind) {
        Some(Owner::Org) => {
            let seats = matches!(kind, "people" | "memberships");
            let seating = if seats {
                Some(Seating::of_all(tx).await?)
            } else {
                None
            };
            let read = org::sheet::import(tx, kind, sheet, by, today).await?;
            if let (Some(seating), Ok(_)) = (seating, &read) {
                seating.settle(tx, SEATED, by).await?;
            }
            Ok(read)
        }
        Some(Owner::Book) => book::sheet::import(tx, kind, sheet, by, today).await,
        Some(Owner::Collect) => collect::sheet::import(tx, kind, sheet, by, today).await,
        Some(Owner::Plan) => plan::sheet::import(tx, kind, sheet, by, today).await,
        None => Err(db::DbError::Missing),
    }
}

/// The column by which rows of `kind` are brought together as documents, which are read in a batch at
/// a time; `None` for a kind whose rows are judged as one sheet.
pub fn document_key(kind: &str) -> Option<&'static str> {
    book::sheet::document_key(kind)
}

/// Takes a batch of documents, by the crate they belong to.
///
/// # Errors
///
/// Whatever the engine reports; what is wrong with a document is its fate.
pub async fn take(
    tx: &mut Tx,
    kind: &str,
    batch: &[Document],
    setting: Setting<'_>,
    stage: Stage,
) -> db::Result<Vec<Fate>> {
    book::sheet::take(tx, kind, batch, setting, stage).await
}

/// What of each document lies beyond a scope; none of a kind in which that cannot be told is within.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn beyond(
    tx: &mut Tx,
    kind: &str,
    batch: &[Document],
    seen: (&Scope, Date),
) -> db::Result<Vec<Faults>> {
    book::sheet::beyond(tx, kind, batch, seen).await
}

/// Who may read files of a kind in with the browser, as they may enter the same by hand.
pub fn may_import(kind: &str) -> &'static [Role] {
    use Role::{Administrator, Finance, Manager, Rep};
    match kind {
        "orders" => &[Administrator, Finance, Manager, Rep],
        "deliveries" => &[Administrator, Finance, Manager],
        "customers" | "products" | "customer-groups" | "product-groups" | "price-lists"
        | "prices" | "special-prices" | "rates" | "invoices" | "credit-notes" | "payments"
        | "allocations" | "open-items" | "contacts" | "addresses" | "payment-terms"
        | "customer-ties" | "customer-terms" | "number-series" | "price-list-uses"
        | "frameworks" | "call-offs" | "rebates" | "quotations" | "samples" => {
            &[Administrator, Finance]
        }
        "credit-limits" => &[Finance],
        _ => &[Administrator],
    }
}

/// Writes what is in a scope of a kind, by the crate it belongs to.
///
/// # Errors
///
/// Whatever the engine reports; more rows than a file holds.
pub async fn export(
    tx: &mut Tx,
    kind: &str,
    seen: (&Scope, Date),
    file: &mut Export<'_>,
) -> db::Result<()> {
    match owner(kind) {
        Some(Owner::Org) => org::sheet::export(tx, kind, seen, file).await,
        Some(Owner::Book) => book::sheet::export(tx, kind, seen, file).await,
        Some(Owner::Collect) => collect::sheet::export(tx, seen, file).await,
        Some(Owner::Plan) => plan::sheet::export(tx, kind, seen, file).await,
        None => Err(db::DbError::Missing),
    }
}

fn owner(kind: &str) -> Option<Owner> {
    let mut all = owned_layouts().into_iter();
    all.find(|(_, layout)| layout.kind == kind)
        .map(|(owner, _)| owner)
}

/// The day it is for this clock; what commands beside the server work with.
pub fn by_shell(clock: &CompanyClock) -> (By, Date) {
    (By::shell(clock.now()), clock.today())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The letters that lead to more than one page, or are no small letters.
    fn clashes(items: &[NavItem]) -> Vec<(char, Vec<&str>)> {
        let mut pages: BTreeMap<char, Vec<&str>> = BTreeMap::new();
        for item in items {
            if let Some(letter) = item.jump {
                pages.entry(letter).or_default().push(item.href);
            }
        }
        let wrong = pages.into_iter();
        wrong
            .filter(|(letter, pages)| 1 < pages.len() || !letter.is_ascii_lowercase())
            .collect()
    }

    #[test]
    fn every_letter_after_g_leads_to_one_page() {
        let items = || navigation().into_iter().flat_map(|group| group.items);
        let all: Vec<NavItem> = items().collect();
        assert_eq!(clashes(&all), []);
        let doubled: Vec<NavItem> = items().chain(items().take(1)).collect();
        assert_eq!(clashes(&doubled), [('t', vec!["/", "/"])], "it is noticed");
    }
}
