//! What the command palette finds of the organisation: people.

use db::{Cursor, Limit, Tx};
use page::palette::{EACH, Finder, Finding, Hit, Sought, both_names};

use crate::store::people;

/// The kinds this crate knows.
pub fn finders() -> Vec<Finder> {
    vec![Finder {
        title_key: "nav-people",
        icon: "user",
        find: of_people,
    }]
}

fn of_people<'a>(tx: &'a mut Tx, sought: &'a Sought) -> Finding<'a> {
    Box::pin(async move {
        let filter = people::Filter {
            q: sought.q.clone(),
            ..people::Filter::default()
        };
        let limit = Limit::parse(Some(EACH))?;
        let start = Cursor::start();
        let found = people::list(tx, &sought.scope, &filter, sought.today, limit, &start).await?;
        let hits = found.items.into_iter().map(|person| Hit {
            href: format!("/people?q={}", person.code),
            text: both_names(&person.name, person.name_local.as_deref()),
            beside: person.unit_name.unwrap_or_default(),
        });
        Ok(hits.collect())
    })
}
