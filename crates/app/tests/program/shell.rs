//! A folder of its own for each test, and the program run in it to its end or until it is stopped.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU64, Ordering},
};

pub const PASSWORD: &str = "seven plain words";

/// A folder of its own for each test, removed afterwards.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("program-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.at(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn bailiwick(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    command
        .args(arguments)
        .env_remove("BAILIWICK_DATA")
        .env_remove("BAILIWICK_DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs to the end with this on stdin.
pub fn run_with(input: &str, arguments: &[&str]) -> Output {
    let mut child = bailiwick(arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that refuses at once does not read its input.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

pub fn run(arguments: &[&str]) -> Output {
    run_with("", arguments)
}

#[track_caller]
pub fn succeeds(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// It ends with `code` and says so in a few plain words; nothing of our insides shows.
#[track_caller]
pub fn fails(output: &Output, code: i32, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(told.contains("error: "), "{told}");
    for word in words {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
    for word in [
        "panicked",
        "RUST_BACKTRACE",
        "os error",
        "sqlx",
        "Driver(",
        "Error {",
    ] {
        assert!(!told.contains(word), "{word:?} is in: {told}");
    }
}

pub fn init(data: &str) -> Output {
    run_with(
        &format!("{PASSWORD}\nignored\n"),
        &[
            "init",
            "--data",
            data,
            "--company",
            "Holm",
            "--currency",
            "EUR",
            "--admin-email",
            "ada@holm.example",
        ],
    )
}

/// A server that is stopped when the test ends.
pub struct Server(Child);

impl Server {
    /// Starts it and waits for its first line.
    pub fn start(arguments: &[&str]) -> (Server, String) {
        let mut child = bailiwick(arguments).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.as_mut().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut told = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut told)
                .unwrap();
            panic!("it did not start: {told}");
        }
        (Server(child), line)
    }

    /// Asks it to end, as the system does.
    #[cfg(unix)]
    pub fn stop(mut self) -> std::process::ExitStatus {
        let id = self.0.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.0.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A place for data, as the flags that name it.
pub struct Place {
    flags: [String; 2],
    /// A server's address and the database on it that is dropped at the end.
    database: Option<(String, String)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.database {
            on_server(
                server,
                format!("drop database if exists {name} with (force)"),
            );
        }
    }
}

fn on_server(server: &str, sql: String) {
    let sql: &'static str = Box::leak(sql.into_boxed_str());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let admin = db::Db::open_url(server).await.unwrap();
        admin.script(sql).await.unwrap();
        admin.close().await;
    });
}

impl Place {
    /// What a command at this place ends with.
    pub fn output(&self, command: &str) -> Output {
        let flags = self.flags.iter().map(String::as_str);
        let all: Vec<&str> = command.split(' ').chain(flags).collect();
        run_with(PASSWORD, &all)
    }

    /// What a command at this place answers.
    #[track_caller]
    pub fn run(&self, command: &str) -> String {
        succeeds(&self.output(command))
    }
}

/// A place on each engine there is.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests learn the PostgreSQL server from the environment, and say where there is none"
)]
pub fn places(folder: &Folder) -> Vec<Place> {
    let folder = Place {
        flags: ["--data".to_owned(), folder.at("data")],
        database: None,
    };
    let server = std::env::var("BAILIWICK_TEST_PG")
        .ok()
        .filter(|url| !url.is_empty());
    let Some(server) = server else {
        eprintln!("on SQLite only: BAILIWICK_TEST_PG names no PostgreSQL server");
        return vec![folder];
    };
    let name = format!("program_{}", std::process::id());
    on_server(
        &server,
        format!("create database {name} template template0"),
    );
    let (base, _) = server.rsplit_once('/').unwrap();
    let server_place = Place {
        flags: ["--database-url".to_owned(), format!("{base}/{name}")],
        database: Some((server.clone(), name)),
    };
    vec![folder, server_place]
}
