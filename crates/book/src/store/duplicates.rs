//! Customers that may be one: pairs with the same name, telephone or tax number.

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::Scope;

/// Two customers that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Pair {
    pub one_code: String,
    pub one_name: String,
    pub one_local: Option<String>,
    pub other_code: String,
    pub other_name: String,
    pub other_local: Option<String>,
}

/// What two customers have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Same {
    Name,
    Phone,
    TaxId,
}

impl Same {
    pub const ALL: [Same; 3] = [Same::Name, Same::Phone, Same::TaxId];

    pub fn as_str(self) -> &'static str {
        match self {
            Same::Name => "name",
            Same::Phone => "phone",
            Same::TaxId => "tax_id",
        }
    }
}

/// Pairs by one key, both in scope: `$1` day, `$2` known at, `$3` everything, `$4` people.
macro_rules! pairs_by {
    ($key:literal) => {
        concat!(
            "select c.code as one_code, c.name as one_name, c.name_local as one_local,
                    d.code as other_code, d.name as other_name, d.name_local as other_local
               from book_customer c
               join book_customer d on d.",
            $key,
            " = c.",
            $key,
            " and c.id < d.id
              where c.",
            $key,
            " <> ''
                and c.merged_into_id is null
                and d.merged_into_id is null
                and ($3 = 1 or (
                        exists (select 1 from book_assignment a
                                 where a.customer_id = c.id and a.role = 'owner'
                                   and a.person_id in (select cast(value as bigint) from json_each($4))
                                   and ",
            db::holds!("a", "$1", "$2"),
            ")
                    and exists (select 1 from book_assignment b
                                 where b.customer_id = d.id and b.role = 'owner'
                                   and b.person_id in (select cast(value as bigint) from json_each($4))
                                   and ",
            db::holds!("b", "$1", "$2"),
            ")))
              order by c.id, d.id
              limit 500"
        )
    };
}

/// The pairs in scope that have one thing in common; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn pairs(tx: &mut Tx, scope: &Scope, same: Same, on: Date) -> Result<Vec<Pair>> {
    const NAME: &str = pairs_by!("name_key");
    const PHONE: &str = pairs_by!("phone_key");
    const TAX: &str = pairs_by!("tax_key");
    let sql = match same {
        Same::Name => NAME,
        Same::Phone => PHONE,
        Same::TaxId => TAX,
    };
    tx.q(sql)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .all()
        .await
}
