//! Who works at Songlan: units, seats and people, always the same ones.
//!
//! Two things happened last year. In April Cui Baolong went from Hebei to Shandong, and his old
//! seat has been empty since; in July Xie Rong joined the team in Fujian.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use kernel::{Code, Role};

use super::{
    Login, Person, Seat, Tenure, Unit, UnitKind, code,
    feasts::Feasts,
    names::Pair,
    places::{PEOPLE_IN_TEAM, REGIONS, teams},
};

/// The sales person who joined last year, by place among the sales people.
pub const JOINER: usize = 15;
/// The one who changed teams, by place; and the team left behind.
pub const MOVER: usize = 23;
pub const TEAM_LEFT: usize = 4;

const COMPANY: &str = "SONGLAN";
const DOMAIN: &str = "songlan.example";

/// People and seats, with the days that matter to the customers.
#[derive(Debug, Clone)]
pub struct Cast {
    pub people: Vec<Person>,
    pub seats: Vec<Seat>,
    /// The day [`MOVER`] took over the new area.
    pub moved_on: Date,
    /// The day [`JOINER`] began.
    pub joined_on: Date,
}

/// Everyone in the house on `today`, of whom all but one were there long before `from`.
pub fn cast(from: Date, today: Date, feasts: &Feasts) -> Cast {
    let last_year = today.year() - 1;
    let moved_on = feasts.working_day_from(date(last_year, 4, 1));
    let joined_on = feasts.working_day_from(date(last_year, 7, 1));
    let people: Vec<Person> = OFFICE
        .iter()
        .map(|(name, role, _)| (name, *role))
        .chain(SALES.iter().map(|name| (name, Role::Rep)))
        .enumerate()
        .map(|(place, (name, role))| Person {
            code: person_code(place),
            name: name.0,
            name_local: name.1,
            email: email(name.0),
            role,
            joined: if place == OFFICE.len() + JOINER {
                joined_on
            } else {
                long_ago(from, place, feasts)
            },
        })
        .collect();
    let seats = seats(&people, moved_on);
    Cast {
        people,
        seats,
        moved_on,
        joined_on,
    }
}

/// The code of the sales person at this place among the sales people.
pub fn sales_code(place: usize) -> Code {
    person_code(OFFICE.len() + place)
}

/// How many sales people there are.
pub const SALES_PEOPLE: usize = SALES.len();

/// The company, the regions and their teams.
pub fn units() -> Vec<Unit> {
    let mut units = vec![Unit {
        code: code(COMPANY),
        name: "Songlan Coatings",
        name_local: "松岚涂料",
        kind: UnitKind::Company,
        parent: None,
        head: Some(person_code(0)),
    }];
    for (place, region) in REGIONS.iter().enumerate() {
        units.push(Unit {
            code: code(region.code),
            name: region.name,
            name_local: region.name_local,
            kind: UnitKind::Region,
            parent: Some(code(COMPANY)),
            head: Some(person_code(1 + place)),
        });
        units.extend(region.teams.iter().map(|team| Unit {
            code: code(team.code),
            name: team.name,
            name_local: team.name_local,
            kind: UnitKind::Team,
            parent: Some(code(region.code)),
            head: None,
        }));
    }
    units
}

/// The manager of the north, one of its sales people, and the controller.
pub fn logins() -> Vec<Login> {
    let login = |place: usize, name: &str, role, shows| Login {
        person: person_code(place),
        email: email(name),
        role,
        shows,
    };
    let north = 3;
    let seller = 17;
    let controller = 4;
    vec![
        login(
            north,
            OFFICE[north].0.0,
            Role::Manager,
            "the North region, which is behind its target",
        ),
        login(
            OFFICE.len() + seller,
            SALES[seller].0,
            Role::Rep,
            "own customers and own target in Beijing, Tianjin and Hebei",
        ),
        login(
            controller,
            OFFICE[controller].0.0,
            Role::Finance,
            "the money of all regions",
        ),
    ]
}

fn person_code(place: usize) -> Code {
    code(format!("P-{:03}", place + 1))
}

/// `Chen Hao` writes from `hao.chen@`.
fn email(name: &str) -> String {
    let (family, given) = name.split_once(' ').unwrap_or((name, "office"));
    format!("{given}.{family}@{DOMAIN}").to_lowercase()
}

/// A working day between two and thirteen years before the history begins.
fn long_ago(from: Date, place: usize, feasts: &Feasts) -> Date {
    let place = i32::try_from(place).unwrap_or(0);
    let months = 24 + (place * 37) % 130;
    // The middle of a month is clear of the fixed feasts of years too old to be listed.
    let middle = from
        .saturating_sub(months.months())
        .saturating_add(14.days());
    feasts.working_day_from(middle)
}

fn seats(people: &[Person], moved_on: Date) -> Vec<Seat> {
    let mut seats = Vec::with_capacity(people.len() + 1);
    let mut add = |unit: &str, title: Pair, role, holders| {
        seats.push(Seat {
            code: code(format!("S-{:03}", seats.len() + 1)),
            unit: code(unit),
            title: title.0,
            title_local: title.1,
            role,
            holders,
        });
    };
    let since = |place: usize, from: Date| {
        vec![Tenure {
            person: people[place].code.clone(),
            from,
            to: None,
        }]
    };
    for (place, (_, role, title)) in OFFICE.iter().enumerate() {
        let leads_region = place.checked_sub(1).and_then(|nth| REGIONS.get(nth));
        let unit = leads_region.map_or(COMPANY, |region| region.code);
        add(unit, *title, *role, since(place, people[place].joined));
    }
    for (team_no, (_, team)) in teams().enumerate() {
        for nth in 0..PEOPLE_IN_TEAM {
            let seller = team_no * PEOPLE_IN_TEAM + nth;
            let place = OFFICE.len() + seller;
            let from = if seller == MOVER {
                moved_on
            } else {
                people[place].joined
            };
            add(team.code, SELLER, Role::Rep, since(place, from));
        }
        if team_no == TEAM_LEFT {
            let mover = &people[OFFICE.len() + MOVER];
            let before = Tenure {
                person: mover.code.clone(),
                from: mover.joined,
                to: Some(moved_on),
            };
            add(team.code, SELLER, Role::Rep, vec![before]);
        }
    }
    seats
}

const SELLER: Pair = ("Sales representative", "销售代表");

/// The head of sales, then the managers in the order of the regions, then the others.
const OFFICE: [(Pair, Role, Pair); 8] = [
    (
        ("Shen Weiming", "沈伟明"),
        Role::Manager,
        ("Head of sales", "销售总监"),
    ),
    (
        ("Lu Jiayi", "陆佳怡"),
        Role::Manager,
        ("Regional sales manager", "大区经理"),
    ),
    (
        ("Huang Zhiqiang", "黄志强"),
        Role::Manager,
        ("Regional sales manager", "大区经理"),
    ),
    (
        ("Zhao Jing", "赵静"),
        Role::Manager,
        ("Regional sales manager", "大区经理"),
    ),
    (
        ("Xu Wenjuan", "徐文娟"),
        Role::Finance,
        ("Credit controller", "信用主管"),
    ),
    (
        ("Fang Yuting", "方雨婷"),
        Role::Marketing,
        ("Marketing", "市场主管"),
    ),
    (
        ("Gu Zhenhua", "顾振华"),
        Role::Auditor,
        ("Auditor", "内部审计"),
    ),
    (
        ("He Jun", "何军"),
        Role::Administrator,
        ("Administrator", "系统管理员"),
    ),
];

/// Four to a team, in the order of the teams.
const SALES: [Pair; 24] = [
    ("Chen Hao", "陈浩"),
    ("Wang Lei", "王磊"),
    ("Zhou Xiaoyan", "周晓燕"),
    ("Shi Kai", "施凯"),
    ("Ye Tingting", "叶婷婷"),
    ("Yu Dong", "俞东"),
    ("Jiang Haibo", "蒋海波"),
    ("Tang Yun", "汤云"),
    ("Liang Jianhua", "梁建华"),
    ("Mo Siqi", "莫思琪"),
    ("Li Guoqiang", "李国强"),
    ("Wu Meiling", "吴美玲"),
    ("Lin Zhihong", "林志宏"),
    ("Zheng Xin", "郑欣"),
    ("Luo Pengfei", "罗鹏飞"),
    ("Xie Rong", "谢蓉"),
    ("Sun Tao", "孙涛"),
    ("Liu Yang", "刘洋"),
    ("Ma Xiaojun", "马晓军"),
    ("Gao Yan", "高燕"),
    ("Yang Shuai", "杨帅"),
    ("Dong Lina", "董丽娜"),
    ("Guo Feng", "郭峰"),
    ("Cui Baolong", "崔宝龙"),
];
