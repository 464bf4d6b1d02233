//! Measures a demo as its users meet it: how fast it starts, how fast pages answer under load, how
//! much memory it keeps. `bin/bench` runs it on the release build.
//!
//! Page times are the server's own (`Server-Timing`), at 100 requests a second in an open loop: the
//! next request leaves on time whether or not the last was answered.

#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
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

const ADDRESS: &str = "127.0.0.1:7399";
const MANAGER: &str = "jing.zhao@songlan.example";
const PASSWORD: &str = "songlan-demo";

/// The program under measurement, ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .into_iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    fn server_ms(&self) -> f64 {
        let timing = self.header("server-timing").unwrap_or_default();
        timing
            .split("dur=")
            .nth(1)
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(f64::NAN)
    }
}

async fn send(method: &str, path: &str, cookie: &str, body: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(ADDRESS).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nConnection: close\r\nCookie: {cookie}\r\nHX-Request: true\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    Ok(Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// Starts the demo and waits until it serves; the time that took.
async fn start(program: &str, folder: &str) -> (Running, Duration) {
    let begun = Instant::now();
    let child = Command::new(program)
        .args([
            "demo",
            "--data",
            folder,
            "--listen",
            ADDRESS,
            "--today",
            "2026-11-23",
        ])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program named in the first argument");
    let running = Running(child);
    let mut tick = tokio::time::interval(Duration::from_millis(2));
    loop {
        tick.tick().await;
        if send("GET", "/healthz", "", "")
            .await
            .is_ok_and(|answer| answer.status == 200)
        {
            return (running, begun.elapsed());
        }
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "the demo does not serve"
        );
    }
}

async fn sign_in() -> String {
    let body = format!("email={}&password={PASSWORD}", MANAGER.replace('@', "%40"));
    let answer = send("POST", "/sign-in", "", &body).await.unwrap();
    assert_eq!(answer.status, 303, "{}", answer.head);
    answer
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a short list"
    )]
    let place = ((sorted.len() as f64 - 1.0) * share).round() as usize;
    sorted[place]
}

fn report(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    println!(
        "{what}: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms ({} answers)",
        percentile(&times, 0.5),
        percentile(&times, 0.99),
        percentile(&times, 1.0),
        times.len()
    );
}

/// `count` requests at 100 a second, answered or not.
async fn open_loop(path: &'static str, cookie: &str, count: usize) -> Vec<f64> {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let mut tasks = Vec::with_capacity(count);
    for _ in 0..count {
        tick.tick().await;
        let cookie = cookie.to_owned();
        tasks.push(tokio::spawn(
            async move { send("GET", path, &cookie, "").await },
        ));
    }
    let mut times = Vec::with_capacity(count);
    for task in tasks {
        let answer = task.await.unwrap().unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.head);
        times.push(answer.server_ms());
    }
    times
}

/// Changes one cell of the draft again and again; the whole grid is balanced and answered each time.
async fn re_spread(cookie: &str, count: usize) -> Vec<f64> {
    let plan = "/plan/NORTH-2026";
    let _ = send("POST", &format!("{plan}/revise"), cookie, "")
        .await
        .unwrap();
    let page = send("GET", plan, cookie, "").await.unwrap().body;
    let between = |text: &str, from: &str, to: &str| {
        text.split(from)
            .nth(1)
            .and_then(|rest| rest.split(to).next())
            .unwrap_or_default()
            .to_owned()
    };
    let cell = between(&page, "name=\"c.", "\"");
    let edit: i64 = between(&between(&page, "name=\"edit\"", ">"), "value=\"", "\"")
        .parse()
        .unwrap();
    let mut times = Vec::with_capacity(count);
    for (turn, edit) in (0..count).zip(edit..) {
        let body = format!("edit={edit}&balance=people&c.{cell}={}", 400 + turn % 50);
        let answer = send("POST", &format!("{plan}/cells"), cookie, &body)
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        times.push(answer.server_ms());
    }
    times
}

fn anonymous_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("RssAnon"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<f64>().ok())
        .unwrap_or(f64::NAN)
        / 1024.0
}

#[tokio::main]
async fn main() {
    let program = std::env::args()
        .nth(1)
        .expect("the path of the program as the first argument");
    let folder = std::env::temp_dir().join(format!("bailiwick-measure-{}", std::process::id()));
    let folder = folder.to_str().unwrap().to_owned();
    let (running, first) = start(&program, &folder).await;
    println!(
        "first start of the demo, serving after: {:.2} s",
        first.as_secs_f64()
    );
    drop(running);
    let (running, again) = start(&program, &folder).await;
    println!("later start, serving after: {:.2} s", again.as_secs_f64());
    println!(
        "RssAnon, idle after start: {:.1} MiB",
        anonymous_mib(running.0.id())
    );
    let cookie = sign_in().await;
    for (what, path) in [
        ("Today, 100/s", "/"),
        ("Attainment, 100/s", "/attainment"),
        ("Customers, 100/s", "/customers"),
        ("Plan, 100/s", "/plan/NORTH-2026"),
    ] {
        report(what, open_loop(path, &cookie, 1_000).await);
    }
    report("a grid re-spread", re_spread(&cookie, 300).await);
    println!(
        "RssAnon after that load: {:.1} MiB",
        anonymous_mib(running.0.id())
    );
    drop(running);
    let _ = std::fs::remove_dir_all(folder);
}
