//! Payments, and the bills and cheques among them. Scope is the owner of the payer on the asked day.

use std::collections::BTreeMap;

use db::{Cell, DbError, FromRow, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Money, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape, State},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{CustomerId, PaymentId};

/// A payment with what is left of it, and the paper it came as.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Payment {
    pub id: i64,
    pub reference: String,
    pub payer_id: i64,
    pub payer_code: String,
    pub payer_name: String,
    pub payer_local: Option<String>,
    pub day: String,
    pub currency: String,
    pub amount_minor: i64,
    /// What is allocated by now, in the payment's currency.
    pub used_minor: i64,
    pub method: String,
    pub status: String,
    pub note: String,
    pub version: i64,
    pub reversed_on: Option<String>,
    pub acceptor: Option<String>,
    pub paper_number: Option<String>,
    pub paper_due: Option<String>,
    pub paper_status: Option<String>,
    pub recourse: Option<i64>,
}

impl Payment {
    /// Where it stands: its paper's state where it came as one and was not reversed.
    pub fn standing(&self) -> &str {
        match &self.paper_status {
            Some(paper) if self.status != "reversed" => paper,
            _ => &self.status,
        }
    }

    /// For sample pages.
    pub fn sample(id: i64, paper: Option<&str>) -> Payment {
        let of_paper = |text: &str| paper.map(|_| text.to_owned());
        Payment {
            id,
            reference: format!("PAY-2026-{id:05}"),
            payer_id: 1,
            payer_code: "C-1".to_owned(),
            payer_name: "Linkway Steel Structures".to_owned(),
            payer_local: Some("凌威钢构有限公司".to_owned()),
            day: "2026-06-12".to_owned(),
            currency: "CNY".to_owned(),
            amount_minor: 68_647_297,
            used_minor: 60_000_000,
            method: if paper.is_some() { "bill" } else { "transfer" }.to_owned(),
            status: "posted".to_owned(),
            note: String::new(),
            version: 1,
            reversed_on: None,
            acceptor: of_paper("Bank of Ningbo"),
            paper_number: of_paper("4711-0815"),
            paper_due: of_paper("2026-12-12"),
            paper_status: paper.map(str::to_owned),
            recourse: paper.map(|_| 1),
        }
    }

    pub fn payment(&self) -> PaymentId {
        PaymentId::of(self.id)
    }

    pub fn payer(&self) -> CustomerId {
        CustomerId::of(self.payer_id)
    }

    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }

    pub fn left_minor(&self) -> i64 {
        if self.status == "reversed" {
            return 0;
        }
        self.amount_minor.saturating_sub(self.used_minor)
    }
}

/// A payment to be recorded.
#[derive(Debug, Clone)]
pub struct NewPayment {
    pub reference: Code,
    pub payer: CustomerId,
    pub day: Date,
    pub amount: Money,
    pub method: &'static str,
    pub note: String,
    pub paper: Option<Paper>,
    pub recorded: Timestamp,
}

/// What a bill or cheque is besides money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub acceptor: String,
    pub number: String,
    pub due: Date,
}

/// A step in the life of a bill or cheque.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PaperStep {
    pub step: String,
    pub day: String,
    pub to_whom: String,
    pub cost_minor: i64,
}

macro_rules! select_payment {
    () => {
        "select d.id, d.reference, d.payer_id, c.code as payer_code, c.name as payer_name,
                c.name_local as payer_local, d.day, d.currency,
                d.amount_minor,
                coalesce((select cast(sum(s.source_minor) as bigint) from book_allocation s
                           where s.payment_id = d.id and s.retracted_at is null and s.valid_to is null),
                         cast(0 as bigint)) as used_minor,
                d.method, d.status, d.note, d.version, d.reversed_on, b.acceptor, b.paper_number,
                b.due_day as paper_due, b.status as paper_status, b.recourse
           from book_payment d
           join book_customer c on c.id = d.payer_id
           left join book_bill b on b.payment_id = d.id"
    };
}

/// By the amount, whatever the currency.
pub const BY_AMOUNT: SortBy = SortBy::number("amount", "d.amount_minor");
/// What the list can be sorted by.
pub const SORTS: [SortBy; 4] = [BY_NUMBER, BY_DAY, BY_CUSTOMER, BY_AMOUNT];

/// Payments as a list, newest first. A state is one of the payment, of its paper, or its method.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_payment_document",
        columns: "d.status, d.currency, d.method",
        beside: None,
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state,
    of_order: "d.id in (select v.payment_id
                          from book_order n
                          join book_invoice i on i.order_id = n.id
                          join book_allocation v on v.invoice_id = i.id
                         where n.number_key = ?
                           and v.retracted_at is null)",
    rows: concat!(
        select_payment!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

fn state(state: &str, _on: Date) -> State {
    let text = match state {
        "posted" | "reversed" => return listed::of_status(state),
        "transfer" | "cash" | "card" | "direct_debit" | "bill" | "cheque" | "other" => {
            "d.method = ?"
        }
        _ => "d.id in (select b.payment_id from book_bill b where b.status = ?)",
    };
    State {
        text,
        ..listed::of_status(state)
    }
}

impl Listed for Payment {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One payment by reference.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, reference: &str, on: Date) -> Result<Payment> {
    const SQL: &str = concat!(
        select_payment!(),
        " where ",
        in_sight!("d.payer_id"),
        " and d.reference_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(reference.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("payment {reference}")))?)
}

/// # Errors
///
/// [`db::DbError::Taken`] if the reference is in use.
pub async fn add(tx: &mut Tx, new: &NewPayment) -> Result<PaymentId> {
    const SQL: &str = "
        insert into book_payment (reference, reference_key, payer_id, day, currency, amount_minor, method,
               status, note, version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'posted', $8, 1, $9)
        returning id";
    const PAPER: &str = "
        insert into book_bill (payment_id, acceptor, paper_number, due_day, status, recourse)
        values ($1, $2, $3, $4, 'received', 1)";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.reference.as_str().to_owned())
        .bind(new.reference.folded())
        .bind(new.payer.get())
        .bind(new.day.to_string())
        .bind(new.amount.currency().code())
        .bind(new.amount.minor())
        .bind(new.method)
        .bind(new.note.clone())
        .bind(new.recorded.as_microsecond())
        .one()
        .await?;
    if let Some(paper) = &new.paper {
        tx.q(PAPER)
            .bind(id)
            .bind(paper.acceptor.clone())
            .bind(paper.number.clone())
            .bind(paper.due.to_string())
            .run()
            .await?;
    }
    Ok(PaymentId::of(id))
}

/// Records many payments; answers their ids by folded reference.
///
/// # Errors
///
/// As [`add`].
pub async fn add_many(tx: &mut Tx, new: &[NewPayment]) -> Result<BTreeMap<String, PaymentId>> {
    const IDS: &str = "
        select reference_key, id
          from book_payment
         where reference_key in (select value from json_each($1))
         order by id
         limit 1000000";
    let heads = new.iter().map(|one| {
        vec![
            Cell::from(one.reference.as_str()),
            Cell::from(one.reference.folded()),
            Cell::from(one.payer.get()),
            Cell::from(one.day.to_string()),
            Cell::from(one.amount.currency().code()),
            Cell::from(one.amount.minor()),
            Cell::from(one.method),
            Cell::from("posted"),
            Cell::from(one.note.as_str()),
            Cell::from(1),
            Cell::from(one.recorded.as_microsecond()),
        ]
    });
    tx.insert_many(
        "insert into book_payment (reference, reference_key, payer_id, day, currency, amount_minor, method,
                status, note, version, recorded_at) values",
        heads.collect(),
    )
    .await?;
    let keys: Vec<String> = new.iter().map(|one| one.reference.folded()).collect();
    let keys = serde_json::json!(keys).to_string();
    let ids: Vec<(String, i64)> = tx.q(IDS).bind(keys).all().await?;
    let ids: BTreeMap<String, PaymentId> = ids
        .into_iter()
        .map(|(key, id)| (key, PaymentId::of(id)))
        .collect();
    let mut papers = Vec::new();
    for one in new {
        let payment = *ids.get(&one.reference.folded()).ok_or(DbError::Missing)?;
        papers.extend(one.paper.as_ref().map(|paper| {
            vec![
                Cell::from(payment.get()),
                Cell::from(paper.acceptor.as_str()),
                Cell::from(paper.number.as_str()),
                Cell::from(paper.due.to_string()),
                Cell::from("received"),
                Cell::from(1),
            ]
        }));
    }
    tx.insert_many(
        "insert into book_bill (payment_id, acceptor, paper_number, due_day, status, recourse) values",
        papers,
    )
    .await?;
    Ok(ids)
}

/// # Errors
///
/// [`db::DbError::Missing`] if it is not posted any more.
pub async fn reverse(tx: &mut Tx, payment: &Payment, day: Date, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_payment
           set status = 'reversed', reversed_on = $1, reversed_at = $2, version = version + 1
         where id = $3
           and status = 'posted'
        returning id";
    tx.q(SQL)
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .bind(payment.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn set_note(tx: &mut Tx, payment: &Payment, note: &str) -> Result<()> {
    const SQL: &str = "
        update book_payment
           set note = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(SQL)
        .bind(note.to_owned())
        .bind(payment.id)
        .bind(payment.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Counts a change, so that a copy read before is stale.
///
/// # Errors
///
/// [`db::DbError::Missing`] if there is no such payment.
pub async fn touch(tx: &mut Tx, payment: PaymentId) -> Result<()> {
    const SQL: &str = "update book_payment set version = version + 1 where id = $1 returning id";
    tx.q(SQL)
        .bind(payment.get())
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// The steps of a bill or cheque, oldest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn paper_steps(tx: &mut Tx, payment: PaymentId) -> Result<Vec<PaperStep>> {
    const SQL: &str = "
        select step, day, to_whom, cost_minor
          from book_bill_step
         where payment_id = $1
         order by id
         limit 100";
    tx.q(SQL).bind(payment.get()).all().await
}

/// Moves a bill or cheque to another state and keeps the step.
///
/// # Errors
///
/// [`db::DbError::Missing`] if its state is another by now.
pub async fn paper_step(
    tx: &mut Tx,
    payment: &Payment,
    (status, recourse): (&str, bool),
    step: &PaperStep,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update book_bill
           set status = $1, recourse = $2
         where payment_id = $3
           and status = $4
        returning payment_id";
    const KEEP: &str = "
        insert into book_bill_step (payment_id, step, day, to_whom, cost_minor, recorded_at)
        values ($1, $2, $3, $4, $5, $6)";
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(i64::from(recourse))
        .bind(payment.id)
        .bind(payment.paper_status.clone().unwrap_or_default())
        .one::<(i64,)>()
        .await?;
    tx.q(KEEP)
        .bind(payment.id)
        .bind(step.step.clone())
        .bind(step.day.clone())
        .bind(step.to_whom.clone())
        .bind(step.cost_minor)
        .bind(now.as_microsecond())
        .run()
        .await?;
    touch(tx, payment.payment()).await
}

/// Customer, day, currency and amount of what is recorded under a folded number, if anything is.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn known(tx: &mut Tx, folded: &str) -> Result<Option<(i64, String, String, i64)>> {
    const SQL: &str = "
        select payer_id, day, currency, amount_minor
          from book_payment
         where reference_key = $1";
    tx.q(SQL).bind(folded.to_owned()).maybe().await
}
