//! A compiler that can produce wasm32-unknown-unknown.
//!
//! Almost everywhere that is `rustup target add`, tried first. Where the Rust distribution server cannot be reached but
//! Debian's packages and the Cargo registry can, Debian's own compiler comes with its library sources: the standard
//! library is built from those once, and the result is linked as a rustup toolchain, so that cargo, Trunk and
//! wasm-bindgen use it without an unstable flag in this project.

use crate::run::{Result, command, minutes, read, run, run_patiently};
use crate::setup::{apt, apt_works, on_path, step};
use std::fs;
use std::path::Path;
use std::time::Duration;

const TARGET: &str = "wasm32-unknown-unknown";
const LINKED: &str = "debian";
const DEBIAN_LIB: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";
const LLVM: &str = "22";

/// The toolchain to build the page with; none if the usual one can.
pub fn wasm32() -> Result<Option<String>> {
    if usual_one_can()? {
        return Ok(None);
    }
    if has_std(Path::new(DEBIAN_LIB)) && linked() {
        return Ok(Some(LINKED.into()));
    }
    let by_hand = format!("the page needs Rust's {TARGET} target: `rustup target add {TARGET}`");
    if on_path("rustup").is_none() {
        return Err(by_hand);
    }
    step(&format!("the {TARGET} target"), "10 seconds");
    let added = run(command("rustup").args(["target", "add", TARGET]), Duration::from_secs(120));
    if added.is_ok() && usual_one_can()? {
        return Ok(None);
    }
    let error = added.err().unwrap_or_else(|| "rustup says that it has the target, and has not".into());
    if !apt_works() {
        return Err(format!("{error}\n{by_hand}"));
    }
    eprintln!("setup: {error}: using Debian's compiler instead");
    from_debian().map_err(|why| format!("{error}\nand with Debian's compiler: {why}\n{by_hand}"))?;
    Ok(Some(LINKED.into()))
}

fn usual_one_can() -> Result<bool> {
    let lib = read(command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(has_std(Path::new(lib.trim())))
}

fn has_std(lib: &Path) -> bool {
    let entries = fs::read_dir(lib).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn linked() -> bool {
    let list = read(command("rustup").args(["toolchain", "list"])).unwrap_or_default();
    list.lines().any(|line| line.split_whitespace().next() == Some(LINKED))
}

fn from_debian() -> Result<()> {
    let lld = format!("lld-{LLVM}");
    step("rustc-web, rust-web-src and lld from Debian", "15 seconds");
    apt(&["rustc-web", "rust-web-src", &lld])?;
    // rustc calls the linker by this name.
    let tools = "/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin";
    fs::create_dir_all(tools).map_err(|error| format!("{tools}: {error}"))?;
    link(&format!("/usr/lib/llvm-{LLVM}/bin/lld"), &format!("{tools}/rust-lld"))?;
    if !has_std(Path::new(DEBIAN_LIB)) {
        build_std()?;
    }
    // Debian keeps its compiler in /usr: rustup wants bin and lib of its own folder.
    let home = "/usr/local/lib/ordinal-rust";
    fs::create_dir_all(format!("{home}/bin")).map_err(|error| format!("{home}: {error}"))?;
    link("/usr/bin/rustc", &format!("{home}/bin/rustc"))?;
    link("/usr/bin/rustdoc", &format!("{home}/bin/rustdoc"))?;
    link("/usr/lib", &format!("{home}/lib"))?;
    run(command("rustup").args(["toolchain", "link", LINKED, home]), minutes(1))
}

/// Builds the standard library from an empty crate and puts it where rustc looks for it.
fn build_std() -> Result<()> {
    step(&format!("the standard library for {TARGET}, from source"), "1 minute");
    let draft = std::env::temp_dir().join(format!("ordinal-std-{}", std::process::id()));
    let io = |error: std::io::Error| format!("{}: {error}", draft.display());
    let _ = fs::remove_dir_all(&draft);
    fs::create_dir_all(draft.join("src")).map_err(io)?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n\n\
        [profile.release]\nopt-level = \"z\"\n";
    fs::write(draft.join("Cargo.toml"), manifest).map_err(io)?;
    fs::write(draft.join("src/lib.rs"), "#![no_std]\n").map_err(io)?;

    let mut build = command("cargo");
    build.current_dir(&draft).env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_TARGET_DIR", draft.join("target"));
    // Without the bitcode, link-time optimisation of the page fails: "Can't find section .llvmbc".
    build.env("RUSTFLAGS", "-Cembed-bitcode=yes");
    build.args(["build", "--quiet", "--release", "-Zbuild-std=std,panic_abort,test", "--target", TARGET]);
    run_patiently(&mut build, minutes(10), "building the standard library")?;

    let built = draft.join("target").join(TARGET).join("release/deps");
    let new = format!("{DEBIAN_LIB}.unfinished");
    let _ = fs::remove_dir_all(&new);
    fs::create_dir_all(&new).map_err(io)?;
    for entry in fs::read_dir(&built).map_err(io)?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(entry.path(), format!("{new}/{name}")).map_err(io)?;
        }
    }
    let _ = fs::remove_dir_all(DEBIAN_LIB);
    fs::rename(&new, DEBIAN_LIB).map_err(io)?;
    let _ = fs::remove_dir_all(&draft);
    Ok(())
}

fn link(to: &str, at: &str) -> Result<()> {
    if fs::symlink_metadata(at).is_ok() {
        return Ok(());
    }
    run(command("ln").args(["-s", to, at]), minutes(1))
}
