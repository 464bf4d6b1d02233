//! Records as files: the same columns that import reads.

use book::{store::customers::Filter, web::customers::export};
use db::Db;
use jiff::civil::Date;
use kernel::Scope;

use crate::trouble::Trouble;

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Customers,
    Rates,
}

const KINDS: [(&str, Kind); 2] = [("customers", Kind::Customers), ("rates", Kind::Rates)];

/// The kind with this name.
///
/// # Errors
///
/// There is none; the kinds are listed.
pub fn kind(name: &str) -> Result<Kind, Trouble> {
    let found = KINDS.iter().find(|(own, _)| *own == name);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        Trouble::usage(format!(
            "“{name}” cannot be exported. The kinds are {}.",
            names.join(", ")
        ))
    })
}

/// All records of a kind as they are on `today`, as the text of a CSV file.
///
/// # Errors
///
/// The database cannot be read.
pub async fn export(db: &Db, kind: Kind, today: Date) -> Result<String, Trouble> {
    match kind {
        Kind::Rates => {
            let mut tx = db.read().await?;
            Ok(book::sheet::rates_file(&mut tx).await?)
        }
        Kind::Customers => {
            let every = Filter {
                status: "all".to_owned(),
                ..Filter::default()
            };
            let mut tx = db.read().await?;
            Ok(export::file(&mut tx, &Scope::All, &every, today).await?)
        }
    }
}
