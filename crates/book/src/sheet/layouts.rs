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
        free(
            "payment_terms",
            "or the code of the payment terms it pays by",
        ),
        free("city", "where it is"),
        free("lat", "degrees north"),
        free("lon", "degrees east"),
        free("phone", "its telephone number"),
        free("tax_id", "the number it is registered under for taxes"),
    ],
};

/// Whom to talk to, also the columns of their export.
const CONTACTS: Layout = Layout {
    kind: "contacts",
    columns: &[
        needed("customer", "the code of the customer"),
        needed("name", "the name of the person"),
        free("name_local", "the name in the local language"),
        free("role", "decider, buyer, payer, technical or other"),
        free("phone", "the telephone number"),
        free("email", "the e-mail address"),
        free("lang", "the language to write in: en, de, zh-CN"),
        free("channel", "phone, email, message, visit or post"),
        free("from", "the first day"),
        free("to", "the first day no longer"),
    ],
};

/// Where customers are reached, also the columns of their export.
const ADDRESSES: Layout = Layout {
    kind: "addresses",
    columns: &[
        needed("customer", "the code of the customer"),
        needed("kind", "billing, shipping or visit"),
        needed("line1", "street and number"),
        free("line2", "what else belongs to it"),
        free("postcode", "the postcode"),
        free("city", "the town"),
        free("country", "the two letters of the country"),
        free("lat", "degrees north"),
        free("lon", "degrees east"),
        free("from", "the first day"),
        free("to", "the first day no longer"),
    ],
};

/// Products, also the columns of their export.
pub const PRODUCTS: Layout = Layout {
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
};

/// Price lists, also the columns of their export.
const PRICE_LISTS: Layout = Layout {
    kind: "price-lists",
    columns: &[
        needed("code", "the code other files refer to"),
        needed("name", "the name of the list"),
        free("name_local", "the name in the local language"),
        free("currency", "the three letters of its currency"),
        free("gross", "yes if its prices have the tax in them"),
    ],
};

/// Prices of lists, also the columns of their export.
const PRICES: Layout = Layout {
    kind: "prices",
    columns: &[
        needed("list", "the code of the price list"),
        needed("product", "the code of the product"),
        free("from_quantity", "the least quantity it is for"),
        needed("price", "the price of one unit"),
        free("from", "the first day"),
        free("to", "the first day no longer"),
    ],
};

/// Special prices, also the columns of their export.
const SPECIAL_PRICES: Layout = Layout {
    kind: "special-prices",
    columns: &[
        free("customer", "the code of the customer"),
        free("project", "the project it is for"),
        needed("product", "the code of the product"),
        free("from_quantity", "the least quantity it is for"),
        needed("price", "the price of one unit"),
        free("currency", "the three letters of its currency"),
        needed("reason", "why it was agreed"),
        free("from", "the first day"),
        free("to", "the first day no longer"),
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

/// Payment terms, also the columns of their export.
const PAYMENT_TERMS: Layout = Layout {
    kind: "payment-terms",
    columns: &[
        needed(
            "code",
            "the code other files refer to, in each of its parts",
        ),
        needed("name", "the name of the terms"),
        free("name_local", "the name in the local language"),
        free("part", "the place of the part, counted from 1"),
        needed("percent", "the share that is due; the parts add up to 100"),
        needed(
            "clock",
            "what its days are counted from: order, delivery, invoice, invoice_received or acceptance",
        ),
        free("days", "how many days after that"),
        free("end_of_month", "yes if it is due at the end of that month"),
        free(
            "payment_day",
            "the day of the month that is paid on, 31 its last",
        ),
        free("discount_percent", "what may be kept back by paying early"),
        free("discount_days", "within how many days"),
        free(
            "retention",
            "yes if it is kept back until the goods have proved themselves",
        ),
    ],
};

/// Parents and payers with their days, also the columns of their export.
const CUSTOMER_TIES: Layout = Layout {
    kind: "customer-ties",
    columns: &[
        needed("customer", "the code of the customer"),
        needed("kind", "parent or payer"),
        needed(
            "other",
            "the code of the customer above it, or that pays for it",
        ),
        free("from", "the first day"),
        free("to", "the first day no longer"),
    ],
};

/// Number series, also the columns of their export.
const NUMBER_SERIES: Layout = Layout {
    kind: "number-series",
    columns: &[
        free("company", "the code of the company; the root if empty"),
        needed(
            "kind",
            "quotation, framework, order, delivery, return, invoice, credit-note, payment, sample or rebate",
        ),
        needed("year", "the year its numbers are of"),
        free("prefix", "with what separates it, SO-"),
        free("with_month", "yes if the month stands behind the year"),
        free("digits", "to so many its numbers are filled up, 3 to 9"),
        free("next_number", "which comes next; a series only counts up"),
    ],
};

/// What customers pay by with the days, also the columns of their export.
const CUSTOMER_TERMS: Layout = Layout {
    kind: "customer-terms",
    columns: &[
        needed("customer", "the code of the customer"),
        free("payment_terms", "the code of the payment terms"),
        free(
            "days",
            "or how many days it has to pay; nothing is agreed if both are empty",
        ),
        free("from", "the first day"),
        free("to", "the first day no longer"),
    ],
};

/// Who buys by which list, also the columns of their export.
const PRICE_LIST_USES: Layout = Layout {
    kind: "price-list-uses",
    columns: &[
        needed("list", "the code of the price list"),
        free("customer", "the code of the customer"),
        free(
            "group",
            "the code of the customer group, in place of a customer",
        ),
        free("from", "the first day"),
        free("to", "the first day no longer"),
    ],
};

/// Framework contracts, also the columns of their export.
const FRAMEWORKS: Layout = Layout {
    kind: "frameworks",
    columns: &[
        needed("number", "the number of the contract, in each of its lines"),
        needed("customer", "the code of the customer"),
        free("currency", "the three letters of its currency"),
        needed("from", "the first day it serves"),
        free("to", "the first day it serves no longer"),
        free(
            "tolerance_percent",
            "how much more than agreed may be called off",
        ),
        free("status", "draft, active or closed"),
        free("line", "the place of the line in the contract"),
        needed("product", "the code of the product"),
        needed("unit_price", "the price of one unit"),
        free("quantity", "how many were agreed on"),
        free("value", "the net that was agreed on"),
        free("note", "what else is to be known"),
    ],
};

/// What orders called off, also the columns of its export.
const CALL_OFFS: Layout = Layout {
    kind: "call-offs",
    columns: &[
        needed("order", "the number of the order"),
        needed("line", "the line of the order, counted from 1"),
        needed("contract", "the number of the framework contract"),
        needed("contract_line", "the line of the contract, counted from 1"),
    ],
};

/// Rebate agreements, also the columns of their export.
const REBATES: Layout = Layout {
    kind: "rebates",
    columns: &[
        needed(
            "number",
            "the number of the agreement, in each of its tiers",
        ),
        needed("customer", "the code of the customer"),
        free("currency", "the three letters of its currency"),
        needed("from", "the first day that counts"),
        needed("to", "the first day that counts no longer"),
        needed("method", "retroactive or incremental"),
        needed("from_net", "the net from which the tier counts"),
        needed("percent", "how much of it comes back"),
        free("status", "draft, active or closed"),
        free("note", "what else is to be known"),
    ],
};

/// Quotations, also the columns of their export.
const QUOTATIONS: Layout = Layout {
    kind: "quotations",
    columns: &[
        needed(
            "number",
            "the number of the quotation, in each of its lines",
        ),
        free("edition", "the edition the line stands in; 1 if empty"),
        needed("customer", "the code of the customer"),
        free("currency", "the three letters of its currency"),
        free("project", "the project it is for"),
        needed("date", "the day of the edition"),
        free(
            "valid_until",
            "the last day it stands; 30 days later if empty",
        ),
        free("sent_on", "the day the edition was sent"),
        free("line", "the place of the line in the edition"),
        needed("product", "the code of the product"),
        needed("quantity", "how many"),
        needed("unit_price", "the price of one unit"),
        free("discount_percent", "the discount in percent"),
        free("tax_percent", "the tax in percent"),
        free("net", "the exact net of the line, up to six decimals"),
        free(
            "status",
            "draft, sent, accepted, ordered, lost, expired or withdrawn",
        ),
        free("decided_on", "the day the customer decided"),
        free(
            "lost_reason",
            "price, delivery_time, product, payment_terms, relationship, project_dropped or other",
        ),
        free("competitor", "who won it"),
        free("lost_text", "why it was lost, in words"),
        free("order", "the number of the order that was made of it"),
    ],
};

/// Samples and trials, also the columns of their export.
const SAMPLES: Layout = Layout {
    kind: "samples",
    columns: &[
        needed("number", "the number of the sample"),
        free("kind", "sample or trial"),
        needed("customer", "the code of the customer"),
        needed("product", "the code of the product"),
        needed("quantity", "how many"),
        needed("date", "the day it was handed out"),
        free(
            "result_due",
            "the day the result is due; 30 days later if empty",
        ),
        free("status", "open, returned, sold, won, lost or withdrawn"),
        free("result_on", "the day the result was known"),
        free("reason", "what came of it"),
        free("order", "the number of the order that sold it"),
        free("note", "what else is to be known"),
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
    PAYMENT_TERMS,
    CUSTOMERS,
    CUSTOMER_TIES,
    CUSTOMER_TERMS,
    PRODUCTS,
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
    CONTACTS,
    ADDRESSES,
    PRICE_LISTS,
    PRICE_LIST_USES,
    PRICES,
    SPECIAL_PRICES,
    RATES,
    NUMBER_SERIES,
    FRAMEWORKS,
    REBATES,
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
    CALL_OFFS,
    QUOTATIONS,
    SAMPLES,
    Layout {
        kind: "deliveries",
        columns: &[
            needed("number", "the number of the delivery, in each of its lines"),
            needed("order", "the number of the order"),
            needed("date", "the day the goods went out or came back"),
            free("kind", "delivery or return"),
            needed("line", "the line of the order, counted from 1"),
            needed("quantity", "how many; above zero"),
            free("note", "what else is to be known"),
        ],
    },
    Layout {
        kind: "invoices",
        columns: &[
            needed("number", "the number of the invoice, in each of its lines"),
            free("customer", "the code of the customer; the order's if empty"),
            free("payer", "the code of who owes it, if that is another"),
            free("order", "the number of the order it bills"),
            needed("date", "the day of the invoice"),
            free("due_date", "when all of it is due; by the terms if empty"),
            free("received_on", "the day the customer received it"),
            free("accepted_on", "the day the goods were accepted"),
            free("currency", "the three letters of its currency"),
            free(
                "amount_gross",
                "its amount with tax, where no lines are given",
            ),
            free("order_line", "the line of the order, counted from 1"),
            free(
                "product",
                "the code of the product, where there is no order",
            ),
            free("quantity", "how many"),
            free("unit_price", "the price of one unit"),
            free("discount_percent", "the discount in percent"),
            free("tax_percent", "the tax in percent"),
            free("net", "the exact net of the line, up to six decimals"),
            free("note", "what else is to be known"),
        ],
    },
    Layout {
        kind: "credit-notes",
        columns: &[
            needed(
                "number",
                "the number of the credit note, in each of its lines",
            ),
            free("invoice", "the number of the invoice it is on"),
            free(
                "customer",
                "the code of the customer, where there is no invoice",
            ),
            needed("date", "the day of the credit note"),
            free("kind", "price, rebate, goodwill or return"),
            free("currency", "the three letters of its currency"),
            needed("amount_gross", "its amount with tax"),
            free("tax_percent", "the tax in it, in percent"),
            free("invoice_line", "the line of the invoice that came back"),
            free("quantity", "how many of it came back"),
            free("rebate", "the number of the rebate agreement it gives"),
            free("reason", "why it was written"),
        ],
    },
    Layout {
        kind: "payments",
        columns: &[
            needed("reference", "the number of the payment"),
            needed("customer", "the code of who paid"),
            needed("date", "the day it came in"),
            needed("amount", "how much"),
            free("currency", "the three letters of its currency"),
            free(
                "method",
                "transfer, cash, card, direct_debit, bill, cheque or other",
            ),
            free("invoice", "the number of the invoice it settles"),
            free("acceptor", "who promised to pay, of a bill or cheque"),
            free("paper_number", "the number of the bill or cheque"),
            free("paper_due", "the day the bill or cheque is due"),
            free("note", "what else is to be known"),
        ],
    },
    Layout {
        kind: "allocations",
        columns: &[
            needed("payment", "the reference of the payment"),
            needed("invoice", "the number of the invoice"),
            needed("amount", "how much of the invoice it settles"),
            free("date", "from which day on; the first possible if empty"),
            free("kind", "cash, discount or difference"),
            free(
                "source_amount",
                "how much of the payment it takes, if that is in another currency",
            ),
        ],
    },
    Layout {
        kind: "open-items",
        columns: &[
            needed("as_of", "the day of the list, the same in all rows"),
            needed("customer", "the code of who owes it"),
            needed("number", "the number of the invoice, once in the list"),
            needed("date", "the day of the invoice"),
            free(
                "due_date",
                "the day all of it is due; empty if not known yet",
            ),
            needed("currency", "the three letters of its currency"),
            needed("amount", "what the invoice was over, with tax"),
            needed("open", "how much of it is open still"),
        ],
    },
];
