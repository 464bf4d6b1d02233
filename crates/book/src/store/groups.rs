//! Customer groups and product groups: two tables of one shape.

use std::collections::BTreeMap;

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use kernel::Code;
use org::keys;

use super::former_codes::{self, Noun, answers_to};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Customers,
    Products,
}

impl Of {
    pub fn noun(self) -> Noun {
        match self {
            Of::Customers => Noun::CustomerGroup,
            Of::Products => Noun::ProductGroup,
        }
    }
}

/// A group as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Group {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub version: i64,
}

impl Group {
    /// The name in the reader's language: Chinese readers see the local name where there is one.
    pub fn shown(&self, in_chinese: bool) -> &str {
        match &self.name_local {
            Some(local) if in_chinese => local,
            _ => &self.name,
        }
    }
}

/// All groups by name; at most 1,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(tx: &mut Tx, of: Of) -> Result<Vec<Group>> {
    const CUSTOMERS: &str = "select id, code, name, name_local, version from book_customer_group order by sort_key, id limit 1000";
    const PRODUCTS: &str = "select id, code, name, name_local, version from book_product_group order by sort_key, id limit 1000";
    tx.q(match of {
        Of::Customers => CUSTOMERS,
        Of::Products => PRODUCTS,
    })
    .all()
    .await
}

/// Groups by name, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn page(tx: &mut Tx, of: Of, limit: Limit, from: &Cursor) -> Result<Listing<Group>> {
    #[derive(FromRow)]
    struct Row {
        id: i64,
        code: String,
        name: String,
        name_local: Option<String>,
        version: i64,
        sort_key: String,
    }
    const CUSTOMERS: &str = "
        select id, code, name, name_local, version, sort_key
          from book_customer_group
         where (sort_key, id) > ($1, $2)
         order by sort_key, id
         limit $3";
    const PRODUCTS: &str = "
        select id, code, name, name_local, version, sort_key
          from book_product_group
         where (sort_key, id) > ($1, $2)
         order by sort_key, id
         limit $3";
    let sql = match of {
        Of::Customers => CUSTOMERS,
        Of::Products => PRODUCTS,
    };
    let rows: Vec<Row> = tx
        .q(sql)
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    let listing = Listing::of(rows, limit, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id,
    });
    Ok(listing.map(|row| Group {
        id: row.id,
        code: row.code,
        name: row.name,
        name_local: row.name_local,
        version: row.version,
    }))
}

/// All groups by folded code, and by each code of before; at most 1,000 of them.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn by_any_code(tx: &mut Tx, of: Of) -> Result<BTreeMap<String, Group>> {
    let groups = list(tx, of).await?;
    let former = former_codes::all(tx, of.noun()).await?;
    let mut by_code: BTreeMap<String, Group> = BTreeMap::new();
    for (code, id) in former {
        if let Some(group) = groups.iter().find(|group| group.id == id) {
            by_code.insert(code, group.clone());
        }
    }
    for group in groups {
        by_code.insert(group.code.to_ascii_lowercase(), group);
    }
    Ok(by_code)
}

/// The group that answers to this code.
///
/// # Errors
///
/// [`db::DbError::Missing`].
pub async fn by_code(tx: &mut Tx, of: Of, code: &str) -> Result<Group> {
    const CUSTOMERS: &str = concat!(
        "select g.id, g.code, g.name, g.name_local, g.version from book_customer_group g where ",
        answers_to!("customer group", "g", "$1"),
        " order by g.id limit 1"
    );
    const PRODUCTS: &str = concat!(
        "select g.id, g.code, g.name, g.name_local, g.version from book_product_group g where ",
        answers_to!("product group", "g", "$1"),
        " order by g.id limit 1"
    );
    tx.q(match of {
        Of::Customers => CUSTOMERS,
        Of::Products => PRODUCTS,
    })
    .bind(code.trim().to_ascii_lowercase())
    .one()
    .await
}

/// Gives a group another code or names if it still has the version of `old`.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now; [`db::DbError::Taken`] if the code is
/// in use.
pub async fn save(
    tx: &mut Tx,
    of: Of,
    old: &Group,
    code: &str,
    name: &str,
    name_local: Option<String>,
) -> Result<()> {
    const CUSTOMERS: &str = "
        update book_customer_group
           set code = $1, code_key = $2, name = $3, name_local = $4, sort_key = $5,
               version = version + 1
         where id = $6
           and version = $7
        returning id";
    const PRODUCTS: &str = "
        update book_product_group
           set code = $1, code_key = $2, name = $3, name_local = $4, sort_key = $5,
               version = version + 1
         where id = $6
           and version = $7
        returning id";
    let sql = match of {
        Of::Customers => CUSTOMERS,
        Of::Products => PRODUCTS,
    };
    tx.q(sql)
        .bind(code.to_owned())
        .bind(code.to_ascii_lowercase())
        .bind(name.to_owned())
        .bind(name_local)
        .bind(keys::sort_key(name))
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Adds a group.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(
    tx: &mut Tx,
    of: Of,
    code: &Code,
    name: &str,
    name_local: Option<String>,
) -> Result<i64> {
    const CUSTOMERS: &str = "
        insert into book_customer_group (code, code_key, name, name_local, sort_key)
        values ($1, $2, $3, $4, $5)
        returning id";
    const PRODUCTS: &str = "
        insert into book_product_group (code, code_key, name, name_local, sort_key)
        values ($1, $2, $3, $4, $5)
        returning id";
    former_codes::refuse_former(tx, of.noun(), &code.folded(), None).await?;
    let sql = match of {
        Of::Customers => CUSTOMERS,
        Of::Products => PRODUCTS,
    };
    let (id,): (i64,) = tx
        .q(sql)
        .bind(code.as_str().to_owned())
        .bind(code.folded())
        .bind(name.to_owned())
        .bind(name_local)
        .bind(keys::sort_key(name))
        .one()
        .await?;
    Ok(id)
}
