//! A web server for one folder, enough to look at the page and to test it: GET and HEAD, the right types, nothing else.
//!
//! Shared with the browser tests, which include this file: it uses the standard library only. The page may be put
//! under a path of its own, as on a host that many share, and what was asked for is remembered, so that a test can say
//! "no module was fetched".

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A running server; it ends with the program.
pub struct Server {
    address: SocketAddr,
    base: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requests: Mutex<Vec<String>>,
    /// Paths that begin so are answered only when nothing is held any more.
    held: Mutex<Option<String>>,
}

#[allow(dead_code)] // The browser tests and xtask each use a part.
impl Server {
    /// Serves `folder` under `base` (`/` or `/some/path/`) on this machine alone; port 0 means any.
    pub fn start(folder: &Path, base: &str, port: u16) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (folder, prefix, common) = (folder.to_path_buf(), base.to_string(), Arc::clone(&shared));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, prefix, common) = (folder.clone(), prefix.clone(), Arc::clone(&common));
                thread::spawn(move || answer(stream, &folder, &prefix, &common));
            }
        });
        Ok(Server { address, base: base.into(), shared })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.base)
    }

    /// The paths asked for so far, without the base.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().map(|list| list.clone()).unwrap_or_default()
    }

    /// Keeps whoever asks for a path that begins so waiting, as on a slow line, until `None` is given.
    pub fn hold(&self, path: Option<&str>) {
        if let Ok(mut held) = self.shared.held.lock() {
            *held = path.map(str::to_string);
        }
    }
}

fn answer(stream: TcpStream, folder: &Path, base: &str, shared: &Shared) {
    // A browser opens connections that it may never use.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let Ok(mut out) = stream.try_clone() else { return };
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let _headers = lines.take_while(|line| !line.is_empty()).count();
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = decode(target.split(['?', '#']).next().unwrap_or_default());

    if method != "GET" && method != "HEAD" {
        return reply(&mut out, "405 Method Not Allowed", "text/plain", b"GET only\n", true);
    }
    let Some(inside) = path.strip_prefix(base) else {
        return reply(&mut out, "404 Not Found", "text/plain", b"not here\n", method == "GET");
    };
    if let Ok(mut requests) = shared.requests.lock() {
        requests.push(inside.to_string());
    }
    let held =
        || shared.held.lock().is_ok_and(|held| held.as_ref().is_some_and(|path| inside.starts_with(path)));
    while held() {
        thread::sleep(Duration::from_millis(10));
    }
    match find(folder, inside).and_then(|file| Some((kind(&file), fs::read(&file).ok()?))) {
        Some((kind, body)) => reply(&mut out, "200 OK", kind, &body, method == "GET"),
        None => reply(&mut out, "404 Not Found", "text/plain", b"not here\n", method == "GET"),
    }
}

fn reply(out: &mut TcpStream, status: &str, kind: &str, body: &[u8], with_body: bool) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n\
         Access-Control-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever asked may have gone: nothing to be done about it.
    let _ =
        out.write_all(head.as_bytes()).and_then(|()| if with_body { out.write_all(body) } else { Ok(()) });
}

/// The file for a path inside the folder; a folder's own page is its index.html.
fn find(folder: &Path, inside: &str) -> Option<PathBuf> {
    let plain = |part: &str| part != ".." && !part.contains(['\\', '\0']) && !part.contains(':');
    if !inside.split('/').all(plain) {
        return None;
    }
    let file = folder.join(inside.trim_start_matches('/'));
    let file = if file.is_dir() { file.join("index.html") } else { file };
    file.is_file().then_some(file)
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "md" | "txt" | "yaml" | "yml" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Undoes percent encoding.
fn decode(path: &str) -> String {
    let mut parts = path.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => {
                bytes.push(b'%');
                bytes.extend(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
