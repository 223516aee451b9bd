//! What must be on the machine, and how to get it.
//!
//! Tools go into `target/tools/<name>-<version>` (or `$ORDINAL_TOOLS`), first under another name and then renamed, so
//! that a run that was cut short leaves nothing half-installed; a tool of exactly the right version on the path is
//! used instead. Each step says what it installs and how long that takes, and nothing is said when nothing is missing.
//! The wasm32 target is a longer story: see [`crate::toolchain`].

use crate::run::{self, Result, command, minutes, read, root, run_patiently};
use crate::toolchain;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132";
const ESBUILD: &str = "0.28.2";
const AXE: &str = "4.14.1";

/// `cargo xtask setup`
pub fn run(_words: &[String]) -> Result<()> {
    components()?;
    page()?;
    browser()?;
    axe()?;
    shellcheck()?;
    println!("everything needed is here");
    Ok(())
}

/// What builds the page.
pub struct Kit {
    path: OsString,
    toolchain: Option<String>,
}

impl Kit {
    /// A command that finds the tools, compiles with the right toolchain and keeps this machine's folders out of what
    /// it builds.
    pub fn command(&self, program: &str) -> Command {
        let mut command = command(program);
        // Trunk takes NO_COLOR for an option of its own and refuses the value 1.
        command.env("PATH", &self.path).env_remove("NO_COLOR");
        if let Some(toolchain) = &self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain).env_remove("CARGO").env_remove("RUSTC");
        }
        let sources = cargo_home().join("registry/src");
        // The relocations tell xtask/split who needs whom.
        let flags = format!(
            "-Clink-arg=--emit-relocs --remap-path-prefix={}=crates --remap-path-prefix={}=ordinal",
            sources.display(),
            root().display()
        );
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
        command
    }
}

/// Gets what builds the page: the wasm32 target, wasm-bindgen, Trunk, wasm-opt, esbuild.
pub fn page() -> Result<Kit> {
    let toolchain = toolchain::wasm32()?;
    let bindgen = locked_version("wasm-bindgen")?;
    let folders = [
        cargo_tool("wasm-bindgen", "wasm-bindgen-cli", &bindgen, &[], "2 minutes")?,
        cargo_tool("trunk", "trunk", TRUNK, &["--locked"], "5 minutes")?,
        // npm's binaryen carries the program itself.
        npm_tool("wasm-opt", "binaryen", BINARYEN)?,
        npm_tool("esbuild", "esbuild", ESBUILD)?,
    ];
    let before = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.into_iter().flatten().chain(std::env::split_paths(&before));
    let path = std::env::join_paths(all).map_err(|error| error.to_string())?;
    Ok(Kit { path, toolchain })
}

/// A browser and its driver.
pub struct Browser {
    pub chrome: PathBuf,
    pub driver: PathBuf,
}

/// Finds Chromium and ChromeDriver ($CHROME and $CHROMEDRIVER go first); installs them on Debian.
pub fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let by_hand = "the browser tests need Chromium and its driver. Install them by hand:\n  \
        Debian:  sudo apt-get install chromium chromium-driver fonts-noto-cjk\n  \
        others:  Chrome or Chromium, and the ChromeDriver of the same version\n           \
        (https://googlechromelabs.github.io/chrome-for-testing/)\n\
        and put both on the path, or name them in $CHROME and $CHROMEDRIVER";
    if !apt_works() {
        return Err(by_hand.into());
    }
    step("chromium and chromium-driver from Debian", "1 minute");
    apt(&["chromium", "chromium-driver", "fonts-noto-cjk"]).map_err(|error| format!("{error}\n{by_hand}"))?;
    find_browser().ok_or_else(|| by_hand.into())
}

fn find_browser() -> Option<Browser> {
    let pick = |variable: &str, names: &[&str]| {
        let named = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        named.or_else(|| names.iter().find_map(|name| on_path(name)))
    };
    Some(Browser {
        chrome: pick("CHROME", &["chromium", "google-chrome", "chromium-browser", "google-chrome-stable"])?,
        driver: pick("CHROMEDRIVER", &["chromedriver"])?,
    })
}

/// Gets rustfmt and clippy, which a minimal toolchain lacks.
pub fn components() -> Result<()> {
    for (verb, name) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if read(command("cargo").args([verb, "--version"])).is_err() {
            step(name, "10 seconds");
            run::run(command("rustup").args(["component", "add", name]), minutes(3))?;
        }
    }
    Ok(())
}

/// Says what is installed next.
pub fn step(what: &str, duration: &str) {
    eprintln!("setup: installing {what} (about {duration}, once)");
}

/// The version of a package in Cargo.lock.
fn locked_version(name: &str) -> Result<String> {
    let lock =
        fs::read_to_string(root().join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{name}\"")).skip(1);
    let version = lines.next().and_then(|line| line.strip_prefix("version = \""));
    version.map(|v| v.trim_end_matches('"').into()).ok_or_else(|| format!("Cargo.lock does not name {name}"))
}

/// The folder to add to the path for a program from the Cargo registry; none if the path has that version already.
fn cargo_tool(
    program: &str,
    package: &str,
    version: &str,
    options: &[&str],
    duration: &str,
) -> Result<Option<PathBuf>> {
    let home = tools_dir().join(format!("{program}-{version}"));
    let bin = home.join("bin");
    if bin.join(program).exists() {
        return Ok(Some(bin));
    }
    if has_version(program, version) {
        return Ok(None);
    }
    let what = format!("{package} {version} from source");
    step(&what, duration);
    into_place(&home, |home| {
        let mut install = command("cargo");
        install.args(["install", "--quiet", "--no-track", package, "--version", version]).args(options);
        install.arg("--root").arg(home).current_dir(home).env("CARGO_TARGET_DIR", home.join("build"));
        // The published profile spends most of its time on optimising a program that runs for a second.
        install.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        install.env("CARGO_NET_RETRY", "5");
        run_patiently(&mut install, minutes(20), &format!("building {package}"))?;
        fs::remove_dir_all(home.join("build")).map_err(|error| error.to_string())
    })?;
    Ok(Some(bin))
}

/// The folder to add to the path for a program from npm; none if the path has that version already.
fn npm_tool(program: &str, package: &str, version: &str) -> Result<Option<PathBuf>> {
    let bin = npm_home(package, version).join("node_modules/.bin");
    if !bin.join(program).exists() && has_version(program, version) {
        return Ok(None);
    }
    npm_package(package, version)?;
    Ok(Some(bin))
}

/// Finds ShellCheck ($SHELLCHECK goes first), which reads the scripts that a run can be saved as; installs it on Debian. None
/// where no package can be installed: then its test says that it was left out.
pub fn shellcheck() -> Result<Option<PathBuf>> {
    let find = || {
        let named = std::env::var_os("SHELLCHECK").filter(|value| !value.is_empty()).map(PathBuf::from);
        named.or_else(|| on_path("shellcheck"))
    };
    if find().is_none() && apt_works() {
        step("shellcheck from Debian", "20 seconds");
        apt(&["shellcheck"])?;
    }
    Ok(find())
}

/// axe-core, one script that looks for what keeps people out; only the browser tests load it.
pub fn axe() -> Result<PathBuf> {
    Ok(npm_package("axe-core", AXE)?.join("node_modules/axe-core/axe.min.js"))
}

fn npm_home(package: &str, version: &str) -> PathBuf {
    tools_dir().join(format!("{package}-{version}"))
}

/// The folder in which a package from npm is installed.
fn npm_package(package: &str, version: &str) -> Result<PathBuf> {
    let home = npm_home(package, version);
    if home.exists() {
        return Ok(home);
    }
    npm()?;
    step(&format!("{package} {version} from npm"), "20 seconds");
    into_place(&home, |home| {
        let mut install = command("npm");
        install.args(["install", "--silent", "--no-fund", "--no-audit", "--no-save", "--prefix"]);
        install.arg(home).arg(format!("{package}@{version}")).current_dir(home);
        run_patiently(&mut install, minutes(5), &format!("fetching {package}"))
    })?;
    Ok(home)
}

/// Node.js runs wasm-opt and esbuild, and measures sizes.
pub fn npm() -> Result<()> {
    if on_path("node").is_some() && on_path("npm").is_some() {
        return Ok(());
    }
    if !apt_works() {
        return Err("Node.js and npm are missing: install them from https://nodejs.org (18 or later)".into());
    }
    step("nodejs and npm from Debian", "2 minutes");
    apt(&["nodejs", "npm"])
}

/// Lets `fill` work in a folder beside `home`, then puts it in its place in one go.
fn into_place(home: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let draft = home.with_file_name(format!(".unfinished-{}", std::process::id()));
    let io = |error: std::io::Error| format!("{}: {error}", home.display());
    fs::create_dir_all(&draft).map_err(io)?;
    fill(&draft).inspect_err(|_| drop(fs::remove_dir_all(&draft)))?;
    if let Err(error) = fs::rename(&draft, home) {
        let _ = fs::remove_dir_all(&draft);
        // Somebody else was faster: theirs is as good.
        return if home.exists() { Ok(()) } else { Err(io(error)) };
    }
    Ok(())
}

fn tools_dir() -> PathBuf {
    match std::env::var_os("ORDINAL_TOOLS").filter(|value| !value.is_empty()) {
        Some(dir) => root().join(dir),
        None => root().join("target/tools"),
    }
}

fn has_version(program: &str, version: &str) -> bool {
    let Some(path) = on_path(program) else { return false };
    let said = read(command(path).arg("--version")).unwrap_or_default();
    said.split_whitespace().any(|word| word == version)
}

/// Where a program is, if the path has it.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Debian, and allowed to install: elsewhere `chromium` may be another thing, or none.
pub fn apt_works() -> bool {
    let debian =
        fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|l| l == "ID=debian"));
    debian && on_path("apt-get").is_some() && read(command("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0")
}

/// Installs Debian packages, after having asked for the newest lists.
pub fn apt(packages: &[&str]) -> Result<()> {
    let quiet = |words: &[&str]| {
        let mut apt = command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").stdout(std::process::Stdio::null());
        apt.args(["-q", "-y", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300"]).args(words);
        apt
    };
    run_patiently(&mut quiet(&["update"]), minutes(5), "reading Debian's package lists")?;
    let mut words = vec!["install", "--no-install-recommends"];
    words.extend(packages);
    run_patiently(&mut quiet(&words), minutes(15), "installing Debian packages")
}
