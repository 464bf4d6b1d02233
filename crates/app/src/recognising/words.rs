//! What the columns of each kind are called in the field: in English, Chinese and German.
//!
//! A name stands once within a kind. What could mean two things (a bare `编码` beside a customer and
//! a product) stands nowhere, and is left to a mapping.

use sheet::recognise::{Sort, Term, Vocabulary};

use super::{
    documents,
    everyday::{
        CURRENCY, DISCOUNT_PERCENT, EMAIL, FROM, KIND, LOCAL_NAME, PAYER, ROLE, TAX_PERCENT, TO,
        UNIT,
    },
    kept::{ADDRESSES, CONTACTS},
    money, offers, term, terms,
};

const UNITS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &["unit code", "部门编码", "部门代码", "Einheit Nr"],
    ),
    term(
        "name",
        Sort::Text,
        &["unit name", "部门", "部门名称", "Bezeichnung"],
    ),
    KIND,
    term(
        "parent",
        Sort::Text,
        &["parent unit", "上级部门", "übergeordnet"],
    ),
];

const SEATS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &["seat code", "seat no", "岗位编码", "岗位代码", "Platz-Nr"],
    ),
    UNIT,
    term(
        "name",
        Sort::Text,
        &["seat name", "seat", "岗位", "岗位名称", "Platz"],
    ),
    term("kind", Sort::Text, &["seat kind", "岗位种类", "Platzart"]),
];

const PEOPLE: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &[
            "employee no",
            "staff no",
            "人员编码",
            "工号",
            "Personalnummer",
            "Personal-Nr",
        ],
    ),
    term(
        "name",
        Sort::Text,
        &["full name", "姓名", "人员", "Mitarbeiter"],
    ),
    EMAIL,
    UNIT,
    ROLE,
    term(
        "from",
        Sort::Day,
        &["since", "joined", "入职日期", "Eintritt", "Eintrittsdatum"],
    ),
];

const CUSTOMERS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &[
            "customer code",
            "customer no",
            "customer number",
            "customer id",
            "account no",
            "客户编码",
            "客户代码",
            "客户编号",
            "Kundennummer",
            "Kunden-Nr",
            "Kundennr",
            "Kd-Nr",
        ],
    ),
    term(
        "name",
        Sort::Text,
        &[
            "customer name",
            "customer",
            "company",
            "客户名称",
            "客户",
            "Kundenname",
            "Kunde",
            "Firma",
        ],
    ),
    LOCAL_NAME,
    term(
        "group",
        Sort::Text,
        &[
            "customer group",
            "segment",
            "客户组",
            "客户类别",
            "客户分类",
            "Kundengruppe",
        ],
    ),
    term(
        "owner",
        Sort::Text,
        &[
            "sales person",
            "salesperson",
            "sales rep",
            "account manager",
            "业务员",
            "负责人",
            "客户经理",
            "销售员",
            "Betreuer",
            "Verkäufer",
            "Außendienst",
        ],
    ),
    term(
        "parent",
        Sort::Text,
        &["parent company", "上级公司", "母公司", "Muttergesellschaft"],
    ),
    PAYER,
    CURRENCY,
    term(
        "payment_terms_days",
        Sort::Number,
        &[
            "terms days",
            "账期",
            "账期天",
            "付款天数",
            "Zahlungsziel",
            "Zahlungsziel Tage",
        ],
    ),
    term(
        "payment_terms",
        Sort::Text,
        &[
            "payment terms",
            "terms code",
            "付款条件",
            "付款条件编码",
            "收款条件",
            "Zahlungsbedingung",
        ],
    ),
    term(
        "city",
        Sort::Text,
        &["town", "城市", "所在城市", "Ort", "Stadt"],
    ),
    term(
        "lat",
        Sort::Number,
        &["latitude", "纬度", "Breite", "Breitengrad"],
    ),
    term(
        "lon",
        Sort::Number,
        &["lng", "longitude", "经度", "Länge", "Längengrad"],
    ),
];

const PRODUCTS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &[
            "product code",
            "product no",
            "item no",
            "item",
            "sku",
            "article no",
            "产品编码",
            "产品代码",
            "物料编码",
            "物料号",
            "商品编码",
            "Artikelnummer",
            "Artikel-Nr",
            "Artikelnr",
        ],
    ),
    term(
        "name",
        Sort::Text,
        &[
            "product name",
            "product",
            "description",
            "产品名称",
            "产品",
            "物料名称",
            "商品名称",
            "Bezeichnung",
            "Artikel",
        ],
    ),
    LOCAL_NAME,
    term(
        "group",
        Sort::Text,
        &[
            "product group",
            "category",
            "产品组",
            "产品类别",
            "产品分类",
            "Warengruppe",
            "Produktgruppe",
        ],
    ),
    term(
        "list_price",
        Sort::Amount,
        &[
            "price",
            "unit price",
            "目录价",
            "单价",
            "标价",
            "Listenpreis",
            "Preis",
        ],
    ),
    term(
        "cost",
        Sort::Amount,
        &["unit cost", "成本", "成本价", "Kosten", "Einstandspreis"],
    ),
    CURRENCY,
];

const ASSIGNMENTS: &[Term] = &[
    term(
        "customer",
        Sort::Text,
        &[
            "customer code",
            "customer no",
            "客户编码",
            "客户代码",
            "客户",
            "Kundennummer",
            "Kunde",
        ],
    ),
    term(
        "person",
        Sort::Text,
        &[
            "sales person",
            "salesperson",
            "sales rep",
            "业务员",
            "负责人",
            "Verkäufer",
            "Betreuer",
        ],
    ),
    ROLE,
    FROM,
    TO,
];

const ORDERS: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "order",
            "order no",
            "order number",
            "订单号",
            "订单编号",
            "单号",
            "销售订单号",
            "Auftragsnummer",
            "Auftrag",
            "Auftrags-Nr",
            "Bestellnummer",
        ],
    ),
    term(
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
            "Kunde",
        ],
    ),
    term(
        "sales_person",
        Sort::Text,
        &[
            "salesperson",
            "sales rep",
            "rep",
            "业务员",
            "销售员",
            "Verkäufer",
            "Außendienst",
        ],
    ),
    term(
        "territory",
        Sort::Text,
        &["region", "区域", "大区", "Gebiet"],
    ),
    term(
        "date",
        Sort::Day,
        &[
            "order date",
            "日期",
            "订单日期",
            "下单日期",
            "Datum",
            "Auftragsdatum",
            "Bestelldatum",
        ],
    ),
    CURRENCY,
    term(
        "line",
        Sort::Number,
        &["line no", "item no", "行号", "序号", "Pos", "Position"],
    ),
    term(
        "product",
        Sort::Text,
        &[
            "product code",
            "product no",
            "sku",
            "article",
            "article no",
            "产品编码",
            "产品代码",
            "物料编码",
            "商品编码",
            "Artikelnummer",
            "Artikel-Nr",
            "Artikel",
        ],
    ),
    term(
        "quantity",
        Sort::Number,
        &["qty", "数量", "订货数量", "Menge", "Anzahl"],
    ),
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
            "Stückpreis",
        ],
    ),
    DISCOUNT_PERCENT,
    TAX_PERCENT,
    term(
        "net",
        Sort::Amount,
        &[
            "amount",
            "net amount",
            "金额",
            "未税金额",
            "不含税金额",
            "Betrag",
            "Nettobetrag",
            "Netto",
        ],
    ),
    term(
        "tax",
        Sort::Amount,
        &[
            "tax amount",
            "vat",
            "税额",
            "Steuer",
            "MwSt",
            "Steuerbetrag",
        ],
    ),
    term(
        "status",
        Sort::Text,
        &["state", "状态", "订单状态", "Status"],
    ),
];

const TARGETS: &[Term] = &[
    term(
        "plan",
        Sort::Text,
        &[
            "plan code",
            "销售指标",
            "计划",
            "计划编码",
            "指标方案",
            "Planung",
        ],
    ),
    UNIT,
    term("measure", Sort::Text, &["度量", "Kennzahl"]),
    term(
        "period",
        Sort::Text,
        &["month", "期间", "月份", "Monat", "Periode"],
    ),
    term(
        "person",
        Sort::Text,
        &[
            "sales person",
            "salesperson",
            "sales rep",
            "rep",
            "业务员",
            "业务员编码",
            "工号",
            "人员编码",
            "Verkäufer",
            "Personalnummer",
        ],
    ),
    term(
        "amount",
        Sort::Amount,
        &[
            "target",
            "指标",
            "金额",
            "指标金额",
            "目标",
            "Ziel",
            "Betrag",
        ],
    ),
];

const RATES: &[Term] = &[
    term("from", Sort::Text, &["currency", "币种", "Währung"]),
    term("to", Sort::Text, &["quoted in", "报价币种", "Zielwährung"]),
    term("per", Sort::Number, &["units", "单位", "Einheiten"]),
    term("date", Sort::Day, &["日期", "Datum", "day"]),
    term("rate", Sort::Number, &["汇率", "Kurs", "exchange rate"]),
];

/// The words of a kind.
pub(super) fn of(kind: &str) -> Vocabulary<'static> {
    let terms = match kind {
        "units" => UNITS,
        "seats" => SEATS,
        "people" => PEOPLE,
        "customers" => CUSTOMERS,
        "products" => PRODUCTS,
        "assignments" => ASSIGNMENTS,
        "contacts" => CONTACTS,
        "addresses" => ADDRESSES,
        "orders" => ORDERS,
        "targets" => TARGETS,
        "rates" => RATES,
        "number-series" => terms::NUMBER_SERIES,
        "customer-groups" | "product-groups" => terms::GROUPS,
        "memberships" => terms::MEMBERSHIPS,
        "holidays" => terms::HOLIDAYS,
        "payment-terms" => terms::PAYMENT_TERMS,
        "customer-ties" => terms::CUSTOMER_TIES,
        "customer-terms" => terms::CUSTOMER_TERMS,
        "price-lists" => terms::PRICE_LISTS,
        "price-list-uses" => terms::PRICE_LIST_USES,
        "prices" => terms::PRICES,
        "special-prices" => terms::SPECIAL_PRICES,
        "periods" => terms::PERIODS,
        "credit-limits" => terms::CREDIT_LIMITS,
        "frameworks" => offers::FRAMEWORKS,
        "call-offs" => offers::CALL_OFFS,
        "rebates" => offers::REBATES,
        "quotations" => offers::QUOTATIONS,
        "samples" => offers::SAMPLES,
        "deliveries" => documents::DELIVERIES,
        "invoices" => documents::INVOICES,
        "credit-notes" => documents::CREDIT_NOTES,
        "payments" => money::PAYMENTS,
        "allocations" => money::ALLOCATIONS,
        "open-items" => money::OPEN_ITEMS,
        _ => &[],
    };
    Vocabulary {
        terms,
        spread: (kind == "targets").then_some(("period", "amount")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::wiring;

    #[test]
    fn every_word_belongs_to_a_column_of_its_kind_and_to_one_only() {
        for layout in wiring::layouts() {
            let terms = of(layout.kind).terms;
            let is_own = |term: &&Term| layout.columns.iter().any(|own| own.name == term.column);
            assert!(terms.iter().all(|term| is_own(&term)), "{}", layout.kind);
            let is_named = |own: &sheet::Column| terms.iter().any(|term| term.column == own.name);
            assert!(
                layout
                    .columns
                    .iter()
                    .filter(|own| own.required)
                    .all(is_named),
                "{}",
                layout.kind
            );
            let names = || terms.iter().flat_map(|term| term.names);
            let different: BTreeSet<String> = names().map(|name| name.to_lowercase()).collect();
            assert_eq!(different.len(), names().count(), "{}", layout.kind);
        }
    }
}
