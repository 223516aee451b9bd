//! The page on this machine: builds it and serves `dist/` until it is stopped.

use crate::build;
use crate::run::{Result, root};
use crate::static_server::Server;

const FIRST_PORT: u16 = 8080;

/// `cargo xtask serve`
pub fn run(words: &[String]) -> Result<()> {
    let has = |name: &str| words.iter().any(|word| word == name);
    let dist = if has("--no-build") { root().join("dist") } else { build::page(has("--dev"))? };
    if !dist.join("index.html").exists() {
        return Err("there is no dist/index.html: leave --no-build out".into());
    }
    let wanted = words.iter().position(|word| word == "--port").and_then(|at| words.get(at + 1));
    let server = match wanted {
        Some(port) => {
            let port = port.parse().map_err(|_| format!("--port wants a number, not {port:?}"))?;
            Server::start(&dist, "/", port).map_err(|error| format!("port {port}: {error}"))?
        }
        None => (FIRST_PORT..FIRST_PORT + 100)
            .find_map(|port| Server::start(&dist, "/", port).ok())
            .ok_or_else(|| format!("no free port from {FIRST_PORT} upward"))?,
    };
    println!("Ordinal is at {} (Ctrl+C ends it)", server.url());
    loop {
        std::thread::park();
    }
}
