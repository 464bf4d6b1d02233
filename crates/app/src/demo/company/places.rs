//! Where the customers are: three regions, six teams, sixty cities.

/// A city and its centre.
#[derive(Debug, Clone, Copy)]
pub struct City {
    pub name: &'static str,
    pub name_local: &'static str,
    /// Thousandths of a degree.
    pub latitude: i32,
    pub longitude: i32,
    /// On the coast or a navigable river: there are shipyards.
    pub port: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Region {
    pub code: &'static str,
    pub name: &'static str,
    pub name_local: &'static str,
    pub teams: [Team; 2],
    /// What it sold in the first year of the history, in yuan.
    pub yearly_yuan: f64,
    /// Growth a year, as the exponent of e.
    pub growth: f64,
    /// The growth its target asks for, in thousandths.
    pub target_growth: i64,
    /// Where it stands against its target, in thousandths.
    pub attainment: i64,
}

#[derive(Debug, Clone, Copy)]
pub struct Team {
    pub code: &'static str,
    pub name: &'static str,
    pub name_local: &'static str,
    pub customers: usize,
    /// Its part of the region's sales.
    pub share: f64,
    pub cities: [City; 10],
}

/// People in a team; its cities are shared out among them in turn.
pub const PEOPLE_IN_TEAM: usize = 4;

pub const REGIONS: [Region; 3] = [
    Region {
        code: "EAST",
        name: "East China",
        name_local: "华东大区",
        teams: [
            Team {
                code: "EAST-1",
                name: "Shanghai and Jiangsu",
                name_local: "沪苏团队",
                customers: 128,
                share: 0.54,
                cities: JIANGSU,
            },
            Team {
                code: "EAST-2",
                name: "Zhejiang and Anhui",
                name_local: "浙皖团队",
                customers: 112,
                share: 0.46,
                cities: ZHEJIANG,
            },
        ],
        yearly_yuan: 51_000_000.0,
        growth: 0.10,
        target_growth: 85,
        attainment: 1_022,
    },
    Region {
        code: "SOUTH",
        name: "South China",
        name_local: "华南大区",
        teams: [
            Team {
                code: "SOUTH-1",
                name: "Pearl River Delta",
                name_local: "珠三角团队",
                customers: 106,
                share: 0.56,
                cities: GUANGDONG,
            },
            Team {
                code: "SOUTH-2",
                name: "Fujian, Hunan and Guangxi",
                name_local: "闽湘桂团队",
                customers: 94,
                share: 0.44,
                cities: FUJIAN,
            },
        ],
        yearly_yuan: 41_000_000.0,
        growth: 0.08,
        target_growth: 90,
        attainment: 987,
    },
    Region {
        code: "NORTH",
        name: "North China",
        name_local: "北方大区",
        teams: [
            Team {
                code: "NORTH-1",
                name: "Beijing, Tianjin and Hebei",
                name_local: "京津冀团队",
                customers: 82,
                share: 0.51,
                cities: HEBEI,
            },
            Team {
                code: "NORTH-2",
                name: "Shandong and the Northeast",
                name_local: "鲁东北团队",
                customers: 78,
                share: 0.49,
                cities: SHANDONG,
            },
        ],
        yearly_yuan: 29_000_000.0,
        growth: 0.11,
        target_growth: 165,
        attainment: 907,
    },
];

/// The teams in order, each with its region.
pub fn teams() -> impl Iterator<Item = (&'static Region, &'static Team)> {
    REGIONS
        .iter()
        .flat_map(|region| region.teams.iter().map(move |team| (region, team)))
}

const fn inland(
    name: &'static str,
    name_local: &'static str,
    latitude: i32,
    longitude: i32,
) -> City {
    City {
        name,
        name_local,
        latitude,
        longitude,
        port: false,
    }
}

const fn port(name: &'static str, name_local: &'static str, latitude: i32, longitude: i32) -> City {
    City {
        name,
        name_local,
        latitude,
        longitude,
        port: true,
    }
}

const JIANGSU: [City; 10] = [
    port("Shanghai", "上海", 31_230, 121_474),
    inland("Suzhou", "苏州", 31_299, 120_585),
    inland("Wuxi", "无锡", 31_491, 120_312),
    port("Nanjing", "南京", 32_060, 118_797),
    inland("Changzhou", "常州", 31_811, 119_974),
    port("Nantong", "南通", 31_980, 120_894),
    inland("Yangzhou", "扬州", 32_394, 119_413),
    port("Zhenjiang", "镇江", 32_188, 119_425),
    inland("Xuzhou", "徐州", 34_261, 117_185),
    inland("Yancheng", "盐城", 33_348, 120_163),
];

const ZHEJIANG: [City; 10] = [
    inland("Hangzhou", "杭州", 30_274, 120_155),
    port("Ningbo", "宁波", 29_868, 121_544),
    port("Wenzhou", "温州", 27_994, 120_699),
    inland("Hefei", "合肥", 31_821, 117_227),
    inland("Jiaxing", "嘉兴", 30_746, 120_756),
    inland("Shaoxing", "绍兴", 30_030, 120_580),
    port("Taizhou", "台州", 28_656, 121_421),
    port("Wuhu", "芜湖", 31_353, 118_433),
    inland("Huzhou", "湖州", 30_894, 120_087),
    inland("Jinhua", "金华", 29_079, 119_647),
];

const GUANGDONG: [City; 10] = [
    port("Guangzhou", "广州", 23_129, 113_264),
    port("Shenzhen", "深圳", 22_543, 114_058),
    inland("Foshan", "佛山", 23_022, 113_122),
    inland("Dongguan", "东莞", 23_021, 113_752),
    inland("Zhaoqing", "肇庆", 23_047, 112_465),
    inland("Huizhou", "惠州", 23_112, 114_416),
    inland("Jiangmen", "江门", 22_579, 113_082),
    inland("Zhongshan", "中山", 22_517, 113_393),
    port("Zhuhai", "珠海", 22_271, 113_577),
    port("Shantou", "汕头", 23_354, 116_682),
];

const FUJIAN: [City; 10] = [
    port("Fuzhou", "福州", 26_075, 119_297),
    port("Xiamen", "厦门", 24_480, 118_089),
    inland("Changsha", "长沙", 28_228, 112_939),
    inland("Nanning", "南宁", 22_817, 108_366),
    inland("Nanchang", "南昌", 28_683, 115_858),
    inland("Zhangzhou", "漳州", 24_513, 117_647),
    inland("Zhuzhou", "株洲", 27_828, 113_134),
    inland("Liuzhou", "柳州", 24_326, 109_416),
    port("Haikou", "海口", 20_044, 110_342),
    inland("Quanzhou", "泉州", 24_874, 118_676),
];

const HEBEI: [City; 10] = [
    inland("Beijing", "北京", 39_904, 116_407),
    port("Tianjin", "天津", 39_125, 117_190),
    inland("Shijiazhuang", "石家庄", 38_043, 114_515),
    inland("Taiyuan", "太原", 37_870, 112_549),
    inland("Langfang", "廊坊", 39_538, 116_684),
    inland("Tangshan", "唐山", 39_631, 118_180),
    inland("Handan", "邯郸", 36_626, 114_539),
    inland("Hohhot", "呼和浩特", 40_842, 111_749),
    inland("Baoding", "保定", 38_874, 115_465),
    inland("Cangzhou", "沧州", 38_304, 116_839),
];

const SHANDONG: [City; 10] = [
    inland("Jinan", "济南", 36_668, 116_997),
    port("Qingdao", "青岛", 36_067, 120_383),
    inland("Shenyang", "沈阳", 41_806, 123_432),
    inland("Changchun", "长春", 43_817, 125_324),
    inland("Zibo", "淄博", 36_813, 118_055),
    port("Yantai", "烟台", 37_464, 121_448),
    port("Dalian", "大连", 38_914, 121_615),
    inland("Harbin", "哈尔滨", 45_804, 126_535),
    inland("Linyi", "临沂", 35_104, 118_356),
    inland("Weifang", "潍坊", 36_707, 119_162),
];
