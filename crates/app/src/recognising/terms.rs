//! What the columns of prices, limits, places and calendars are called in the field.

use sheet::recognise::{Sort, Term};

use super::{
    everyday::{
        COUNTRY, CURRENCY, CUSTOMER, FROM, FROM_QUANTITY, LOCAL_NAME, PRODUCT, REASON, TO, UNIT,
    },
    term,
};

pub(super) const GROUPS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &["group code", "分组编码", "组编码", "Gruppe Nr"],
    ),
    term(
        "name",
        Sort::Text,
        &["group name", "分组名称", "组名称", "Gruppe", "Bezeichnung"],
    ),
    LOCAL_NAME,
];

pub(super) const PRICE_LISTS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &[
            "price list",
            "list",
            "价目表编码",
            "价格表编码",
            "Preisliste",
        ],
    ),
    term(
        "name",
        Sort::Text,
        &["list name", "价目表", "价目表名称", "价格表", "Bezeichnung"],
    ),
    LOCAL_NAME,
    CURRENCY,
    term("gross", Sort::Text, &["with tax", "含税", "brutto"]),
];

pub(super) const PRICES: &[Term] = &[
    term(
        "list",
        Sort::Text,
        &["price list", "价目表", "价目表编码", "价格表", "Preisliste"],
    ),
    PRODUCT,
    FROM_QUANTITY,
    term(
        "price",
        Sort::Amount,
        &["unit price", "单价", "价格", "Preis", "Einzelpreis"],
    ),
    FROM,
    TO,
];

pub(super) const SPECIAL_PRICES: &[Term] = &[
    CUSTOMER,
    term("project", Sort::Text, &["项目", "Projekt"]),
    PRODUCT,
    FROM_QUANTITY,
    term(
        "price",
        Sort::Amount,
        &[
            "special price",
            "unit price",
            "特价",
            "单价",
            "Sonderpreis",
            "Preis",
        ],
    ),
    CURRENCY,
    REASON,
    FROM,
    TO,
];

pub(super) const CREDIT_LIMITS: &[Term] = &[
    CUSTOMER,
    term("mode", Sort::Text, &["limit kind", "额度类型", "Limitart"]),
    term(
        "amount",
        Sort::Amount,
        &[
            "limit",
            "credit limit",
            "信用额度",
            "额度",
            "授信额度",
            "Kreditlimit",
            "Limit EUR",
        ],
    ),
    CURRENCY,
    FROM,
    TO,
    REASON,
];

pub(super) const MEMBERSHIPS: &[Term] = &[
    term(
        "person",
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
    UNIT,
    FROM,
    TO,
    term(
        "leads",
        Sort::Text,
        &["leader", "head", "负责人", "是否负责人", "Leitung"],
    ),
];

pub(super) const HOLIDAYS: &[Term] = &[
    COUNTRY,
    term("day", Sort::Day, &["date", "日期", "Datum", "Tag"]),
    term(
        "works",
        Sort::Text,
        &["working day", "是否上班", "Arbeitstag"],
    ),
    term("name", Sort::Text, &["holiday", "节日", "假日", "Feiertag"]),
];

pub(super) const PERIODS: &[Term] = &[
    term("calendar", Sort::Text, &["期间日历", "Kalender"]),
    term(
        "code",
        Sort::Text,
        &["period", "period code", "期间", "期间编码", "Periode"],
    ),
    FROM,
    TO,
];

pub(super) const PAYMENT_TERMS: &[Term] = &[
    term(
        "code",
        Sort::Text,
        &[
            "terms code",
            "payment terms",
            "付款条件编码",
            "收款条件编码",
            "付款条件",
            "Zahlungsbedingung",
        ],
    ),
    term(
        "name",
        Sort::Text,
        &["terms name", "付款条件名称", "名称", "Bezeichnung"],
    ),
    LOCAL_NAME,
    term("part", Sort::Number, &["part no", "期次", "序号", "Teil"]),
    term(
        "percent",
        Sort::Number,
        &["share", "share %", "比例", "付款比例", "Anteil", "Anteil %"],
    ),
    term(
        "clock",
        Sort::Text,
        &["counted from", "起算", "起算日", "ab wann"],
    ),
    term(
        "days",
        Sort::Number,
        &["net days", "天数", "账期天", "Tage"],
    ),
    term("end_of_month", Sort::Text, &["eom", "月结", "Monatsende"]),
    term(
        "payment_day",
        Sort::Number,
        &["day of month", "付款日", "Zahltag"],
    ),
    term(
        "discount_percent",
        Sort::Number,
        &["cash discount", "现金折扣", "Skonto", "Skonto %"],
    ),
    term(
        "discount_days",
        Sort::Number,
        &["cash discount days", "折扣天数", "Skontotage"],
    ),
    term(
        "retention",
        Sort::Text,
        &["retained", "质保金", "Einbehalt"],
    ),
];

pub(super) const CUSTOMER_TIES: &[Term] = &[
    CUSTOMER,
    term(
        "kind",
        Sort::Text,
        &["tie", "关系", "关系类型", "Beziehung"],
    ),
    term(
        "other",
        Sort::Text,
        &[
            "related customer",
            "parent or payer",
            "上级或付款方",
            "关联客户",
            "verbundener Kunde",
        ],
    ),
    FROM,
    TO,
];

pub(super) const NUMBER_SERIES: &[Term] = &[
    term(
        "company",
        Sort::Text,
        &["company code", "公司", "公司编码", "Gesellschaft"],
    ),
    term(
        "kind",
        Sort::Text,
        &["document kind", "单据类型", "单据种类", "Belegart"],
    ),
    term("year", Sort::Number, &["年度", "年份", "Jahr"]),
    term("prefix", Sort::Text, &["前缀", "编号前缀", "Präfix"]),
    term("with_month", Sort::Text, &["month", "含月份", "mit Monat"]),
    term("digits", Sort::Number, &["位数", "流水位数", "Stellen"]),
    term(
        "next_number",
        Sort::Number,
        &["next", "下一个号", "下一编号", "nächste Nummer"],
    ),
];

pub(super) const CUSTOMER_TERMS: &[Term] = &[
    CUSTOMER,
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
        "days",
        Sort::Number,
        &["terms days", "账期", "账期天", "付款天数", "Zahlungsziel"],
    ),
    FROM,
    TO,
];

pub(super) const PRICE_LIST_USES: &[Term] = &[
    term(
        "list",
        Sort::Text,
        &["price list", "价目表", "价目表编码", "价格表", "Preisliste"],
    ),
    CUSTOMER,
    term(
        "group",
        Sort::Text,
        &["customer group", "客户组", "客户组编码", "Kundengruppe"],
    ),
    FROM,
    TO,
];
