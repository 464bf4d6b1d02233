//! The columns of the organisation's files.

use sheet::{Column, Layout};

const fn needed(name: &'static str, what: &'static str) -> Column {
    Column {
        name,
        required: true,
        what,
    }
}

const fn free(name: &'static str, what: &'static str) -> Column {
    Column {
        name,
        required: false,
        what,
    }
}

/// Units, people, memberships, holidays: in the order they depend on each other.
/// People, also the columns of their export.
pub const PEOPLE: Layout = Layout {
    kind: "people",
    columns: &[
        needed("code", "the code other files refer to"),
        needed("name", "the name of the person"),
        free("name_local", "the name in the local language"),
        free("email", "the e-mail address to sign in with"),
        free("unit", "the code of the unit the person sits in"),
        free("seat", "the code of the seat the person holds"),
        free(
            "role",
            "rep, manager, finance, marketing, auditor or administrator",
        ),
        free("from", "the first day in the unit"),
    ],
};

pub const LAYOUTS: &[Layout] = &[
    Layout {
        kind: "units",
        columns: &[
            needed("code", "the code other files refer to"),
            needed("name", "the name of the unit"),
            free("name_local", "the name in the local language"),
            free("kind", "company, region, territory or team"),
            free("parent", "the code of the unit above it"),
        ],
    },
    Layout {
        kind: "seats",
        columns: &[
            needed("code", "the code other files refer to"),
            needed("unit", "the code of the unit it is in"),
            needed("name", "what the seat is called"),
            free("kind", "sales, lead or staff"),
        ],
    },
    PEOPLE,
    Layout {
        kind: "memberships",
        columns: &[
            needed("person", "the code of the person"),
            needed("unit", "the code of the unit"),
            needed("from", "the first day in the unit"),
            free("to", "the first day no longer in the unit"),
            free("leads", "yes for the manager of the unit"),
        ],
    },
    Layout {
        kind: "holidays",
        columns: &[
            needed("country", "the two letters of the country"),
            needed("day", "the day"),
            free("works", "yes for a weekend day that is worked"),
            needed("name", "the name of the day"),
        ],
    },
];
