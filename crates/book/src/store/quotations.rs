//! Quotations with their editions. Scope is the customer's owner of the asked day.

use db::{Cell, FromRow, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Percent, Price, Quantity, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape, State},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{
    CustomerId, OrderId, ProductId, QuotationId,
    order::{LineDraft, Worth},
    pricing::{Origin, Rule},
    quotation::standing,
};

/// A quotation with its last edition, or an earlier one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Quotation {
    pub id: i64,
    pub number: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub currency: String,
    pub project: Option<String>,
    pub status: String,
    /// The last edition; `shown_edition` is the one these amounts are of.
    pub edition: i64,
    pub shown_edition: i64,
    pub day: String,
    pub valid_until: String,
    pub sent_on: Option<String>,
    pub net_exact: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub gross_minor: i64,
    pub decided_on: Option<String>,
    pub lost_reason: Option<String>,
    pub competitor: Option<String>,
    pub lost_text: Option<String>,
    pub order_number: Option<String>,
    /// Who earns its order, if that was said.
    pub person_id: Option<i64>,
    pub person_code: Option<String>,
    pub version: i64,
}

impl Quotation {
    pub fn quotation(&self) -> QuotationId {
        QuotationId::of(self.id)
    }

    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    pub fn until(&self) -> Date {
        self.valid_until.parse().unwrap_or(Date::ZERO)
    }

    /// Where it stands on `today`.
    pub fn standing(&self, today: Date) -> &'static str {
        standing(&self.status, self.until(), today)
    }

    /// One for the gallery of pages.
    pub fn sample(id: i64, status: &str) -> Quotation {
        let is_lost = status == "lost";
        Quotation {
            id,
            number: format!("QU-2026-0000{id}"),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            customer_name: "Huadong Shipyard".to_owned(),
            customer_local: Some("凌威钢构有限公司".to_owned()),
            currency: "CNY".to_owned(),
            project: None,
            status: status.to_owned(),
            edition: 2,
            shown_edition: 2,
            day: format!("2026-06-0{id}"),
            valid_until: format!("2026-06-1{}", 2 * id),
            sent_on: None,
            net_exact: 5_771_230_000,
            net_minor: 577_123,
            tax_minor: 75_026,
            gross_minor: 652_149,
            decided_on: is_lost.then(|| "2026-06-15".to_owned()),
            lost_reason: is_lost.then(|| "delivery_time".to_owned()),
            competitor: is_lost.then(|| "Nordwind".to_owned()),
            lost_text: is_lost.then(|| "Two weeks sooner".to_owned()),
            order_number: (status == "ordered").then(|| "SO-2026-00001".to_owned()),
            person_id: None,
            person_code: None,
            version: 1,
        }
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }
}

macro_rules! select_quotation {
    ($edition:literal) => {
        concat!(
            "select d.id, d.number, d.customer_id, c.code as customer_code, c.name as customer_name,
                    c.name_local as customer_local, d.currency, d.project, d.status, d.edition, e.edition as shown_edition, e.day,
                    e.valid_until, e.sent_on, e.net_exact, e.net_minor, e.tax_minor, e.gross_minor,
                    d.decided_on, d.lost_reason, d.competitor, d.lost_text, o.number as order_number,
                    d.person_id, w.code as person_code, d.version
               from book_quotation d
               join book_quotation_edition e on e.quotation_id = d.id and e.edition = ",
            $edition,
            " join book_customer c on c.id = d.customer_id
              left join book_order o on o.id = d.order_id
              left join org_person w on w.id = d.person_id"
        )
    };
}

/// What the list can be sorted by.
pub const SORTS: [SortBy; 3] = [BY_NUMBER, BY_DAY, BY_CUSTOMER];

/// Quotations as a list, newest first, each with its last edition.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_quotation",
        columns: "d.status, d.valid_until, d.order_id, d.currency",
        beside: None,
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state: in_state,
    of_order: "d.order_id in (select n.id from book_order n where n.number_key = ?)",
    rows: concat!(
        select_quotation!("d.edition"),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

/// Those in a state on a day: what was sent expires by itself.
fn in_state(state: &str, on: Date) -> State {
    let on = Cell::from(on.to_string());
    match state {
        "sent" => State {
            text: "d.status = 'sent' and ? <= d.valid_until",
            values: vec![on],
            has_orders: false,
        },
        "expired" => State {
            text: "d.status = 'sent' and d.valid_until < ?",
            values: vec![on],
            has_orders: false,
        },
        _ => listed::of_status(state),
    }
}

impl Listed for Quotation {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One quotation by number, in its last edition or the one asked for.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(
    tx: &mut Tx,
    scope: &Scope,
    number: &str,
    edition: Option<i64>,
    on: Date,
) -> Result<Quotation> {
    const SQL: &str = concat!(
        select_quotation!("coalesce($6, d.edition)"),
        " where ",
        in_sight!("d.customer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .bind(edition)
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("quotation {number}")))?)
}

/// An edition in the list of them.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Past {
    pub edition: i64,
    pub day: String,
    pub valid_until: String,
    pub sent_on: Option<String>,
    pub net_minor: i64,
    pub gross_minor: i64,
}

/// The editions there were, the first one first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn editions(tx: &mut Tx, quotation: QuotationId) -> Result<Vec<Past>> {
    const SQL: &str = "
        select edition, day, valid_until, sent_on, net_minor, gross_minor
          from book_quotation_edition
         where quotation_id = $1
         order by edition
         limit 1000";
    tx.q(SQL).bind(quotation.get()).all().await
}

/// A line of an edition, quantities and prices in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub product_id: i64,
    pub product_code: String,
    pub product_name: String,
    pub product_local: Option<String>,
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub price_rule: String,
    pub price_source: Option<String>,
    pub price_since: Option<String>,
}

impl Line {
    /// Where its price comes from.
    pub fn origin(&self) -> Origin {
        let since = self.price_since.as_ref();
        Origin {
            rule: Rule::of_word(&self.price_rule),
            source: self.price_source.clone(),
            since: since.and_then(|day| day.parse().ok()),
        }
    }

    /// The line as it would be offered once more.
    pub fn draft(&self) -> LineDraft {
        LineDraft {
            product: ProductId::of(self.product_id),
            quantity: Quantity::of_millionths(self.quantity),
            unit_price: Price::of_millionths(self.unit_price),
            discount: Percent::of_millionths(self.discount),
            tax: Percent::of_millionths(self.tax),
            own_net: None,
            origin: self.origin(),
        }
    }
}

/// The lines of an edition in their sequence.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn lines(tx: &mut Tx, quotation: QuotationId, edition: i64) -> Result<Vec<Line>> {
    const SQL: &str = "
        select l.line, l.product_id, p.code as product_code, p.name as product_name, p.name_local as product_local, l.quantity,
               l.unit_price, l.discount, l.tax, l.net_minor, l.tax_minor, l.price_rule,
               l.price_source, l.price_since
          from book_quotation_line l
          join book_product p on p.id = l.product_id
         where l.quotation_id = $1
           and l.edition = $2
         order by l.line
         limit 1000";
    tx.q(SQL).bind(quotation.get()).bind(edition).all().await
}

/// A quotation to be recorded.
#[derive(Debug, Clone)]
pub struct NewQuotation {
    pub number: Code,
    pub customer: CustomerId,
    pub currency: Currency,
    pub project: Option<String>,
}

/// What is offered in an edition.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Counts from 1.
    pub number: i64,
    pub day: Date,
    pub valid_until: Date,
    pub worth: Worth,
}

/// Records a quotation with its first edition, as a draft.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(
    tx: &mut Tx,
    new: &NewQuotation,
    edition: &Edition,
    now: Timestamp,
) -> Result<QuotationId> {
    const SQL: &str = "
        insert into book_quotation
               (number, number_key, customer_id, currency, project, day, valid_until, status, edition,
                version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, 1, $9)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.customer.get())
        .bind(new.currency.code())
        .bind(new.project.clone())
        .bind(edition.day.to_string())
        .bind(edition.valid_until.to_string())
        .bind(edition.number)
        .bind(now.as_microsecond())
        .one()
        .await?;
    put_edition(tx, QuotationId::of(id), edition, now).await?;
    Ok(QuotationId::of(id))
}

/// Replaces what a draft offers in its edition, or drafts the next one.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn redraft(
    tx: &mut Tx,
    old: &Quotation,
    edition: &Edition,
    status: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update book_quotation
           set day = $1, valid_until = $2, edition = $3, status = $4, version = version + 1
         where id = $5
           and version = $6
        returning id";
    tx.q(SQL)
        .bind(edition.day.to_string())
        .bind(edition.valid_until.to_string())
        .bind(edition.number)
        .bind(status.to_owned())
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await?;
    put_edition(tx, old.quotation(), edition, now).await
}

pub(super) async fn put_edition(
    tx: &mut Tx,
    quotation: QuotationId,
    new: &Edition,
    now: Timestamp,
) -> Result<()> {
    const NO_LINES: &str =
        "delete from book_quotation_line where quotation_id = $1 and edition = $2";
    const NO_EDITION: &str =
        "delete from book_quotation_edition where quotation_id = $1 and edition = $2";
    for sql in [NO_LINES, NO_EDITION] {
        tx.q(sql)
            .bind(quotation.get())
            .bind(new.number)
            .run()
            .await?;
    }
    let head = vec![
        Cell::from(quotation.get()),
        Cell::from(new.number),
        Cell::from(new.day.to_string()),
        Cell::from(new.valid_until.to_string()),
        Cell::from(new.worth.net_exact),
        Cell::from(new.worth.net.minor()),
        Cell::from(new.worth.tax.minor()),
        Cell::from(new.worth.gross.minor()),
        Cell::from(now.as_microsecond()),
    ];
    tx.insert_many(
        "insert into book_quotation_edition (quotation_id, edition, day, valid_until, net_exact, net_minor,
                tax_minor, gross_minor, recorded_at) values",
        vec![head],
    )
    .await?;
    let lines = new.worth.lines.iter();
    let rows = lines.map(|line| line_row(quotation, new.number, line));
    tx.insert_many(
        "insert into book_quotation_line (quotation_id, edition, line, product_id, quantity, unit_price,
                discount, tax, net_exact, net_minor, tax_minor, price_rule, price_source, price_since) values",
        rows.collect(),
    )
    .await
}

fn line_row(quotation: QuotationId, edition: i64, line: &crate::order::Line) -> Vec<Cell> {
    vec![
        Cell::from(quotation.get()),
        Cell::from(edition),
        Cell::from(line.line),
        Cell::from(line.draft.product.get()),
        Cell::from(line.draft.quantity.millionths()),
        Cell::from(line.draft.unit_price.millionths()),
        Cell::from(line.draft.discount.millionths()),
        Cell::from(line.draft.tax.millionths()),
        Cell::from(line.net_exact),
        Cell::from(line.net.minor()),
        Cell::from(line.tax.minor()),
        Cell::from(line.draft.origin.rule.word()),
        Cell::from(line.draft.origin.source.clone()),
        Cell::from(line.draft.origin.since.map(|day| day.to_string())),
    ]
}

/// Why an offer was lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loss {
    pub reason: &'static str,
    pub competitor: Option<String>,
    pub text: Option<String>,
}

/// Sends the draft's edition if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn send(tx: &mut Tx, old: &Quotation, status: &str, day: Date) -> Result<()> {
    const SENT: &str = "
        update book_quotation_edition set sent_on = $1 where quotation_id = $2 and edition = $3";
    const MOVED: &str = "
        update book_quotation
           set status = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(MOVED)
        .bind(status.to_owned())
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await?;
    tx.q(SENT)
        .bind(day.to_string())
        .bind(old.id)
        .bind(old.edition)
        .run()
        .await
        .map(drop)
}

/// Records what became of an offer, if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn decide(
    tx: &mut Tx,
    old: &Quotation,
    (status, day): (&str, Date),
    loss: Option<&Loss>,
) -> Result<()> {
    const SQL: &str = "
        update book_quotation
           set status = $1, decided_on = $2, lost_reason = $3, competitor = $4, lost_text = $5,
               version = version + 1
         where id = $6
           and version = $7
        returning id";
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(day.to_string())
        .bind(loss.map(|loss| loss.reason))
        .bind(loss.and_then(|loss| loss.competitor.clone()))
        .bind(loss.and_then(|loss| loss.text.clone()))
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Ties a quotation and the order that was made of it together, if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn convert(tx: &mut Tx, old: &Quotation, status: &str, order: OrderId) -> Result<()> {
    const ONCE: &str = "
        update book_quotation
           set status = $1, order_id = $2, version = version + 1
         where id = $3
           and version = $4
        returning id";
    const ORIGIN: &str = "update book_order set quotation_id = $1 where id = $2";
    tx.q(ONCE)
        .bind(status.to_owned())
        .bind(order.get())
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await?;
    tx.q(ORIGIN)
        .bind(old.id)
        .bind(order.get())
        .run()
        .await
        .map(drop)
}
