//! What the columns of prices, limits, places and calendars are called in the field.

use sheet::recognise::{Sort, Term};

use super::term;

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
    term(
        "name_local",
        Sort::Text,
        &["local name", "中文名称", "本地名称"],
    ),
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
    term(
        "name_local",
        Sort::Text,
        &["local name", "中文名称", "本地名称"],
    ),
    term("currency", Sort::Text, &["币种", "币别", "货币", "Währung"]),
    term("gross", Sort::Text, &["with tax", "含税", "brutto"]),
];

pub(super) const PRICES: &[Term] = &[
    term(
        "list",
        Sort::Text,
        &["price list", "价目表", "价目表编码", "价格表", "Preisliste"],
    ),
    term(
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
    ),
    term(
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
    ),
    term(
        "price",
        Sort::Amount,
        &["unit price", "单价", "价格", "Preis", "Einzelpreis"],
    ),
    term(
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
    ),
    term(
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
    ),
];

pub(super) const SPECIAL_PRICES: &[Term] = &[
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
        ],
    ),
    term("project", Sort::Text, &["项目", "Projekt"]),
    term(
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
    ),
    term(
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
    ),
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
    term("currency", Sort::Text, &["币种", "币别", "货币", "Währung"]),
    term("reason", Sort::Text, &["原因", "理由", "Grund"]),
    term(
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
    ),
    term(
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
    ),
];

pub(super) const CREDIT_LIMITS: &[Term] = &[
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
        ],
    ),
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
    term("currency", Sort::Text, &["币种", "币别", "货币", "Währung"]),
    term(
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
    ),
    term(
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
    ),
    term("reason", Sort::Text, &["原因", "理由", "Grund"]),
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
    term(
        "unit",
        Sort::Text,
        &["unit code", "部门", "部门编码", "Einheit"],
    ),
    term(
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
    ),
    term(
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
    ),
    term(
        "leads",
        Sort::Text,
        &["leader", "head", "负责人", "是否负责人", "Leitung"],
    ),
];

pub(super) const HOLIDAYS: &[Term] = &[
    term("country", Sort::Text, &["国家", "Land"]),
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
    term(
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
    ),
    term(
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
    ),
];
