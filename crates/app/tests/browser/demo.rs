//! The program as a guest meets it: `bailiwick demo`, in a folder of its own, until the test ends.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
};

/// The day on which the calendar stands.
pub const TODAY: &str = "2026-11-23";

/// A folder of its own for each test, removed afterwards.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("browser-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The running program.
pub struct Demo {
    child: Child,
    log: PathBuf,
    /// Kept open, so that the program never writes to nobody.
    _out: BufReader<ChildStdout>,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// What the program told its guest about getting in.
    pub password: String,
}

impl Demo {
    /// Starts it and reads what it says first: its address, and how to sign in.
    pub fn start(folder: &Folder) -> Demo {
        let log = folder.at("program.log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
            .args(["demo", "--today", TODAY, "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(folder.at("data"))
            .env_remove("BAILIWICK_DATA")
            .env_remove("BAILIWICK_DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut address, mut password) = (String::new(), String::new());
        while password.is_empty() {
            let mut line = String::new();
            let read = out.read_line(&mut line).unwrap();
            assert!(read != 0, "the demo did not start: {}", told(&log));
            if let Some((_, rest)) = line.split_once("served at ") {
                rest.trim().clone_into(&mut address);
            }
            if let Some((_, rest)) = line.split_once("the password ") {
                rest.trim().clone_into(&mut password);
            }
        }
        Demo {
            child,
            log,
            _out: out,
            address,
            password,
        }
    }
}

fn told(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_default()
}

impl Drop for Demo {
    #[expect(
        clippy::print_stderr,
        reason = "what the program said explains a failure"
    )]
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the program said: {}", told(&self.log));
        }
    }
}
