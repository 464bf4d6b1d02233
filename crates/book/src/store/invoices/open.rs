//! What is owed on a day, as known at an instant: nothing here is read from today's amounts.

use db::{Cell, Cursor, FromRow, Limit, Listing, Result, Select, Tx};
use jiff::civil::Date;
use kernel::{Moment, Scope};

use crate::store::{
    former_codes::answers_to,
    whose::{self, Whose},
};

/// An invoice with something open on the asked day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenInvoice {
    pub id: i64,
    pub number: String,
    pub customer_code: String,
    pub customer_name: String,
    pub payer_code: String,
    pub day: String,
    pub currency: String,
    pub gross_minor: i64,
    pub settled_minor: i64,
}

/// Invoices with something open as of a moment, oldest first, one page. Whose are in sight is decided
/// today, whatever the day that is asked about.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn open_on(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    moment: Moment,
    customer: &str,
    (limit, from): (Limit, &Cursor),
) -> Result<Listing<OpenInvoice>> {
    let customers = whose::ids(tx, scope, &Whose::default(), today).await?;
    let mut query = Select::new(
        "select d.id, d.number, c.code as customer_code, c.name as customer_name, y.code as payer_code,
                d.day, d.currency, d.gross_minor,",
    );
    query = settled(query, moment)
        .piece(
            "as settled_minor
               from book_invoice d
               join book_customer c on c.id = d.customer_id
               join book_customer y on y.id = d.payer_id",
        )
        .with(
            "where d.day <= ? and d.recorded_at <= ?",
            [
                Cell::from(moment.as_of.to_string()),
                Cell::from(moment.known_at),
            ],
        );
    // What is settled today was settled; whatever is open now has a due day or waits for one.
    if moment.known_at == i64::MAX && today <= moment.as_of {
        query = query.piece(
            "and d.id in (select o.id from book_invoice o where coalesce(o.open_due, '') > '')",
        );
    }
    if let Some(ids) = customers {
        let ids = Cell::from(format!("{ids:?}"));
        query = query.and(
            "d.id in (select x.id from book_invoice x
                       where x.customer_id in (select cast(value as bigint) from json_each(?))
                      union
                      select x.id from book_invoice x
                       where x.payer_id in (select cast(value as bigint) from json_each(?)))",
            [ids.clone(), ids],
        );
    }
    if !customer.trim().is_empty() {
        let code = Cell::from(customer.trim().to_ascii_lowercase());
        query = query.and(
            concat!(
                "d.id in (select x.id from book_invoice x
                        join book_customer k on k.id = x.customer_id where ",
                answers_to!("customer", "k", "?"),
                "union
                      select x.id from book_invoice x
                        join book_customer k on k.id = x.payer_id where ",
                answers_to!("customer", "k", "?"),
                ")"
            ),
            [code.clone(), code.clone(), code.clone(), code],
        );
    }
    query = settled(query.piece("and d.gross_minor >"), moment);
    query = query.and(
        "(d.day, d.id) > (?, ?)",
        [Cell::from(from.key.as_str()), Cell::from(from.id)],
    );
    let page = query.ordered("d.day, d.id", limit.and_one());
    let rows: Vec<OpenInvoice> = tx.select(page).await?;
    Ok(Listing::of(rows, limit, |row| Cursor {
        key: row.day.clone(),
        id: row.id,
    }))
}

/// What of the invoice `d` is settled as of a moment.
fn settled(query: Select, moment: Moment) -> Select {
    query
        .piece(
            "coalesce((select cast(sum(s.amount_minor) as bigint)
                         from book_allocation s
                        where s.invoice_id = d.id",
        )
        .and(db::holds!("s", "?", "?"), holding(moment))
        .piece("), cast(0 as bigint))")
}

/// The values of [`db::holds!`]: the day twice, then the instant twice.
fn holding(moment: Moment) -> [Cell; 4] {
    let day = Cell::from(moment.as_of.to_string());
    let known = Cell::from(moment.known_at);
    [day.clone(), day, known.clone(), known]
}

/// What a payer owes in one currency: open on invoices, and paid or credited but not yet applied.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Balance {
    pub payer_code: String,
    pub payer_name: String,
    pub currency: String,
    pub open_minor: i64,
    pub unapplied_minor: i64,
}

impl Balance {
    pub fn owed_minor(&self) -> i64 {
        self.open_minor.saturating_sub(self.unapplied_minor)
    }
}

/// The balance of every payer in sight that has one as of a moment, by code; at most 50,000. `payer`
/// is the code of one, or empty.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn balances(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    moment: Moment,
    payer: &str,
) -> Result<Vec<Balance>> {
    let customers = whose::ids(tx, scope, &Whose::default(), today).await?;
    let payer = payer.trim().to_ascii_lowercase();
    let parts = Parts { moment, payer };
    let mut query = Select::new(
        "select c.code as payer_code, c.name as payer_name, x.currency,
                cast(sum(x.open_minor) as bigint) as open_minor,
                cast(sum(x.unapplied_minor) as bigint) as unapplied_minor
           from (",
    );
    query = parts.unapplied(parts.open(query).piece("union all"));
    query = query.piece(") x join book_customer c on c.id = x.payer_id where 1 = 1");
    if let Some(ids) = customers {
        let ids = Cell::from(format!("{ids:?}"));
        query = query.and(
            "x.payer_id in (select cast(value as bigint) from json_each(?))",
            [ids],
        );
    }
    let grouped = query.piece(
        "group by c.code, c.name, c.code_key, x.currency
         having sum(x.open_minor) <> 0 or sum(x.unapplied_minor) <> 0",
    );
    tx.select(grouped.ordered("c.code_key, x.currency", 50_000))
        .await
}

/// What a balance is made of, as of a moment; of one payer, or of all.
struct Parts {
    moment: Moment,
    /// Folded code, or empty.
    payer: String,
}

impl Parts {
    fn seen(&self) -> [Cell; 2] {
        [
            Cell::from(self.moment.as_of.to_string()),
            Cell::from(self.moment.known_at),
        ]
    }

    /// The payer stands in every part, so that one payer's balance reads one payer's rows.
    fn of_payer(&self, query: Select, column: &'static str) -> Select {
        if self.payer.is_empty() {
            return query;
        }
        query.piece("and").piece(column).with(
            concat!(
                "= (select k.id from book_customer k where ",
                answers_to!("customer", "k", "?"),
                ")"
            ),
            [
                Cell::from(self.payer.as_str()),
                Cell::from(self.payer.as_str()),
            ],
        )
    }

    fn allocated(&self, query: Select, from: &'static str, column: &'static str) -> Select {
        let query = query
            .piece(from)
            .and(db::holds!("s", "?", "?"), holding(self.moment));
        self.of_payer(query, column)
    }

    /// Invoices less what settles them.
    fn open(&self, query: Select) -> Select {
        let billed = query
            .piece(
                "select i.payer_id, i.currency, i.gross_minor as open_minor,
                        cast(0 as bigint) as unapplied_minor
                   from book_invoice i",
            )
            .with("where i.day <= ? and i.recorded_at <= ?", self.seen());
        self.allocated(
            self.of_payer(billed, "i.payer_id").piece("union all"),
            "select i.payer_id, i.currency, -s.amount_minor, cast(0 as bigint)
               from book_allocation s
               join book_invoice i on i.id = s.invoice_id where 1 = 1",
            "i.payer_id",
        )
    }

    /// Payments and credit notes less what they settle.
    fn unapplied(&self, query: Select) -> Select {
        let paid = query
            .piece(
                "select p.payer_id, p.currency, cast(0 as bigint), p.amount_minor
                   from book_payment p",
            )
            .with("where p.day <= ? and p.recorded_at <= ?", self.seen())
            .and(
                "not coalesce(p.reversed_on <= ? and p.reversed_at <= ?, 1 = 0)",
                self.seen(),
            );
        let credited = self
            .of_payer(paid, "p.payer_id")
            .piece(
                "union all
                 select n.payer_id, n.currency, cast(0 as bigint), n.gross_minor
                   from book_credit_note n",
            )
            .with("where n.day <= ? and n.recorded_at <= ?", self.seen())
            .and(
                "not coalesce(n.cancelled_on <= ? and n.cancelled_at <= ?, 1 = 0)",
                self.seen(),
            );
        let from_payments = self.allocated(
            self.of_payer(credited, "n.payer_id").piece("union all"),
            "select p.payer_id, p.currency, cast(0 as bigint), -s.source_minor
               from book_payment p
               join book_allocation s on s.payment_id = p.id where 1 = 1",
            "p.payer_id",
        );
        self.allocated(
            from_payments.piece("union all"),
            "select n.payer_id, n.currency, cast(0 as bigint), -s.source_minor
               from book_credit_note n
               join book_allocation s on s.credit_note_id = n.id where 1 = 1",
            "n.payer_id",
        )
    }
}
