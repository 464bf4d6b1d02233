//! Chromium without a window, driven by its own driver, both ended with the test.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use fantoccini::{Client, ClientBuilder};
use hyper_util::{
    client::legacy::{Client as Wire, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

use crate::demo::Folder;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Where the browser and its driver are; none where the tests are to pass without them.
///
/// # Panics
///
/// One of them is not installed.
#[expect(clippy::print_stderr, reason = "a test that did not look says so")]
pub fn installed() -> Option<(PathBuf, PathBuf)> {
    if env::var_os("BAILIWICK_NO_BROWSER").is_some_and(|word| !word.is_empty()) {
        eprintln!("skipped: BAILIWICK_NO_BROWSER is set, so no browser looked at the pages");
        return None;
    }
    let browser = NAMES.iter().find_map(|name| found(name));
    let driver = found("chromedriver");
    assert!(
        browser.is_some() && driver.is_some(),
        "Chromium or its driver is missing. Type:\n\n    \
         sudo apt-get install -y --no-install-recommends chromium chromium-driver fonts-noto-cjk\n\n\
         or set BAILIWICK_NO_BROWSER=1 to go without"
    );
    browser.zip(driver)
}

fn found(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// One browser with one window.
pub struct Chromium {
    pub client: Client,
    wire: Wire<HttpConnector, String>,
    session: String,
    /// Last, so that the driver ends after everything that talks to it.
    driver: Driver,
}

impl Chromium {
    pub async fn start(folder: &Folder, browser: &Path, driver: &Path) -> Chromium {
        let profile = folder.at("profile");
        let mut driver = Driver::start(driver, &profile);
        let wishes = wishes(browser, &profile);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wishes.as_object().unwrap().clone());
        let client = builder.connect(&driver.address()).await.unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        driver.session = Some(session.clone());
        let wire = Wire::builder(TokioExecutor::new()).build_http();
        Chromium {
            client,
            wire,
            session,
            driver,
        }
    }

    /// Asks the driver for what is Chromium's own: its log, its protocol.
    pub async fn ask(&self, command: &str, body: Value) -> Value {
        let address = self.driver.address();
        let uri = format!("{address}/session/{}/{command}", self.session);
        let request = Request::post(uri)
            .header("content-type", "application/json")
            .body(body.to_string())
            .unwrap();
        let answer = self.wire.request(request).await.unwrap();
        let status = answer.status();
        let body = Body::new(answer.into_body());
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert!(status.is_success(), "{command}: {answer}");
        answer["value"].take()
    }

    /// A command of Chromium's own protocol.
    pub async fn protocol(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.ask("goog/cdp/execute", body).await
    }
}

/// It reads English, asks nobody but the page's own server, and lets its log be read.
fn wishes(browser: &Path, profile: &Path) -> Value {
    json!({
        "goog:chromeOptions": {
            "binary": browser,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-quic", "--no-first-run", "--hide-scrollbars",
                "--accept-lang=en-US", "--lang=en-US", "--window-size=1440,900",
                format!("--user-data-dir={}", profile.display()),
            ],
        },
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

/// The driver's process. A driver that is killed leaves its browser running, so the browser is
/// closed first, and killed by its own number where it does not close.
struct Driver {
    child: Child,
    _out: BufReader<ChildStdout>,
    port: u16,
    session: Option<String>,
    profile: PathBuf,
}

impl Driver {
    /// Starts it on a port of its choice and waits for the line that tells which.
    fn start(program: &Path, profile: &Path) -> Driver {
        let mut child = Command::new(program)
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            let read = out.read_line(&mut line).unwrap();
            assert!(read != 0, "chromedriver did not start");
            if let Some((_, rest)) = line.split_once("successfully on port ") {
                break rest.trim().trim_end_matches('.').parse().unwrap();
            }
        };
        Driver {
            child,
            _out: out,
            port,
            session: None,
            profile: profile.to_owned(),
        }
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Closes the session; blocking, since a test may be ending by a panic.
    fn close(&self) -> std::io::Result<()> {
        let Some(session) = &self.session else {
            return Ok(());
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )?;
        // The driver answers when the browser is closed, and keeps the connection.
        stream.read(&mut [0; 64]).map(|_| ())
    }

    /// The browser's process, from the lock it holds on its profile: `HOST-NUMBER`.
    fn browser(&self) -> Option<u32> {
        let lock = fs::read_link(self.profile.join("SingletonLock")).ok()?;
        lock.to_str()?.rsplit_once('-')?.1.parse().ok()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let browser = self.browser();
        let _ = self.close();
        if let Some(id) = browser.filter(|_| self.browser().is_some()) {
            let _ = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
