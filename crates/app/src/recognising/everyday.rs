//! What the columns are called that many kinds have: in English, Chinese and German.

use sheet::recognise::{Sort, Term};

use super::term;

pub(super) const ACCOUNT: Term = term(
    "customer",
    Sort::Text,
    &[
        "customer code",
        "customer no",
        "account",
        "客户编码",
        "客户编号",
        "Kundennummer",
        "Kunden-Nr",
    ],
);
pub(super) const COUNTRY: Term = term("country", Sort::Text, &["国家", "Land"]);
pub(super) const CURRENCY: Term =
    term("currency", Sort::Text, &["币种", "币别", "货币", "Währung"]);
pub(super) const CUSTOMER: Term = term(
    "customer",
    Sort::Text,
    &[
        "customer code",
        "customer no",
        "customer number",
        "客户编码",
        "客户代码",
        "客户编号",
        "Kundennummer",
        "Kunden-Nr",
        "Kundennr",
    ],
);
pub(super) const DISCOUNT_PERCENT: Term = term(
    "discount_percent",
    Sort::Number,
    &[
        "discount",
        "discount %",
        "折扣",
        "折扣率",
        "Rabatt",
        "Rabatt %",
    ],
);
pub(super) const EMAIL: Term = term(
    "email",
    Sort::Text,
    &["e-mail", "mail", "邮箱", "电子邮箱", "E-Mail-Adresse"],
);
pub(super) const FROM: Term = term(
    "from",
    Sort::Day,
    &[
        "valid from",
        "start",
        "开始日期",
        "生效日期",
        "von",
        "gültig ab",
    ],
);
pub(super) const FROM_QUANTITY: Term = term(
    "from_quantity",
    Sort::Number,
    &[
        "from qty",
        "min quantity",
        "起订量",
        "起始数量",
        "ab Menge",
        "Mindestmenge",
    ],
);
pub(super) const INVOICE: Term = term(
    "invoice",
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
);
pub(super) const KIND: Term = term("kind", Sort::Text, &["type", "类型", "Art"]);
pub(super) const LOCAL_NAME: Term = term(
    "name_local",
    Sort::Text,
    &["local name", "中文名称", "本地名称"],
);
pub(super) const NOTE: Term = term(
    "note",
    Sort::Text,
    &["remark", "remarks", "comment", "备注", "Bemerkung", "Notiz"],
);
pub(super) const ORDER: Term = term(
    "order",
    Sort::Text,
    &[
        "order no",
        "order number",
        "订单号",
        "订单编号",
        "销售订单号",
        "Auftragsnummer",
        "Auftrags-Nr",
        "Auftrag",
    ],
);
pub(super) const PAYER: Term = term("payer", Sort::Text, &["bill to", "付款方", "Regulierer"]);
pub(super) const PRODUCT: Term = term(
    "product",
    Sort::Text,
    &[
        "product code",
        "product no",
        "sku",
        "article no",
        "产品编码",
        "产品代码",
        "物料编码",
        "商品编码",
        "Artikelnummer",
        "Artikel-Nr",
    ],
);
pub(super) const QUANTITY: Term = term(
    "quantity",
    Sort::Number,
    &["qty", "数量", "Menge", "Anzahl"],
);
pub(super) const REASON: Term = term("reason", Sort::Text, &["原因", "理由", "Grund"]);
pub(super) const ROLE: Term = term("role", Sort::Text, &["角色", "Rolle"]);
pub(super) const TAX_PERCENT: Term = term(
    "tax_percent",
    Sort::Number,
    &["tax rate", "vat rate", "税率", "Steuersatz", "MwSt-Satz"],
);
pub(super) const TO: Term = term(
    "to",
    Sort::Day,
    &[
        "valid to",
        "end",
        "结束日期",
        "截止日期",
        "bis",
        "gültig bis",
    ],
);
pub(super) const UNIT: Term = term(
    "unit",
    Sort::Text,
    &["unit code", "部门", "部门编码", "Einheit"],
);
