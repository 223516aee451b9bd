//! Running other programs: each with a limit, its output shown as it comes, and a reason when it fails.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// An answer, or a sentence for the person at the prompt.
pub type Result<T> = std::result::Result<T, String>;

/// The reason of a failure whose reason has been printed already.
pub const SAID: &str = "";

/// The repository's root.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A command that starts in the repository's root and reads nothing from the terminal.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Minutes, as a limit.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

/// Runs to the end with our output; anything but success is an error.
pub fn run(command: &mut Command, limit: Duration) -> Result<()> {
    let line = show(command);
    let mut child = spawn(command, &line)?;
    judge(wait(&mut child, limit, None)?, &line, limit)
}

/// Like [`run`] for something that prints little and takes long: says every half minute that it is still at it.
pub fn run_patiently(command: &mut Command, limit: Duration, what: &str) -> Result<()> {
    let line = show(command);
    let mut child = spawn(command, &line)?;
    judge(wait(&mut child, limit, Some(what))?, &line, limit)
}

/// Runs to the end and gives what it printed.
pub fn read(command: &mut Command) -> Result<String> {
    let line = show(command);
    let output = command.output().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{line}` failed: {}", said.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, shows standard output and hands each line of it to `see`; answers whether it succeeded.
pub fn watch(command: &mut Command, limit: Duration, mut see: impl FnMut(&str) + Send) -> Result<bool> {
    let line = show(command);
    let mut child = spawn(command.stdout(Stdio::piped()), &line)?;
    let stdout = child.stdout.take().ok_or("no output to read")?;
    let status = thread::scope(|scope| {
        scope.spawn(move || {
            let mut lines = BufReader::new(stdout);
            let mut bytes = Vec::new();
            while lines.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
                let _ = std::io::stdout().write_all(&bytes).and_then(|()| std::io::stdout().flush());
                see(String::from_utf8_lossy(&bytes).trim_end());
                bytes.clear();
            }
        });
        wait(&mut child, limit, None)
    })?;
    match status {
        Some(status) => Ok(status.success()),
        None => Err(format!("`{line}` took longer than {} s and was stopped", limit.as_secs())),
    }
}

/// Runs with `input` on standard input and gives what it printed.
pub fn pipe(command: &mut Command, input: &str) -> Result<String> {
    let line = show(command);
    let mut child = spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()), &line)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(|error| format!("`{line}`: {error}"))?;
    }
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).map_err(|error| format!("`{line}`: {error}"))?;
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    judge(Some(status), &line, Duration::ZERO).map(|()| text)
}

fn spawn(command: &mut Command, line: &str) -> Result<Child> {
    command.spawn().map_err(|error| format!("cannot start `{line}`: {error}"))
}

/// `None` when the limit was reached and the program was stopped.
fn wait(child: &mut Child, limit: Duration, what: Option<&str>) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut told = 0;
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(Some(status));
        }
        let passed = start.elapsed();
        if passed > limit {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        if let Some(what) = what.filter(|_| passed.as_secs() / 30 > told) {
            told = passed.as_secs() / 30;
            eprintln!("      … still {what} ({} s)", passed.as_secs());
        }
        thread::sleep(Duration::from_millis(if passed.as_secs() < 1 { 5 } else { 100 }));
    }
}

fn judge(status: Option<ExitStatus>, line: &str, limit: Duration) -> Result<()> {
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("`{line}` failed ({status})")),
        None => Err(format!("`{line}` took longer than {} s and was stopped", limit.as_secs())),
    }
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
