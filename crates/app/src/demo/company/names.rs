//! What kinds of customers there are, how each buys, and what they are called.

use std::collections::BTreeSet;

use super::{CustomerGroup, chance::Chance, code, places::City};

/// An English word and its Chinese one.
pub type Pair = (&'static str, &'static str);

/// A customer group and its habits.
#[derive(Debug, Clone, Copy)]
pub struct GroupFacts {
    pub code: &'static str,
    pub name: Pair,
    /// How many of the large and of the small customers belong to it, as weights.
    pub among_large: f64,
    pub among_small: f64,
    /// How busy its months are, January first; 1 is an ordinary one.
    pub season: [f64; 12],
    /// What it buys, as weights of the product groups in their order.
    pub buys: [f64; 8],
    pub terms_days: [i32; 3],
    pub trades: &'static [Pair],
}

/// The place of the marine group, whose shipyards need water.
pub const MARINE: usize = 5;
/// The groups that now and then place one large order for a project.
pub const PROJECT_GROUPS: [usize; 3] = [1, 2, MARINE];

pub const GROUPS: [GroupFacts; 6] = [
    GroupFacts {
        code: "DIST",
        name: ("Distributors", "经销商"),
        among_large: 30.0,
        among_small: 20.0,
        season: [
            0.95, 0.85, 1.1, 1.1, 1.05, 1.0, 0.95, 0.95, 1.05, 1.0, 1.05, 1.0,
        ],
        buys: [2.0, 2.0, 1.0, 1.0, 3.0, 1.0, 0.0, 2.0],
        terms_days: [30, 30, 45],
        trades: &[
            ("Coatings Trading", "涂料贸易"),
            ("Building Materials", "建材"),
            ("Chemical Supply", "化工供应"),
            ("Paint Supply", "油漆供应"),
        ],
    },
    GroupFacts {
        code: "IND",
        name: ("Industrial OEM", "工业制造"),
        among_large: 30.0,
        among_small: 22.0,
        season: [
            1.0, 0.9, 1.05, 1.05, 1.0, 1.0, 0.95, 0.95, 1.05, 1.0, 1.05, 1.05,
        ],
        buys: [3.0, 3.0, 1.0, 0.0, 0.0, 0.0, 4.0, 2.0],
        terms_days: [60, 60, 90],
        trades: &[
            ("Machinery", "机械"),
            ("Steel Structures", "钢结构"),
            ("Auto Parts", "汽车零部件"),
            ("Electrical Equipment", "电气设备"),
            ("Metal Cabinets", "金属柜业"),
        ],
    },
    GroupFacts {
        code: "CON",
        name: ("Contractors", "工程施工"),
        among_large: 12.0,
        among_small: 24.0,
        season: [
            0.65, 0.5, 0.9, 1.15, 1.2, 1.15, 1.05, 1.05, 1.2, 1.2, 1.0, 0.85,
        ],
        buys: [2.0, 1.0, 1.0, 0.0, 3.0, 4.0, 0.0, 1.0],
        terms_days: [60, 90, 90],
        trades: &[
            ("Construction", "建设工程"),
            ("Flooring Works", "地坪工程"),
            ("Decoration", "装饰工程"),
            ("Anticorrosion Works", "防腐工程"),
        ],
    },
    GroupFacts {
        code: "WOOD",
        name: ("Wood OEM", "木器制造"),
        among_large: 14.0,
        among_small: 15.0,
        season: [
            0.95, 0.8, 1.0, 1.0, 0.95, 0.9, 0.9, 1.0, 1.15, 1.2, 1.15, 1.0,
        ],
        buys: [0.0, 2.0, 0.0, 6.0, 0.0, 0.0, 0.0, 2.0],
        terms_days: [45, 60, 60],
        trades: &[
            ("Furniture", "家具"),
            ("Wood Products", "木业"),
            ("Doors", "门业"),
            ("Kitchens", "橱柜"),
        ],
    },
    GroupFacts {
        code: "RET",
        name: ("Retail chains", "零售连锁"),
        among_large: 5.0,
        among_small: 13.0,
        season: [
            0.9, 0.75, 1.1, 1.2, 1.2, 0.95, 0.8, 0.85, 1.15, 1.2, 1.0, 0.85,
        ],
        buys: [0.0, 0.0, 0.0, 2.0, 6.0, 1.0, 0.0, 1.0],
        terms_days: [30, 45, 45],
        trades: &[
            ("Home Stores", "家居商场"),
            ("Paint Shops", "油漆连锁"),
            ("Building Markets", "建材超市"),
        ],
    },
    GroupFacts {
        code: "MAR",
        name: ("Marine and steelwork", "船舶钢构"),
        among_large: 9.0,
        among_small: 6.0,
        season: [
            0.9, 0.8, 1.0, 1.05, 1.1, 1.1, 1.05, 1.0, 1.05, 1.0, 1.0, 1.0,
        ],
        buys: [3.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0, 2.0],
        terms_days: [60, 90, 90],
        trades: &[
            ("Bridge Steel", "桥梁钢构"),
            ("Pressure Vessels", "压力容器"),
            ("Shipyard", "船舶修造"),
            ("Marine Engineering", "海洋工程"),
            ("Port Equipment", "港口设备"),
        ],
    },
];

/// The first trades of the marine group are found inland as well.
const INLAND_MARINE_TRADES: usize = 2;

pub fn customer_groups() -> Vec<CustomerGroup> {
    GROUPS
        .iter()
        .map(|facts| CustomerGroup {
            code: code(facts.code),
            name: facts.name.0,
            name_local: facts.name.1,
        })
        .collect()
}

/// A name nobody in `taken` has, in English and in Chinese; it is taken from then on.
pub fn customer_name(
    chance: &mut Chance,
    city: &City,
    group: usize,
    taken: &mut BTreeSet<String>,
) -> (String, String) {
    let mut trades = GROUPS[group].trades;
    if group == MARINE && !city.port {
        trades = &trades[..INLAND_MARINE_TRADES];
    }
    loop {
        let (first, first_local) = *chance.pick(&FIRST_SYLLABLES);
        let (second, second_local) = *chance.pick(&SECOND_SYLLABLES);
        let (trade, trade_local) = *chance.pick(trades);
        let name = format!("{} {first}{second} {trade}", city.name);
        if first_local == second_local || !taken.insert(name.clone()) {
            continue;
        }
        let city_local = city.name_local;
        let name_local = format!("{city_local}{first_local}{second_local}{trade_local}有限公司");
        return (name, name_local);
    }
}

const FIRST_SYLLABLES: [Pair; 24] = [
    ("Heng", "恒"),
    ("Xin", "鑫"),
    ("Tai", "泰"),
    ("Hua", "华"),
    ("Jin", "金"),
    ("Rui", "瑞"),
    ("Sheng", "盛"),
    ("Yuan", "源"),
    ("Hong", "宏"),
    ("Jia", "嘉"),
    ("Lian", "联"),
    ("Ming", "明"),
    ("Peng", "鹏"),
    ("Qi", "启"),
    ("Run", "润"),
    ("Shun", "顺"),
    ("Tong", "通"),
    ("Wen", "文"),
    ("Xing", "兴"),
    ("Yong", "永"),
    ("Qing", "庆"),
    ("De", "德"),
    ("Guang", "广"),
    ("Hao", "昊"),
];

const SECOND_SYLLABLES: [Pair; 18] = [
    ("feng", "丰"),
    ("cheng", "诚"),
    ("hui", "辉"),
    ("long", "隆"),
    ("mao", "茂"),
    ("ning", "宁"),
    ("ping", "平"),
    ("ran", "然"),
    ("sheng", "晟"),
    ("tai", "泰"),
    ("xiang", "祥"),
    ("ya", "雅"),
    ("yi", "益"),
    ("yu", "裕"),
    ("zhan", "展"),
    ("jie", "杰"),
    ("kang", "康"),
    ("song", "松"),
];
