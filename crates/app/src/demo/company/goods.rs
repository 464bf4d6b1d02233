//! What Songlan makes: eight kinds of coatings, five families of each, three variants of a family.

use jiff::civil::{Date, date};
use kernel::{Price, decimal::round_div};

use super::{Product, ProductGroup, code, names::Pair};

/// The list price goes up by so many thousandths on each first of January.
const YEARLY_RISE: i64 = 25;
const VARIANTS: usize = 3;
const FAMILIES: usize = 5;

/// A product group with its families and variants.
struct Kind {
    code: &'static str,
    name: Pair,
    unit: &'static str,
    pack: i32,
    /// Cost in hundredths of the list price.
    cost_percent: i64,
    /// With today's list price of one unit of the first variant, in fen.
    families: [(Pair, i64); FAMILIES],
    /// With the price against the first variant, in hundredths.
    variants: [(Pair, i64); VARIANTS],
}

pub fn product_groups() -> Vec<ProductGroup> {
    KINDS
        .iter()
        .map(|kind| ProductGroup {
            code: code(kind.code),
            name: kind.name.0,
            name_local: kind.name.1,
        })
        .collect()
}

/// The 120 products, group by group, with the list prices valid since `from`.
pub fn products(from: Date, today: Date) -> Vec<Product> {
    let mut products = Vec::with_capacity(KINDS.len() * FAMILIES * VARIANTS);
    for kind in &KINDS {
        for (family_no, (family, price)) in kind.families.iter().enumerate() {
            for (variant_no, (variant, percent)) in kind.variants.iter().enumerate() {
                let number = 100 * (family_no + 1) + 10 * (variant_no + 1);
                let todays_fen = rounded(i128::from(price * percent), 100, 10);
                products.push(Product {
                    code: code(format!("{}-{number}", kind.code)),
                    name: format!("{}, {}", family.0, variant.0),
                    name_local: format!("{} {}", family.1, variant.1),
                    group: code(kind.code),
                    unit: kind.unit,
                    pack: kind.pack,
                    list_prices: list_prices(todays_fen, from, today),
                    cost: cost(todays_fen, kind.cost_percent, family_no, variant_no),
                });
            }
        }
    }
    products
}

/// One price a year, counted back from today's.
fn list_prices(todays_fen: i64, from: Date, today: Date) -> Vec<(Date, Price)> {
    (from.year()..=today.year())
        .map(|year| {
            let mut fen = i128::from(todays_fen);
            for _ in year..today.year() {
                fen = i128::from(rounded(fen * 1_000, 1_000 + i128::from(YEARLY_RISE), 10));
            }
            let fen = i64::try_from(fen).unwrap_or(todays_fen);
            (date(year, 1, 1).max(from), price_of_fen(fen))
        })
        .collect()
}

/// Costs differ a little from product to product, the same way every time.
fn cost(todays_fen: i64, percent: i64, family_no: usize, variant_no: usize) -> Price {
    let nudge = i64::try_from((family_no * 7 + variant_no * 4) % 9).unwrap_or(0) - 4;
    let fen = rounded(i128::from(todays_fen * (percent + nudge)), 100, 1);
    price_of_fen(fen)
}

/// `numerator / denominator`, rounded to a multiple of `step`.
fn rounded(numerator: i128, denominator: i128, step: i64) -> i64 {
    let steps = round_div(numerator, denominator * i128::from(step));
    i64::try_from(steps).unwrap_or(0) * step
}

fn price_of_fen(fen: i64) -> Price {
    Price::of_millionths(fen * 10_000)
}

const INDUSTRIAL_COLOURS: [(Pair, i64); VARIANTS] = [
    (("light grey", "浅灰"), 100),
    (("signal white", "信号白"), 104),
    (("oxide red", "铁红"), 97),
];

const KINDS: [Kind; 8] = [
    Kind {
        code: "EP",
        name: ("Epoxy primers", "环氧底漆"),
        unit: "kg",
        pack: 20,
        cost_percent: 62,
        families: [
            (("Epoxy zinc phosphate primer", "环氧磷酸锌底漆"), 28_60),
            (("High-build epoxy intermediate", "环氧厚浆中间漆"), 31_20),
            (("Epoxy micaceous iron coat", "环氧云铁漆"), 33_50),
            (("Fast-cure epoxy primer", "快干环氧底漆"), 36_80),
            (("Waterborne epoxy primer", "水性环氧底漆"), 39_40),
        ],
        variants: INDUSTRIAL_COLOURS,
    },
    Kind {
        code: "PU",
        name: ("Polyurethane topcoats", "聚氨酯面漆"),
        unit: "kg",
        pack: 20,
        cost_percent: 57,
        families: [
            (("Acrylic polyurethane topcoat", "丙烯酸聚氨酯面漆"), 42_50),
            (("Polyaspartic topcoat", "聚天门冬氨酸面漆"), 68_00),
            (("Machine enamel", "机械面漆"), 38_60),
            (("Anti-graffiti clear coat", "防涂鸦清漆"), 74_20),
            (("Waterborne polyurethane topcoat", "水性聚氨酯面漆"), 55_80),
        ],
        variants: INDUSTRIAL_COLOURS,
    },
    Kind {
        code: "ZN",
        name: ("Zinc-rich primers", "富锌底漆"),
        unit: "kg",
        pack: 25,
        cost_percent: 68,
        families: [
            (("Epoxy zinc-rich primer", "环氧富锌底漆"), 44_80),
            (("Inorganic zinc silicate", "无机硅酸锌底漆"), 52_30),
            (("Shop primer", "车间底漆"), 35_90),
            (("Zinc repair coat", "富锌修补漆"), 61_50),
            (("Ballast tank coating", "压载舱漆"), 58_70),
        ],
        variants: [
            (("60 % zinc", "含锌60%"), 100),
            (("70 % zinc", "含锌70%"), 112),
            (("80 % zinc", "含锌80%"), 125),
        ],
    },
    Kind {
        code: "WB",
        name: ("Waterborne wood finishes", "水性木器漆"),
        unit: "kg",
        pack: 20,
        cost_percent: 54,
        families: [
            (("Waterborne wood primer", "水性木器底漆"), 32_40),
            (("Waterborne clear topcoat", "水性清面漆"), 46_90),
            (("UV roller coat", "紫外光固化辊涂漆"), 51_60),
            (("Wood stain", "木材着色剂"), 40_30),
            (("Door and window coat", "门窗漆"), 48_70),
        ],
        variants: [
            (("matt", "哑光"), 100),
            (("silk", "半哑"), 101),
            (("gloss", "亮光"), 106),
        ],
    },
    Kind {
        code: "AR",
        name: ("Architectural paints", "建筑涂料"),
        unit: "L",
        pack: 18,
        cost_percent: 58,
        families: [
            (("Interior emulsion", "内墙乳胶漆"), 16_80),
            (("Low-odour interior paint", "净味内墙漆"), 24_50),
            (("Exterior elastic paint", "外墙弹性漆"), 27_90),
            (("Stone-effect coat", "真石漆"), 13_60),
            (("Alkali-resistant sealer", "抗碱封闭底漆"), 15_20),
        ],
        variants: [
            (("white", "白色"), 100),
            (("tinting base", "调色基料"), 98),
            (("factory tinted", "工厂调色"), 109),
        ],
    },
    Kind {
        code: "FL",
        name: ("Floor coatings", "地坪涂料"),
        unit: "kg",
        pack: 25,
        cost_percent: 60,
        families: [
            (("Self-levelling epoxy floor", "环氧自流平地坪漆"), 26_40),
            (("Solvent-free epoxy floor", "无溶剂环氧地坪漆"), 30_80),
            (("Polyurethane mortar floor", "聚氨酯砂浆地坪"), 22_70),
            (("Concrete densifier", "混凝土密封固化剂"), 18_90),
            (("Anti-static floor coat", "防静电地坪漆"), 43_60),
        ],
        variants: [
            (("grey", "灰色"), 100),
            (("green", "绿色"), 102),
            (("blue", "蓝色"), 103),
        ],
    },
    Kind {
        code: "PC",
        name: ("Powder coatings", "粉末涂料"),
        unit: "kg",
        pack: 20,
        cost_percent: 66,
        families: [
            (("Polyester powder", "聚酯粉末"), 25_30),
            (("Epoxy-polyester powder", "环氧聚酯混合粉末"), 22_10),
            (("Low-bake powder", "低温固化粉末"), 29_80),
            (("Super-durable powder", "超耐候粉末"), 41_40),
            (("Metallic powder", "金属效果粉末"), 47_20),
        ],
        variants: [
            (("smooth", "平面"), 100),
            (("fine texture", "细砂纹"), 105),
            (("hammer", "锤纹"), 111),
        ],
    },
    Kind {
        code: "TH",
        name: ("Thinners and hardeners", "稀释剂与固化剂"),
        unit: "kg",
        pack: 5,
        cost_percent: 70,
        families: [
            (("Epoxy thinner", "环氧稀释剂"), 14_20),
            (("Polyurethane thinner", "聚氨酯稀释剂"), 15_60),
            (("Epoxy hardener", "环氧固化剂"), 37_50),
            (("Isocyanate hardener", "异氰酸酯固化剂"), 49_30),
            (("Cleaning solvent", "清洗剂"), 11_80),
        ],
        variants: [
            (("summer", "夏用"), 100),
            (("standard", "标准"), 100),
            (("winter", "冬用"), 107),
        ],
    },
];
