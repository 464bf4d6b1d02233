//! What the columns of deliveries, invoices and credit notes are called in the field.

use sheet::recognise::{Sort, Term};

use super::{
    everyday::{
        CURRENCY, CUSTOMER, DISCOUNT_PERCENT, KIND, NOTE, ORDER, PAYER, PRODUCT, QUANTITY, REASON,
        TAX_PERCENT,
    },
    term,
};

pub(super) const DELIVERIES: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "delivery no",
            "delivery number",
            "delivery note",
            "发货单号",
            "出库单号",
            "送货单号",
            "Lieferschein",
            "Lieferscheinnummer",
            "Lieferschein-Nr",
        ],
    ),
    ORDER,
    term(
        "date",
        Sort::Day,
        &[
            "delivery date",
            "发货日期",
            "出库日期",
            "送货日期",
            "Lieferdatum",
            "Datum",
        ],
    ),
    KIND,
    term(
        "line",
        Sort::Number,
        &[
            "order line",
            "line no",
            "行号",
            "订单行号",
            "Pos",
            "Position",
        ],
    ),
    term(
        "quantity",
        Sort::Number,
        &[
            "qty",
            "数量",
            "发货数量",
            "出库数量",
            "Menge",
            "Liefermenge",
        ],
    ),
    NOTE,
];

pub(super) const INVOICES: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "invoice no",
            "invoice number",
            "发票号",
            "发票号码",
            "发票编号",
            "Rechnungsnummer",
            "Rechnungs-Nr",
            "Rechnung",
            "Belegnummer",
        ],
    ),
    CUSTOMER,
    PAYER,
    ORDER,
    term(
        "date",
        Sort::Day,
        &[
            "invoice date",
            "开票日期",
            "发票日期",
            "Rechnungsdatum",
            "Belegdatum",
        ],
    ),
    term(
        "due_date",
        Sort::Day,
        &[
            "due",
            "due on",
            "到期日",
            "应收日期",
            "Fälligkeit",
            "fällig am",
            "Fälligkeitsdatum",
        ],
    ),
    term(
        "received_on",
        Sort::Day,
        &["received", "收票日期", "Eingang beim Kunden"],
    ),
    term(
        "accepted_on",
        Sort::Day,
        &["accepted", "验收日期", "Abnahme"],
    ),
    CURRENCY,
    term(
        "amount_gross",
        Sort::Amount,
        &[
            "gross",
            "gross amount",
            "invoice amount",
            "amount with tax",
            "价税合计",
            "含税金额",
            "发票金额",
            "Bruttobetrag",
            "Brutto",
            "Rechnungsbetrag",
        ],
    ),
    term(
        "order_line",
        Sort::Number,
        &["line no", "订单行号", "行号", "Pos", "Position"],
    ),
    PRODUCT,
    QUANTITY,
    term(
        "unit_price",
        Sort::Amount,
        &[
            "price",
            "单价",
            "未税单价",
            "不含税单价",
            "Preis",
            "Einzelpreis",
        ],
    ),
    DISCOUNT_PERCENT,
    TAX_PERCENT,
    term(
        "net",
        Sort::Amount,
        &[
            "net amount",
            "金额",
            "未税金额",
            "不含税金额",
            "Nettobetrag",
            "Netto",
        ],
    ),
    NOTE,
];

pub(super) const CREDIT_NOTES: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "credit note",
            "credit note no",
            "credit memo",
            "红字发票号",
            "贷项凭证号",
            "Gutschrift",
            "Gutschriftsnummer",
            "Gutschrift-Nr",
        ],
    ),
    term(
        "invoice",
        Sort::Text,
        &[
            "invoice no",
            "invoice number",
            "原发票号",
            "发票号",
            "蓝字发票号",
            "Rechnungsnummer",
            "Rechnung",
        ],
    ),
    CUSTOMER,
    term(
        "date",
        Sort::Day,
        &[
            "credit date",
            "开票日期",
            "红字日期",
            "Datum",
            "Gutschriftsdatum",
        ],
    ),
    KIND,
    CURRENCY,
    term(
        "amount_gross",
        Sort::Amount,
        &[
            "gross",
            "gross amount",
            "amount with tax",
            "价税合计",
            "含税金额",
            "Bruttobetrag",
            "Brutto",
        ],
    ),
    TAX_PERCENT,
    term(
        "invoice_line",
        Sort::Number,
        &["line no", "行号", "发票行号", "Pos", "Position"],
    ),
    QUANTITY,
    term(
        "rebate",
        Sort::Text,
        &["rebate no", "返利协议号", "Bonus-Nr"],
    ),
    REASON,
];
