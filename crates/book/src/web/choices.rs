//! What lists of the book can be narrowed by: owners, units and groups, by their names.

use db::Tx;
use kernel::Scope;
use org::store::{people, units};
use page::{Asked, Frame, Narrowing};

use crate::store::groups::{self, Of};

/// More people than this are not offered one by one; their names lead to their lists.
const MOST_OWNERS: usize = 1_000;

/// Codes and names, each in the order they are read.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    pub groups: Vec<(String, String)>,
    pub owners: Vec<(String, String)>,
    pub units: Vec<(String, String)>,
}

impl Choices {
    /// What somebody with this scope can choose from.
    pub async fn load(tx: &mut Tx, scope: &Scope, of: Of, in_chinese: bool) -> db::Result<Choices> {
        let groups = groups::list(tx, of).await?;
        let groups = groups.into_iter().map(|group| {
            let name = group.shown(in_chinese).to_owned();
            (group.code, name)
        });
        let units = units::tree(tx, scope).await?;
        let units = units.into_iter().map(|unit| {
            let local = unit.name_local.filter(|_| in_chinese);
            (unit.code, local.unwrap_or(unit.name))
        });
        let owners = people::names(tx, scope).await?;
        let owners = owners.into_iter().map(|person| (person.code, person.name));
        Ok(Choices {
            groups: groups.collect(),
            owners: owners.take(MOST_OWNERS).collect(),
            units: units.collect(),
        })
    }

    /// For sample pages.
    pub fn sample() -> Choices {
        let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        let people = (1..=14).map(|place| pair(&format!("p{place}"), "Zhou Ning"));
        Choices {
            groups: vec![pair("oem", "Industrial OEM"), pair("deal", "Dealers")],
            owners: people.collect(),
            units: vec![pair("east", "East"), pair("south", "South")],
        }
    }

    /// The chips for group, owner and unit of customers. Nobody is asked to choose among one.
    pub fn narrowings(&self, frame: &Frame, asked: &Asked) -> Vec<Narrowing> {
        let among = |label: &str, name: &'static str, choices: &[(String, String)]| {
            let offered = if choices.len() < 2 { &[] } else { choices };
            Narrowing::choice(asked, frame.t(label), name, offered.to_vec())
        };
        let all = [
            among("customers-group", "group", &self.groups),
            among("customers-owner", "owner", &self.owners),
            among("order-unit", "unit", &self.units),
        ];
        all.into_iter().filter(Narrowing::is_of_use).collect()
    }
}
