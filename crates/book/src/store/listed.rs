//! What all lists of documents share: whose they are, what narrows them, and their pages.

use db::{Cell, Count, Cursor, Limit, Listing, Record, Result, Sort, Tx};
use jiff::civil::Date;
use kernel::Scope;
use org::keys;

use super::{
    documents::{self, BY_NUMBER, Shape, State, Wanted, Words},
    whose::{self, Whose},
};

/// What a list of documents is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Begins the number, or is part of the customer's names.
    pub q: String,
    pub status: String,
    /// Code of a customer.
    pub customer: String,
    /// Code of the customer's group.
    pub group: String,
    /// Code of the person who owns the customer on the asked day.
    pub owner: String,
    /// Code of a unit in whose sub-tree that person sits.
    pub unit: String,
    pub currency: String,
    /// Number of the order it belongs to.
    pub order: String,
    /// The first day.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
    /// Newest first if it is not said.
    pub sort: Option<Sort>,
}

/// A kind of document and the conditions only it has.
#[derive(Debug)]
pub struct Kind {
    pub shape: Shape,
    /// The documents in a state, seen on a day.
    pub state: fn(&str, Date) -> State,
    /// A condition with the folded number of an order.
    pub of_order: &'static str,
    /// All rows with these ids (`$1`, a list), with everything shown of them.
    pub rows: &'static str,
}

/// A row of a list of documents: it knows its kind.
pub trait Listed: Record {
    const KIND: &'static Kind;

    fn id(&self) -> i64;
}

/// Who asks for which page of a list, as of which day.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub scope: &'a Scope,
    pub filter: &'a Filter,
    pub on: Date,
    pub limit: Limit,
    pub from: &'a Cursor,
}

/// A page of documents with how many there are.
#[derive(Debug, Clone)]
pub struct Look<T> {
    pub rows: Listing<T>,
    pub count: Count,
    /// The order they are in.
    pub sort: Sort,
}

/// The state that is one value of the column `status`.
pub fn of_status(status: &str) -> State {
    State {
        text: "d.status = ?",
        values: vec![Cell::from(status)],
        has_orders: false,
    }
}

/// What is asked of a list, in the words of documents.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn wanted(
    tx: &mut Tx,
    kind: &Kind,
    scope: &Scope,
    filter: &Filter,
    on: Date,
) -> Result<Wanted> {
    let whose = Whose {
        named: "",
        code: &filter.customer,
        group: &filter.group,
        owner: &filter.owner,
        unit: &filter.unit,
    };
    // Of a document with two sides, the one named by its code need not be the one in sight. Whatever
    // else narrows is asked of customers in sight, by which their documents are in sight.
    let has_two = kind.shape.beside.is_some();
    let is_named = has_two && !filter.customer.trim().is_empty();
    let narrows = whose != Whose::default();
    let seen = if is_named || (has_two && !narrows) {
        whose::ids(tx, scope, &Whose::default(), on).await?
    } else {
        None
    };
    let asked_in = if is_named { &Scope::All } else { scope };
    let customers = if narrows || !has_two {
        whose::ids(tx, asked_in, &whose, on).await?
    } else {
        None
    };
    let typed = filter.q.trim();
    let words = if typed.is_empty() {
        None
    } else {
        let named = Whose {
            named: typed,
            ..whose
        };
        let named = whose::ids(tx, asked_in, &named, on).await?;
        Some(Words {
            number: keys::fold(typed),
            named: named.unwrap_or_default(),
        })
    };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Wanted {
        seen,
        customers,
        words,
        state: given(&filter.status).map(|status| (kind.state)(&status, on)),
        of_order: given(&filter.order)
            .map(|number| (kind.of_order, vec![Cell::from(keys::fold(&number))])),
        currency: filter.currency.trim().to_ascii_uppercase(),
        from: filter.from,
        to: filter.to,
        sort: filter.sort,
        counted: false,
    })
}

/// Documents in scope, one page.
///
/// # Errors
///
/// As [`documents::find`].
pub async fn page<T: Listed>(tx: &mut Tx, asked: Asked<'_>) -> Result<Listing<T>> {
    let wanted = wanted(tx, T::KIND, asked.scope, asked.filter, asked.on).await?;
    let found = documents::find(tx, &T::KIND.shape, &wanted, asked.limit, asked.from).await?;
    Ok(Listing {
        items: in_order(tx, &found.ids).await?,
        next: found.next,
    })
}

/// The same, with how many there are.
///
/// # Errors
///
/// As [`documents::find`].
pub async fn look<T: Listed>(tx: &mut Tx, asked: Asked<'_>) -> Result<Look<T>> {
    let wanted = Wanted {
        counted: true,
        ..wanted(tx, T::KIND, asked.scope, asked.filter, asked.on).await?
    };
    let found = documents::find(tx, &T::KIND.shape, &wanted, asked.limit, asked.from).await?;
    Ok(Look {
        rows: Listing {
            items: in_order(tx, &found.ids).await?,
            next: found.next,
        },
        count: found.count,
        sort: found.sort,
    })
}

/// Documents in scope whose number begins with what was typed, by number.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn numbered<T: Listed>(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    typed: &str,
    limit: Limit,
) -> Result<Vec<T>> {
    let wanted = Wanted {
        seen: whose::ids(tx, scope, &Whose::default(), on).await?,
        words: Some(Words {
            number: keys::fold(typed),
            named: Vec::new(),
        }),
        sort: Some(Sort {
            by: BY_NUMBER,
            down: false,
        }),
        ..Wanted::default()
    };
    let shape = &T::KIND.shape;
    let found = documents::find(tx, shape, &wanted, limit, &Cursor::start()).await?;
    in_order(tx, &found.ids).await
}

/// The documents with these ids, in their order. Whether the asker may see them was asked before.
pub(crate) async fn in_order<T: Listed>(tx: &mut Tx, ids: &[i64]) -> Result<Vec<T>> {
    let rows: Vec<T> = tx.q(T::KIND.rows).bind(format!("{ids:?}")).all().await?;
    let mut by_id: std::collections::BTreeMap<i64, T> =
        rows.into_iter().map(|row| (row.id(), row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}
