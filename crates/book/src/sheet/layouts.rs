//! The columns of the book's files.

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

const GROUP_COLUMNS: &[Column] = &[
    needed("code", "the code other files refer to"),
    needed("name", "the name of the group"),
    free("name_local", "the name in the local language"),
];

/// Customers, also the columns of their export.
pub const CUSTOMERS: Layout = Layout {
    kind: "customers",
    columns: &[
        needed("code", "the code other files refer to"),
        needed("name", "the name of the customer"),
        free("name_local", "the name in the local language"),
        free(
            "group",
            "the code or name of the customer group; an unknown one is added",
        ),
        free("owner", "the code of the person who looks after it"),
        free("parent", "the code of the customer it belongs to"),
        free("payer", "the code of the customer that pays for it"),
        free("currency", "the three letters of its currency"),
        free("payment_terms_days", "how many days it has to pay"),
        free("city", "where it is"),
        free("lat", "degrees north"),
        free("lon", "degrees east"),
    ],
};

/// Exchange rates, also the columns of their export.
pub const RATES: Layout = Layout {
    kind: "rates",
    columns: &[
        needed("from", "the three letters of the currency that is quoted"),
        free(
            "to",
            "the three letters of the currency it is quoted in; the company's if empty",
        ),
        free("per", "how many units are quoted: 1, 10, 100 … 1000000"),
        needed("date", "the day of the quote"),
        needed("rate", "what so many units are worth, up to six decimals"),
    ],
};

/// In the order they depend on each other.
pub const LAYOUTS: &[Layout] = &[
    Layout {
        kind: "customer-groups",
        columns: GROUP_COLUMNS,
    },
    Layout {
        kind: "product-groups",
        columns: GROUP_COLUMNS,
    },
    CUSTOMERS,
    Layout {
        kind: "products",
        columns: &[
            needed("code", "the code other files refer to"),
            needed("name", "the name of the product"),
            free("name_local", "the name in the local language"),
            free(
                "group",
                "the code or name of the product group; an unknown one is added",
            ),
            free("list_price", "the list price of one unit"),
            free("cost", "what one unit costs us"),
            free("currency", "the three letters of the currency of both"),
        ],
    },
    Layout {
        kind: "assignments",
        columns: &[
            needed("customer", "the code of the customer"),
            needed("person", "the code of the person"),
            free("role", "owner or support"),
            free("from", "the first day"),
            free("to", "the first day no longer"),
        ],
    },
    RATES,
    Layout {
        kind: "orders",
        columns: &[
            needed("number", "the number of the order, in each of its lines"),
            needed("customer", "the code of the customer"),
            free("sales_person", "the code of the person who earns it"),
            free("territory", "the code of the unit it falls into"),
            needed("date", "the day of the order"),
            free("currency", "the three letters of its currency"),
            free("line", "the place of the line in the order"),
            needed("product", "the code of the product"),
            needed("quantity", "how many; negative for a return"),
            needed("unit_price", "the price of one unit"),
            free("discount_percent", "the discount in percent"),
            free("tax_percent", "the tax in percent"),
            free("net", "the exact net of the line, up to six decimals"),
            free("tax", "the tax of the line"),
            free("status", "draft, confirmed, closed or cancelled"),
        ],
    },
];
