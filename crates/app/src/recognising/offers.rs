//! What the columns of quotations, contracts, rebates and samples are called in the field.

use sheet::recognise::{Sort, Term};

use super::{
    everyday::{CURRENCY, CUSTOMER, DISCOUNT_PERCENT, FROM, NOTE, PRODUCT, TAX_PERCENT, TO},
    term,
};

/// The state a document is in.
const STATUS: Term = term("status", Sort::Text, &["state", "状态", "Status"]);
/// What orders, offers and contracts call the price of one unit.
const UNIT_PRICE: Term = term(
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
);

pub(super) const QUOTATIONS: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "quotation",
            "quotation no",
            "quote no",
            "quote",
            "offer no",
            "报价单号",
            "报价编号",
            "报价单",
            "Angebotsnummer",
            "Angebots-Nr",
            "Angebot",
        ],
    ),
    term(
        "edition",
        Sort::Number,
        &["version", "revision", "版本", "版次", "Fassung"],
    ),
    CUSTOMER,
    CURRENCY,
    term("project", Sort::Text, &["项目", "Projekt"]),
    term(
        "date",
        Sort::Day,
        &[
            "quotation date",
            "quote date",
            "报价日期",
            "日期",
            "Angebotsdatum",
            "Datum",
        ],
    ),
    term(
        "valid_until",
        Sort::Day,
        &[
            "valid to",
            "expires",
            "expiry",
            "有效期至",
            "报价有效期",
            "gültig bis",
        ],
    ),
    term("sent_on", Sort::Day, &["sent", "发送日期", "versandt am"]),
    term(
        "line",
        Sort::Number,
        &["line no", "行号", "序号", "Pos", "Position"],
    ),
    PRODUCT,
    term(
        "quantity",
        Sort::Number,
        &["qty", "数量", "报价数量", "Menge", "Anzahl"],
    ),
    UNIT_PRICE,
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
    STATUS,
    term(
        "decided_on",
        Sort::Day,
        &["decided", "决定日期", "entschieden am"],
    ),
    term(
        "lost_reason",
        Sort::Text,
        &["reason lost", "丢单原因", "Verlustgrund"],
    ),
    term("competitor", Sort::Text, &["竞争对手", "Wettbewerber"]),
    term("lost_text", Sort::Text, &["丢单说明", "Verlustnotiz"]),
    term(
        "order",
        Sort::Text,
        &[
            "order no",
            "order number",
            "订单号",
            "订单编号",
            "Auftragsnummer",
            "Auftrag",
        ],
    ),
];

pub(super) const FRAMEWORKS: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "contract",
            "contract no",
            "framework contract",
            "合同号",
            "合同编号",
            "框架合同号",
            "Rahmenvertrag",
            "Vertragsnummer",
            "Vertrags-Nr",
        ],
    ),
    CUSTOMER,
    CURRENCY,
    FROM,
    TO,
    term(
        "tolerance_percent",
        Sort::Number,
        &[
            "tolerance",
            "tolerance %",
            "允差",
            "超量比例",
            "Toleranz",
            "Toleranz %",
        ],
    ),
    STATUS,
    term(
        "line",
        Sort::Number,
        &["line no", "行号", "序号", "Pos", "Position"],
    ),
    PRODUCT,
    UNIT_PRICE,
    term(
        "quantity",
        Sort::Number,
        &[
            "agreed quantity",
            "qty",
            "合同数量",
            "数量",
            "Menge",
            "Abnahmemenge",
        ],
    ),
    term(
        "value",
        Sort::Amount,
        &["agreed value", "合同金额", "金额", "Vertragswert", "Betrag"],
    ),
    NOTE,
];

pub(super) const CALL_OFFS: &[Term] = &[
    term(
        "order",
        Sort::Text,
        &[
            "order no",
            "order number",
            "订单号",
            "订单编号",
            "Auftragsnummer",
            "Auftrag",
        ],
    ),
    term(
        "line",
        Sort::Number,
        &["order line", "订单行号", "行号", "Auftragsposition"],
    ),
    term(
        "contract",
        Sort::Text,
        &[
            "contract no",
            "framework contract",
            "合同号",
            "合同编号",
            "框架合同号",
            "Rahmenvertrag",
            "Vertragsnummer",
        ],
    ),
    term(
        "contract_line",
        Sort::Number,
        &["contract item", "合同行号", "Vertragsposition"],
    ),
];

pub(super) const REBATES: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "rebate",
            "rebate no",
            "agreement no",
            "返利协议号",
            "返利编号",
            "协议编号",
            "Bonusvereinbarung",
            "Bonus-Nr",
        ],
    ),
    CUSTOMER,
    CURRENCY,
    FROM,
    TO,
    term(
        "method",
        Sort::Text,
        &["rebate method", "计算方式", "返利方式", "Methode"],
    ),
    term(
        "from_net",
        Sort::Amount,
        &[
            "tier from",
            "threshold",
            "起算金额",
            "档位起点",
            "ab Umsatz",
            "Staffel ab",
        ],
    ),
    term(
        "percent",
        Sort::Number,
        &[
            "rebate %",
            "rebate rate",
            "返利比例",
            "返点",
            "Bonus %",
            "Satz",
        ],
    ),
    STATUS,
    NOTE,
];

pub(super) const SAMPLES: &[Term] = &[
    term(
        "number",
        Sort::Text,
        &[
            "sample no",
            "sample number",
            "样品单号",
            "样品编号",
            "试用单号",
            "Musternummer",
            "Muster-Nr",
        ],
    ),
    term(
        "kind",
        Sort::Text,
        &["sample or trial", "类型", "样品类型", "Art"],
    ),
    CUSTOMER,
    PRODUCT,
    term(
        "quantity",
        Sort::Number,
        &["qty", "数量", "Menge", "Anzahl"],
    ),
    term(
        "date",
        Sort::Day,
        &[
            "handed out",
            "sent on",
            "寄样日期",
            "日期",
            "ausgegeben am",
            "Datum",
        ],
    ),
    term(
        "result_due",
        Sort::Day,
        &["result due", "反馈期限", "结果期限", "Ergebnis bis"],
    ),
    STATUS,
    term(
        "result_on",
        Sort::Day,
        &["result on", "反馈日期", "结果日期", "Ergebnis am"],
    ),
    term(
        "reason",
        Sort::Text,
        &["result", "结果", "原因", "Ergebnis", "Grund"],
    ),
    term(
        "order",
        Sort::Text,
        &[
            "order no",
            "order number",
            "订单号",
            "订单编号",
            "Auftragsnummer",
            "Auftrag",
        ],
    ),
    NOTE,
];
