//! A browser, driven through the WebDriver protocol by `chromedriver`: as much of it as the tests need.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// The names under which systems install the browser.
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The programs, if both are installed: those that `CHROMIUM` and `CHROMEDRIVER` name, else those in `PATH`.
pub(crate) fn programs() -> Option<(PathBuf, PathBuf)> {
    let runs = |program: &Path| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let find = |variable: &str, names: &[&str]| {
        let named = std::env::var_os(variable).map(PathBuf::from);
        let candidates = named.into_iter().chain(names.iter().map(PathBuf::from));
        candidates.into_iter().find(|program| runs(program))
    };
    let in_path = |program: PathBuf| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found =
            std::env::split_paths(&folders).map(|folder| folder.join(&program)).find(|it| it.is_file());
        found.unwrap_or(program)
    };
    Some((in_path(find("CHROMIUM", &BROWSERS)?), find("CHROMEDRIVER", &["chromedriver"])?))
}

/// Whether the scripts of a page may run. Those of the tests always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// A window without a network.
pub(crate) struct Browser {
    driver: Child,
    client: ureq::Agent,
    address: String,
    session: String,
    /// Its profile, which goes with it.
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser of its own.
    pub(crate) fn start(scripts: Scripts) -> Option<Self> {
        let (chromium, chromedriver) = programs()?;
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let stdout = driver.stdout.take().expect("it is piped");
        let port = BufReader::new(stdout).lines().map_while(Result::ok).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let address = format!("http://127.0.0.1:{}", port.expect("chromedriver says its port"));
        let profile = tempfile::tempdir().expect("there is room for a temporary folder");
        let mut browser =
            Self { driver, client: client(), address, session: String::new(), _profile: profile };
        let answer = browser.post("/session", &capabilities(&chromium, browser._profile.path(), scripts));
        browser.session = answer["sessionId"].as_str().expect("a session has an id").to_owned();
        // Some builds ask for a start page of their own, which is none of ours.
        browser.command("/url", &json!({"url": "about:blank"}));
        // Some take a window that nobody looks at for one without focus, whatever is focused in it.
        browser.devtools("Emulation.setFocusEmulationEnabled", &json!({"enabled": true}));
        browser.complaints();
        Some(browser)
    }

    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(&self, file: &Path) {
        let url = format!("file://{}", file.display());
        self.command("/url", &json!({"url": url}));
    }

    /// Sets the size of what a page sees as its window.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Runs the body of a function in the page, and gives what it returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// As [`Self::run`], for a script that hands its answer to the last of its arguments.
    pub(crate) fn wait(&self, script: &str) -> Value {
        self.command("/execute/async", &json!({"script": script, "args": []}))
    }

    /// Chooses what a page is told that its reader prefers.
    pub(crate) fn prefer(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", &json!({"features": [feature]}));
    }

    /// Shows pages as they are printed, to a reader who prefers this scheme.
    pub(crate) fn print(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", &json!({"media": "print", "features": [feature]}));
    }

    /// Presses and releases a key, by its character or the one that WebDriver has for it.
    pub(crate) fn press(&self, key: &str) {
        let strokes = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.command("/actions", &json!({"actions": [keyboard]}));
    }

    /// Taps with a finger on a place of the window.
    pub(crate) fn tap(&self, x: f64, y: f64) {
        self.devtools("Emulation.setTouchEmulationEnabled", &json!({"enabled": true}));
        let touch = |kind: &str, points: Value| {
            self.devtools("Input.dispatchTouchEvent", &json!({"type": kind, "touchPoints": points}));
        };
        touch("touchStart", json!([{"x": x, "y": y}]));
        touch("touchEnd", json!([]));
    }

    /// The names that a screen reader is given for the parts of the page.
    pub(crate) fn spoken(&self) -> Vec<String> {
        let tree = self.devtools("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().into_iter().flatten();
        nodes.filter_map(|node| node["name"]["value"].as_str().map(str::to_owned)).collect()
    }

    fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command("/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// What the page has complained about since the last call, and every request that failed or left the machine.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let console = self.command("/se/log", &json!({"type": "browser"}));
        let errors = console.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        let mut complaints: Vec<String> = errors.map(|entry| entry["message"].to_string()).collect();
        let events = self.command("/se/log", &json!({"type": "performance"}));
        for entry in events.as_array().into_iter().flatten() {
            let event: Value =
                serde_json::from_str(entry["message"].as_str().unwrap_or_default()).unwrap_or_default();
            let (method, parameters) = (&event["message"]["method"], &event["message"]["params"]);
            let url = parameters["request"]["url"].as_str().unwrap_or_default();
            let stays =
                ["file:", "data:", "blob:", "about:", "chrome:"].iter().any(|scheme| url.starts_with(scheme));
            if method == "Network.loadingFailed" {
                complaints.push(format!("a request failed: {parameters}"));
            } else if method == "Network.requestWillBeSent" && !stays {
                complaints.push(format!("a request left the machine: {url}"));
            }
        }
        complaints
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.post(&format!("/session/{}{path}", self.session), body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.client.post(format!("{}{path}", self.address)).send_json(body);
        let mut answer = answer.expect("chromedriver answers");
        let answer: Value = answer.body_mut().read_json().expect("chromedriver speaks JSON");
        let value = answer["value"].clone();
        assert!(value["error"].is_null(), "{path}: {value:#}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser is the driver's child, and goes when its session does.
        if !self.session.is_empty() {
            let _ = self.client.delete(format!("{}/session/{}", self.address, self.session)).call();
        }
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A client that asks no proxy, takes an error's body as an answer, and gives up on a browser that never starts.
fn client() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(120)))
        .build();
    config.into()
}

fn capabilities(chromium: &Path, profile: &Path, scripts: Scripts) -> Value {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        // No name has an address, and what needs none has no way out.
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--proxy-server=127.0.0.1:9",
    ];
    let mut arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let javascript = if scripts == Scripts::On { 1 } else { 2 };
    json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        // The longest pages keep axe-core busy for half a minute on a slow machine.
        "timeouts": {"script": 110_000},
        "goog:chromeOptions": {
            "binary": chromium,
            "args": arguments,
            "prefs": {"profile.managed_default_content_settings.javascript": javascript},
            "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
        },
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    }}})
}
