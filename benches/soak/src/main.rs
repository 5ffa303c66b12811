//! A soak: `marsad watch` on thousands of channels of a stand-in of t.me, with faults and deaths, in
//! compressed time; then what it holds beside what a perfect watcher would know.
//!
//! An hour of the platform's time passes in `3600 / compress` seconds. The limit that the platform
//! counts by is one request a second of its own time, over a minute: in real time that is `compress`
//! a second, of which the watch is told to use 95 %, because two processes on one machine do not
//! agree on a millisecond. Waits that the platform asks for and back-offs are not compressed: at
//! `--compress 1` the figures are those of a real hour.

mod compare;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use marsad_mock::{Faults, Limit, Telegram, serve};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

/// Milliseconds of the platform's time that pass.
const HOUR_MS: i64 = 3_600_000;

#[derive(Debug, Parser)]
struct Options {
    /// The program
    #[arg(long)]
    marsad: PathBuf,
    #[arg(long, default_value_t = 2000)]
    channels: u32,
    /// How much faster than real time the platform lives
    #[arg(long, default_value_t = 20)]
    compress: u32,
    /// Share of requests that fail
    #[arg(long, default_value_t = 0.05)]
    faults: f64,
    /// How often the watch is killed
    #[arg(long, default_value_t = 10)]
    kills: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    let real_ms = i64::from(3_600_000 / options.compress);
    let began = Instant::now();
    let begin_ms = world::BEGIN_MS;
    let compress = i64::from(options.compress);
    // The hour ends, and its time stands still: nothing happens any more while all is read.
    let platform_now = move || {
        let passed = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        begin_ms + passed.saturating_mul(compress).min(HOUR_MS)
    };
    let mock = Arc::new(Telegram::new());
    world::fill(&mock, options.channels, options.seed)?;
    // What a minute may hold, of the platform's time.
    mock.gate().set_limit(Some(Limit { requests: 60, window_ms: 60_000, refuses: true }));
    let served = serve(mock.clone(), platform_now)?;
    let desk = Desk { folder: folder.path(), marsad: &options.marsad };
    desk.set_up(&options, &served.url())?;
    mock.gate().set_faults(Some(Faults::new(options.seed, options.faults)));
    let peak_mb = desk.live(&options, real_ms)?;
    let (requests, over_limit) = (mock.gate().requests(), mock.gate().over_limit());
    // Whatever was not reached within the hour's budget is read now, without faults and limit.
    mock.gate().set_faults(None);
    mock.gate().set_limit(None);
    desk.settings(&served.url(), 2000, 20)?;
    let last = desk.run(&["watch", "--once", "--json", "--quiet"])?;
    desk.run(&["export", "ndjson", "--out", "all.ndjson", "--quiet"])?;
    desk.run(&["evidence", "status", "--quiet"])?;
    let held = fs::read_to_string(folder.path().join("all.ndjson"))?;
    let compared = compare::compare(&mock.truth(), &held, platform_now())?;
    let report = json!({
        "channels": options.channels,
        "real_s": began.elapsed().as_secs(),
        "platform_s": HOUR_MS / 1000,
        "faults": options.faults,
        "kills": options.kills,
        "requests_in_the_hour": requests,
        "over_limit": over_limit,
        "peak_mb": peak_mb,
        "evidence_mb": folder_mb(&folder.path().join("a/evidence"))?,
        "last_pass": serde_json::from_str::<serde_json::Value>(&last).ok(),
        "compared": compared,
    });
    print(&serde_json::to_string_pretty(&report)?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are the program's product")]
fn print(text: &str) {
    println!("{text}");
}

struct Desk<'a> {
    folder: &'a Path,
    marsad: &'a Path,
}

impl Desk<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.marsad);
        command
            .args(["--archive", "a"])
            .args(arguments)
            .current_dir(self.folder)
            .env("MARSAD_KEYS", self.folder.join("keys"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments).output().context("cannot start marsad")?;
        if !output.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn settings(&self, url: &str, per_second: u32, compress: u32) -> Result<()> {
        let (poll_s, timeout_s) = ((60 / compress).max(1), (30 / compress).max(2));
        let settings = format!(
            "poll_s = {poll_s}\ntimeout_s = {timeout_s}\n[telegram]\nurl = \"{url}\"\nrequests_per_s = {per_second}\n"
        );
        Ok(fs::write(self.folder.join("a/marsad.toml"), settings)?)
    }

    fn set_up(&self, options: &Options, url: &str) -> Result<()> {
        self.run(&["init"])?;
        self.settings(url, (options.compress * 95 / 100).max(1), options.compress)?;
        let names: Vec<String> =
            (0..options.channels).map(|n| format!("telegram:{}", world::name(n))).collect();
        fs::write(self.folder.join("list.txt"), names.join("\n"))?;
        self.run(&["sources", "add", "list.txt"]).map(drop)
    }

    /// Watches for the hour, dying now and then; gives the most memory that was seen, in MB.
    fn live(&self, options: &Options, real_ms: i64) -> Result<u64> {
        let mut chance = StdRng::seed_from_u64(options.seed);
        let mut ends: Vec<i64> =
            (0..options.kills).map(|_| chance.random_range(500..real_ms)).collect();
        ends.sort_unstable();
        let began = Instant::now();
        let mut peak_mb = 0;
        let passed = || i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        for end in ends {
            let mut watch = self.watch()?;
            while passed() < end {
                peak_mb = peak_mb.max(memory_mb(&watch));
                sleep(Duration::from_millis(100));
            }
            watch.kill()?;
            watch.wait()?;
        }
        let mut watch = self.watch()?;
        while passed() < real_ms {
            peak_mb = peak_mb.max(memory_mb(&watch));
            sleep(Duration::from_millis(100));
        }
        Command::new("kill").arg(watch.id().to_string()).status()?;
        watch.wait()?;
        Ok(peak_mb)
    }

    fn watch(&self) -> Result<Child> {
        let log =
            fs::OpenOptions::new().create(true).append(true).open(self.folder.join("watch.log"))?;
        let mut command = self.command(&["watch", "--quiet"]);
        Ok(command.stdout(Stdio::null()).stderr(log).spawn()?)
    }
}

/// Bytes of all files under a folder, in MB.
fn folder_mb(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += entry.metadata()?.len();
            }
        }
    }
    Ok((bytes as f64 / 1e5).round() / 10.0)
}

/// Memory that a process holds now, as the kernel counts it.
fn memory_mb(process: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
