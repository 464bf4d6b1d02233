//! Measures lists, searches and customer pages over a large company (`many_orders` draws it up), as a
//! sales person, two managers and finance see them.
//!
//! `measure_lists PROGRAM DATA-FOLDER | postgres://… [COUNT]`. Times are the server's own
//! (`Server-Timing`). First every address by itself, `COUNT` times (30) at ten a second; then all of them
//! mixed in an open loop at 100 a second.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measuring program prints figures and stops at the first surprise"
)]

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ADDRESS: &str = "127.0.0.1:7203";
const PASSWORD: &str = "many+orders+to+measure";

/// Who asks, and a customer of theirs.
const WHO: [(&str, &str); 4] = [
    ("rep0", "C-00200"),
    ("territory0", "C-00040"),
    ("region0", "C-00004"),
    ("finance", "C-00000"),
];

/// What is asked of the list of orders, besides every order of it.
const NARROWED: [&str; 18] = [
    "",
    "status=draft",
    "status=held",
    "status=cancelled",
    "status=closed",
    "currency=USD",
    "group=oem",
    "group=export",
    "owner=rep0",
    "unit=t0",
    "unit=r0",
    "from=2026-11-01&to=2026-11-23",
    "from=2024-01-01&to=2024-12-31",
    "q=so-2025",
    "q=so-2025-1123",
    "q=anhe",
    "q=ahgg",
    "status=cancelled&group=oem&from=2025-01-01&to=2025-12-31",
];
const SORTS: [&str; 8] = [
    "-date",
    "date",
    "number",
    "-number",
    "customer",
    "-customer",
    "net",
    "-net",
];
const OTHERS: [&str; 18] = [
    "/customers",
    "/customers?q=anhe",
    "/customers?q=ahgg",
    "/customers?q=%E5%AE%89%E7%A6%BE",
    "/customers?q=zzz",
    "/customers?sort=-owner",
    "/customers?sort=city",
    "/customers?sort=-code",
    "/customers?sort=group&group=oem",
    "/customers?unit=t0&sort=-name",
    "/products",
    "/products?q=anhe",
    "/products?sort=-price&group=oem",
    "/search?q=anhe",
    "/search?q=ahgg",
    "/search?q=so-2025-1123",
    "/search?q=C-0004",
    "/search?q=rep0",
];

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Status, milliseconds of the server, and the head of the answer.
async fn send(
    method: &str,
    path: &str,
    cookie: &str,
    body: &str,
) -> std::io::Result<(u16, f64, String)> {
    let mut stream = TcpStream::connect(ADDRESS).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes);
    let head = text
        .split("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    let timing = head.split("dur=").nth(1).unwrap_or_default();
    let taken = timing.split("\r\n").next().unwrap_or_default();
    Ok((status, taken.trim().parse().unwrap_or(f64::NAN), head))
}

async fn start(program: &str, place: &str) -> Running {
    let how = if place.starts_with("postgres") {
        "--database-url"
    } else {
        "--data"
    };
    let child = Command::new(program)
        .args(["serve", how, place, "--listen", ADDRESS])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program named in the first argument");
    let running = Running(child);
    let begun = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        if send("GET", "/healthz", "", "")
            .await
            .is_ok_and(|(status, ..)| status == 200)
        {
            return running;
        }
        assert!(
            begun.elapsed() < Duration::from_mins(2),
            "it does not serve"
        );
    }
}

async fn sign_in(name: &str) -> String {
    let body = format!("email={name}%40many.example&password={PASSWORD}");
    let (status, _, head) = send("POST", "/sign-in", "", &body).await.unwrap();
    assert_eq!(status, 303, "{head}");
    let cookie = head.split("set-cookie: ").nth(1).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Everything that is asked, with the cookie of who asks.
async fn questions() -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for (name, customer) in WHO {
        let cookie = sign_in(name).await;
        let mut paths: Vec<String> = OTHERS.iter().map(|path| (*path).to_owned()).collect();
        paths.push(format!("/customers/{customer}"));
        paths.push(format!("/orders?customer={customer}"));
        for narrowed in NARROWED {
            paths.extend(
                SORTS
                    .iter()
                    .map(|sort| format!("/orders?{narrowed}&sort={sort}")),
            );
        }
        all.extend(
            paths
                .into_iter()
                .map(|path| (name.to_owned(), path, cookie.clone())),
        );
    }
    all
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn report(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    println!(
        "{what}: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms ({} answers)",
        percentile(times, 50),
        percentile(times, 99),
        percentile(times, 100),
        times.len()
    );
}

async fn one_by_one(questions: &[(String, String, String)], count: usize) {
    let mut slowest = Vec::new();
    let mut all = Vec::new();
    for (name, path, cookie) in questions {
        let mut times = Vec::with_capacity(count);
        for turn in 0..=count {
            let (status, taken, head) = send("GET", path, cookie, "").await.unwrap();
            assert_eq!(status, 200, "{path} {head}");
            // The first makes the engine read the statement and the pages it needs.
            if 0 < turn {
                times.push(taken);
            }
        }
        times.sort_by(f64::total_cmp);
        all.extend_from_slice(&times);
        slowest.push((percentile(&times, 50), percentile(&times, 99), name, path));
    }
    report("each by itself", &mut all);
    slowest.sort_by(|one, other| other.1.total_cmp(&one.1));
    println!("the slowest (p50, p99):");
    for (half, most, name, path) in slowest.iter().take(25) {
        println!("  {half:7.1} {most:7.1}  {name:10} {path}");
    }
}

async fn mixed(questions: &[(String, String, String)], count: usize) {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let mut tasks = Vec::with_capacity(count);
    // A step without a common factor with the number of questions mixes who asks and what.
    for turn in 0..count {
        tick.tick().await;
        let (_, path, cookie) = questions[turn * 211 % questions.len()].clone();
        tasks.push(tokio::spawn(async move {
            send("GET", &path, &cookie, "").await
        }));
    }
    let mut times = Vec::with_capacity(count);
    for task in tasks {
        let (status, taken, head) = task.await.unwrap().unwrap();
        assert_eq!(status, 200, "{head}");
        times.push(taken);
    }
    report("mixed, 100 a second", &mut times);
}

#[tokio::main]
async fn main() {
    let mut asked = std::env::args().skip(1);
    let program = asked.next().expect("the path of the program");
    let place = asked
        .next()
        .expect("a data folder or the address of a PostgreSQL database");
    let count = asked.next().map_or(30, |text| text.parse().unwrap());
    let running = start(&program, &place).await;
    let questions = questions().await;
    println!("{} questions", questions.len());
    one_by_one(&questions, count).await;
    mixed(&questions, 3_000).await;
    drop(running);
}
