//! Measures a long import beside a running server: how long a million order lines take, how much
//! memory the importing process keeps, and what others notice of it.
//!
//! `bulk PROGRAM [ORDERS] [URL]` makes up customers, products and two files of orders with three lines
//! each (seeded, so they are the same every time), reads the first in undisturbed and the second while
//! pages are read and orders entered at a fixed rate. The same load without an import, on the same
//! full database, is what the times are compared with. URL names an empty PostgreSQL database;
//! without it SQLite in a temporary folder is measured.

#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    reason = "a measuring program prints figures and stops at the first surprise"
)]

use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ADDRESS: &str = "127.0.0.1:7398";
const ADMIN: &str = "ada@holm.example";
const PASSWORD: &str = "a long enough password";
const CUSTOMERS: u32 = 20_000;
const PRODUCTS: u32 = 2_000;
const PEOPLE: u32 = 60;
/// Requests a second: pages, and orders entered.
const PAGES: u32 = 40;
const WRITES: u32 = 10;

/// A process under measurement, ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Bench {
    program: String,
    folder: PathBuf,
    place: Vec<String>,
}

impl Bench {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(&self.place);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "{PASSWORD}").unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn fill(&self) {
        self.run(&[
            "init",
            "--company",
            "Holm",
            "--currency",
            "EUR",
            "--admin-email",
            ADMIN,
        ]);
        let mut people = String::from("code,name,unit\n");
        (0..PEOPLE).for_each(|one| writeln!(people, "p{one},Person {one},company").unwrap());
        let mut customers = String::from("code,name,owner\n");
        for one in 0..CUSTOMERS {
            writeln!(customers, "C-{one},Customer {one},p{}", one % PEOPLE).unwrap();
        }
        let mut products = String::from("code,name,list_price\n");
        for one in 0..PRODUCTS {
            writeln!(products, "A-{one},Product {one},{}.50", one % 90 + 10).unwrap();
        }
        for (kind, text) in [
            ("people", people),
            ("customers", customers),
            ("products", products),
        ] {
            let file = self.file(kind);
            std::fs::write(&file, text).unwrap();
            self.run(&["import", kind, file.to_str().unwrap()]);
        }
    }

    /// Orders `first..first + count` of one year, by day, with three lines each; one in ten has a line
    /// at the end of the file, apart from the rest.
    fn orders(&self, first: u32, count: u32) -> PathBuf {
        let mut chance = StdRng::seed_from_u64(u64::from(first) + 7);
        let header = String::from(
            "number,customer,sales_person,date,line,product,quantity,unit_price,discount_percent,tax_percent\n",
        );
        let mut parts = [header, String::new()];
        for order in first..first + count {
            let customer = chance.random_range(0..CUSTOMERS);
            let seller = match chance.random_range(0..2) {
                0 => format!("p{}", customer % PEOPLE),
                _ => String::new(),
            };
            let day = u64::from(order - first) * 336 / u64::from(count);
            let (month, day) = (day / 28 + 1, day % 28 + 1);
            for line in 1..=3 {
                let is_apart = line == 3 && order % 10 == 0;
                writeln!(
                    parts[usize::from(is_apart)],
                    "SO-{order:07},C-{customer},{seller},2025-{month:02}-{day:02},{line},A-{},{},{}.{:02},{},19",
                    chance.random_range(0..PRODUCTS),
                    chance.random_range(1..40),
                    chance.random_range(5..500),
                    chance.random_range(0..100),
                    chance.random_range(0..15)
                )
                .unwrap();
            }
        }
        let file = self.file(&format!("orders-{first}.csv"));
        std::fs::write(&file, parts.concat()).unwrap();
        file
    }

    /// Imports a file and says what it took.
    async fn import(&self, file: &Path, what: &str) {
        let begun = Instant::now();
        let mut command = self.command(&["import", "orders", file.to_str().unwrap()]);
        let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
        let (mut most, mut cpu) = (0.0_f64, 0.0);
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        let status = loop {
            tick.tick().await;
            most = most.max(anonymous_mib(running.0.id()));
            cpu = processor_seconds(running.0.id()).unwrap_or(cpu);
            if let Some(status) = running.0.try_wait().unwrap() {
                break status;
            }
        };
        let seconds = begun.elapsed().as_secs_f64();
        assert!(status.success(), "the import failed");
        let mut told = String::new();
        let out = running.0.stdout.take().unwrap();
        std::io::Read::read_to_string(&mut std::io::BufReader::new(out), &mut told).unwrap();
        println!(
            "{what}: {seconds:.1} s, of the processor {cpu:.1} s, RssAnon at most {most:.0} MiB"
        );
        println!("  {}", told.trim_end());
    }

    async fn serve(&self) -> Running {
        let mut command = self.command(&["serve", "--listen", ADDRESS]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let running = Running(command.spawn().unwrap());
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        loop {
            tick.tick().await;
            if send("GET", "/healthz", "", "")
                .await
                .is_ok_and(|(status, ..)| status == 200)
            {
                return running;
            }
        }
    }
}

async fn send(
    method: &str,
    path: &str,
    head: &str,
    body: &str,
) -> std::io::Result<(u16, String, f64)> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(ADDRESS).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nConnection: close\r\n{head}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((
        status.unwrap_or(0),
        text,
        begun.elapsed().as_secs_f64() * 1_000.0,
    ))
}

async fn sign_in() -> String {
    let body = format!(
        "email={}&password={}",
        ADMIN.replace('@', "%40"),
        PASSWORD.replace(' ', "+")
    );
    let head = "Content-Type: application/x-www-form-urlencoded\r\n";
    let (status, text, _) = send("POST", "/sign-in", head, &body).await.unwrap();
    assert_eq!(status, 303, "{text}");
    let line = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie").then_some(value)
    });
    let cookie = line.unwrap().split(';').next().unwrap();
    format!("Cookie: {cookie}\r\n")
}

/// Requests in an open loop until told to stop: the next leaves on time whether or not the last was
/// answered.
struct Load {
    stop: Arc<AtomicBool>,
    pages: tokio::task::JoinHandle<Vec<f64>>,
    writes: tokio::task::JoinHandle<Vec<f64>>,
}

static ENTERED: AtomicU64 = AtomicU64::new(0);

impl Load {
    fn begin(cookie: &str, token: &str) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let cookie = cookie.to_owned();
        let pages = open_loop(PAGES, Arc::clone(&stop), move |turn| {
            let paths = ["/customers", "/products", "/people"];
            let path = paths[turn % paths.len()];
            let head = cookie.clone();
            async move {
                let (status, text, ms) = send("GET", path, &head, "").await.unwrap();
                assert_eq!(status, 200, "{path}: {text}");
                ms
            }
        });
        let token = token.to_owned();
        let writes = open_loop(WRITES, Arc::clone(&stop), move |_| {
            let number = ENTERED.fetch_add(1, Ordering::Relaxed);
            let head =
                format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
            let body = format!(
                r#"{{"number":"HAND-{number}","customer":"C-5","date":"2026-01-15","lines":[{{"product":"A-1","quantity":"2","unit_price":"9.50"}}]}}"#
            );
            async move {
                let (status, text, ms) =
                    send("POST", "/api/v1/orders", &head, &body).await.unwrap();
                assert_eq!(status, 201, "{text}");
                ms
            }
        });
        Load {
            stop,
            pages,
            writes,
        }
    }

    async fn end(self, what: &str) {
        self.stop.store(true, Ordering::Relaxed);
        report(&format!("{what}: pages"), self.pages.await.unwrap());
        report(
            &format!("{what}: orders entered"),
            self.writes.await.unwrap(),
        );
    }
}

fn open_loop<F, Fut>(
    rate: u32,
    stop: Arc<AtomicBool>,
    request: F,
) -> tokio::task::JoinHandle<Vec<f64>>
where
    F: Fn(usize) -> Fut + Send + 'static,
    Fut: Future<Output = f64> + Send + 'static,
{
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
        let mut tasks = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            tick.tick().await;
            tasks.push(tokio::spawn(request(tasks.len())));
        }
        let mut times = Vec::with_capacity(tasks.len());
        for task in tasks {
            times.push(task.await.unwrap());
        }
        times
    })
}

fn report(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 1_000];
    println!(
        "{what}: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms ({} answers)",
        at(500),
        at(990),
        at(1_000),
        times.len()
    );
}

/// Of all threads, in the kernel and outside; a tick is a hundredth of a second.
fn processor_seconds(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / 100.0).filter(|seconds| 0.0 < *seconds)
}

fn anonymous_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

async fn calm(cookie: &str, token: &str, what: &str) {
    let load = Load::begin(cookie, token);
    tokio::time::sleep(Duration::from_secs(20)).await;
    load.end(what).await;
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let program = arguments
        .next()
        .expect("the path of the program as the first argument");
    let count = arguments
        .next()
        .map_or(333_334, |count| count.parse().unwrap());
    let url = arguments.next();
    let folder = std::env::temp_dir().join(format!("bailiwick-bulk-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let data = folder.join("data");
    let place = match url {
        Some(url) => vec!["--database-url".to_owned(), url],
        None => vec!["--data".to_owned(), data.to_str().unwrap().to_owned()],
    };
    let bench = Bench {
        program,
        folder,
        place,
    };
    bench.fill();
    let (first, second) = (bench.orders(0, count), bench.orders(count, count));
    let megabytes = std::fs::metadata(&first).unwrap().len() / 1_000_000;
    println!("{} lines of {count} orders, {megabytes} MB", count * 3);
    bench.import(&first, "alone").await;
    bench.import(&first, "the same file again").await;
    let server = bench.serve().await;
    let cookie = sign_in().await;
    let token = bench.run(&["token", "create", "--user", ADMIN]);
    let token = token.trim().to_owned();
    calm(&cookie, &token, "before").await;
    let load = Load::begin(&cookie, &token);
    bench.import(&second, "beside that load").await;
    load.end("meanwhile").await;
    calm(&cookie, &token, "after").await;
    println!(
        "the server's RssAnon: {:.0} MiB",
        anonymous_mib(server.0.id())
    );
    drop(server);
    let _ = std::fs::remove_dir_all(&bench.folder);
}
