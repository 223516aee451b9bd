//! A WebDriver client, as small as our tests need: one ChromeDriver and one headless Chromium per [`Browser`].
//!
//! The protocol is JSON over HTTP/1.1 (<https://www.w3.org/TR/webdriver2/>). Every failure is a panic with what the
//! driver said, because the caller is a test. Elements are named by CSS selector at each call, not held: the page
//! renders them anew.

use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The flags after the first four keep Chromium from calling home, which closed networks refuse by the dozen.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
];

/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that print nothing, as WebDriver spells them.
pub mod key {
    pub const BACKSPACE: char = '\u{e003}';
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const SHIFT: char = '\u{e008}';
    pub const CONTROL: char = '\u{e009}';
    pub const ALT: char = '\u{e00a}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const PAGE_UP: char = '\u{e00e}';
    pub const PAGE_DOWN: char = '\u{e00f}';
    pub const END: char = '\u{e010}';
    pub const HOME: char = '\u{e011}';
    pub const LEFT: char = '\u{e012}';
    pub const UP: char = '\u{e013}';
    pub const RIGHT: char = '\u{e014}';
    pub const DOWN: char = '\u{e015}';
}

/// Who visits.
#[derive(Clone, Debug)]
pub struct Options {
    /// Size of the page's viewport.
    pub width: u32,
    pub height: u32,
    /// What the browser says it reads: `ko` or `en`.
    pub lang: &'static str,
    /// `prefers-color-scheme: dark`
    pub dark: bool,
    /// `prefers-reduced-motion: reduce`
    pub reduced_motion: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { width: 1280, height: 800, lang: "ko", dark: false, reduced_motion: false }
    }
}

/// A running browser; it ends with this value.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: PathBuf,
    /// The driver hands out each console entry once.
    console: RefCell<Vec<LogEntry>>,
}

/// A line of the browser's console.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    pub message: String,
}

impl Browser {
    /// Starts a driver and, through it, a browser with an empty profile.
    pub fn start(options: &Options) -> Browser {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir().join(format!("ordinal-e2e-{}-{number}", std::process::id()));
        let (driver, port) = start_driver();
        let session = String::new();
        let mut browser = Browser { driver, port, session, profile, console: RefCell::default() };
        let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).into()).collect();
        args.push(format!("--user-data-dir={}", browser.profile.display()));
        args.push(format!("--lang={}", options.lang));
        args.push(format!("--accept-lang={}", options.lang));
        args.push(format!("--window-size={},{}", options.width, options.height));
        let chrome =
            find("CHROME", &["chromium", "google-chrome", "chromium-browser", "google-chrome-stable"]);
        let answer = browser.request(
            "POST",
            "/session",
            &json!({ "capabilities": { "alwaysMatch": {
                "browserName": "chrome",
                "goog:loggingPrefs": { "browser": "ALL" },
                "goog:chromeOptions": { "binary": chrome, "args": args },
            }}}),
        );
        browser.session = answer["sessionId"].as_str().expect("a session").into();
        browser.set_viewport(options.width, options.height);
        browser.set_media(options.dark, options.reduced_motion);
        browser
    }

    /// Opens an address and waits until the document has loaded.
    pub fn goto(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    pub fn back(&self) {
        self.post("/back", &json!({}));
    }

    /// The window that commands go to.
    pub fn window(&self) -> String {
        string(&self.get("/window"))
    }

    /// All windows.
    pub fn windows(&self) -> Vec<String> {
        self.get("/window/handles").as_array().into_iter().flatten().map(string).collect()
    }

    /// Sends further commands to another window.
    pub fn switch_to(&self, window: &str) {
        self.post("/window", &json!({ "handle": window }));
    }

    /// Sends further commands to what is inside a frame of the page.
    pub fn enter_frame(&self, selector: &str) {
        let id = self.find(selector);
        self.post("/frame", &json!({ "id": { ELEMENT: id } }));
    }

    /// Back to the page around it.
    pub fn leave_frame(&self) {
        self.post("/frame", &json!({ "id": null }));
    }

    pub fn url(&self) -> String {
        string(&self.get("/url"))
    }

    pub fn title(&self) -> String {
        string(&self.get("/title"))
    }

    /// The loader's word: `loading`, `running`, `asleep`, `failed`, or nothing yet.
    pub fn state(&self) -> String {
        string(&self.script("return document.documentElement.dataset.state ?? ''"))
    }

    pub fn has(&self, selector: &str) -> bool {
        self.count(selector) > 0
    }

    pub fn count(&self, selector: &str) -> usize {
        self.get_all(selector).len()
    }

    /// The text of the first match as a reader sees it.
    pub fn text(&self, selector: &str) -> String {
        string(&self.get(&format!("/element/{}/text", self.find(selector))))
    }

    /// The texts of all matches.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let ids = self.get_all(selector);
        ids.iter().map(|id| string(&self.get(&format!("/element/{id}/text")))).collect()
    }

    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let value = self.get(&format!("/element/{}/attribute/{name}", self.find(selector)));
        value.as_str().map(str::to_string)
    }

    /// What stands in a field.
    pub fn value(&self, selector: &str) -> String {
        string(&self.get(&format!("/element/{}/property/value", self.find(selector))))
    }

    /// Name and role as a screen reader is told.
    pub fn accessible(&self, selector: &str) -> (String, String) {
        let id = self.find(selector);
        let read = |what: &str| string(&self.get(&format!("/element/{id}/computed{what}")));
        (read("label"), read("role"))
    }

    /// Clicks the middle of the first match; fails if something covers it.
    pub fn click(&self, selector: &str) {
        self.post(&format!("/element/{}/click", self.find(selector)), &json!({}));
    }

    /// Clicks the first match and types, as fast as the browser takes it; for [`key`]s and text alike.
    pub fn type_into(&self, selector: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.find(selector)), &json!({ "text": text }));
    }

    /// Types at whatever has the focus, one key after another.
    pub fn type_keys(&self, text: &str) {
        let actions: Vec<Value> = text.chars().flat_map(|c| [press(c), release(c)]).collect();
        self.keys(&actions);
    }

    /// Holds some keys while pressing another: `chord(&[key::CONTROL], key::ENTER)`.
    pub fn chord(&self, held: &[char], then: char) {
        let mut actions: Vec<Value> = held.iter().copied().map(press).collect();
        actions.extend([press(then), release(then)]);
        actions.extend(held.iter().rev().copied().map(release));
        self.keys(&actions);
    }

    fn keys(&self, actions: &[Value]) {
        self.post(
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    /// Presses at one point of the viewport and lets go at another.
    pub fn drag(&self, from: (i32, i32), to: (i32, i32)) {
        let to_point = |(x, y): (i32, i32)| json!({ "type": "pointerMove", "duration": 50, "x": x, "y": y });
        self.post(
            "/actions",
            &json!({ "actions": [{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": [
                to_point(from), { "type": "pointerDown", "button": 0 }, to_point(to), { "type": "pointerUp", "button": 0 },
            ]}]}),
        );
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub fn script(&self, body: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// Like [`Browser::script`], waiting for a promise.
    pub fn script_async(&self, expression: &str) -> Value {
        let body = format!(
            "const done = arguments[arguments.length - 1];\
             Promise.resolve({expression}).then(done, (error) => done(`rejected: ${{error}}`));"
        );
        self.post("/execute/async", &json!({ "script": body, "args": [] }))
    }

    /// Makes the viewport exactly this large, however the window is framed.
    pub fn set_viewport(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    pub fn set_media(&self, dark: bool, reduced_motion: bool) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } },
            { "name": "prefers-reduced-motion", "value": if reduced_motion { "reduce" } else { "no-preference" } },
        ]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Cuts the network off, or connects it again.
    pub fn set_offline(&self, offline: bool) {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.enable", &json!({}));
        self.devtools("Network.emulateNetworkConditions", &conditions);
    }

    /// A command of the DevTools protocol.
    pub fn devtools(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    /// Writes what is seen as a PNG file, making its folder.
    pub fn screenshot(&self, file: &Path) {
        let text = string(&self.get("/screenshot"));
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).expect("a folder for screenshots");
        }
        std::fs::write(file, base64(&text)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// Everything the console has said so far.
    pub fn console(&self) -> Vec<LogEntry> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        let read =
            |entry: &Value| LogEntry { level: string(&entry["level"]), message: string(&entry["message"]) };
        let mut console = self.console.borrow_mut();
        console.extend(entries.as_array().into_iter().flatten().map(read));
        console.clone()
    }

    /// What the console calls an error, a refusal of the page's policy included.
    pub fn console_errors(&self) -> Vec<LogEntry> {
        self.console().into_iter().filter(|entry| entry.level == "SEVERE").collect()
    }

    /// Asks again and again until the answer is yes; fails with `what` after `limit`.
    pub fn wait_for(&self, what: &str, limit: Duration, mut seen: impl FnMut(&Browser) -> bool) {
        let start = Instant::now();
        while !seen(self) {
            if start.elapsed() > limit {
                let console = self.console();
                panic!("waited {} s for {what}; the console says {console:#?}", limit.as_secs());
            }
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits up to ten seconds for an element.
    pub fn wait_for_element(&self, selector: &str) {
        self.wait_for(selector, Duration::from_secs(10), |browser| browser.has(selector));
    }

    fn find(&self, selector: &str) -> String {
        let found = self.get_all(selector);
        found.into_iter().next().unwrap_or_else(|| panic!("the page has no {selector}"))
    }

    fn get_all(&self, selector: &str) -> Vec<String> {
        let list = self.post("/elements", &json!({ "using": "css selector", "value": selector }));
        list.as_array().into_iter().flatten().map(|element| string(&element[ELEMENT])).collect()
    }

    fn get(&self, path: &str) -> Value {
        self.request("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.request("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = http(self.port, method, path, body, Duration::from_secs(60));
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        if let Some(error) = answer["value"]["error"].as_str() {
            panic!(
                "{method} {path} {body}: {error}: {}",
                answer["value"]["message"].as_str().unwrap_or_default()
            );
        }
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = http(
                self.port,
                "DELETE",
                &format!("/session/{}", self.session),
                &Value::Null,
                Duration::from_secs(10),
            );
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// Starts ChromeDriver on a port of its own choice and reads which. Of several that start at once, one may find the port
/// it chose taken; then it ends and is started again.
fn start_driver() -> (Child, u16) {
    let program = find("CHROMEDRIVER", &["chromedriver"]);
    for _ in 0..5 {
        let mut driver = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let stdout = driver.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let port = lines
            .find(|line| line.contains("started successfully on port"))
            .and_then(|line| line.trim_end_matches('.').rsplit(' ').next()?.parse().ok());
        if let Some(port) = port {
            // Whatever else it says must be read, or it would stop at a full pipe.
            thread::spawn(move || lines.count());
            return (driver, port);
        }
        let _ = driver.wait();
    }
    panic!("{} did not say its port, five times", program.display())
}

/// A program named by a variable of the environment, or found on the path.
fn find(variable: &str, names: &[&str]) -> PathBuf {
    let named = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path =
        |name: &&str| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file());
    named.or_else(|| names.iter().find_map(on_path)).unwrap_or_else(|| {
        panic!("there is no {} on the path and ${variable} is not set: run `cargo xtask setup`", names[0])
    })
}

fn http(port: u16, method: &str, path: &str, body: &Value, limit: Duration) -> Result<Value, String> {
    let text = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(text)?;
    stream.set_read_timeout(Some(limit)).map_err(text)?;
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).map_err(text)?;

    let mut reader = BufReader::new(stream);
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).map_err(text)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let mut bytes = Vec::new();
    match length {
        Some(length) => {
            bytes.resize(length, 0);
            reader.read_exact(&mut bytes).map_err(text)?;
        }
        None => drop(reader.read_to_end(&mut bytes).map_err(text)?),
    }
    serde_json::from_slice(&bytes).map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&bytes)))
}

fn press(c: char) -> Value {
    json!({ "type": "keyDown", "value": c.to_string() })
}

fn release(c: char) -> Value {
    json!({ "type": "keyUp", "value": c.to_string() })
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// Bytes as base64 text.
pub fn to_base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(three.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let is_there = i <= three.len();
            text.push(if is_there { LETTERS[(bits >> (18 - 6 * i) & 63) as usize] as char } else { '=' });
        }
    }
    text
}

/// The bytes of base64 text.
pub fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
