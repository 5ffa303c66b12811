//! What people type. Validation that needs no file happens here, once.

mod alerts;
mod sources;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use marsad_types::{Bound, ChannelKey, Platform, Timestamp};
use serde::Serialize;

use self::alerts::ALERTS_EXAMPLES;
pub(crate) use self::alerts::{AddAlertOptions, AlertsOptions, AlertsVerb, TestAlertsOptions};
pub(crate) use self::sources::{
    AccountPlatform, HookOptions, HookPlatform, RejectOptions, SourcesOptions, SourcesVerb,
    SuggestOptions,
};
use crate::archive::Archive;
use crate::failure::Failure;

/// Marsad watches public channels: it recognises the same statement wherever it reappears, says
/// who published it first, measures how networks move between platforms, and keeps the evidence.
#[derive(Debug, Parser)]
#[command(name = "marsad", version, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Try `marsad demo` first: a small world, everything run on it, and a report."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Options of every verb.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Folder of the archive
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "MARSAD_ARCHIVE",
        default_value = "./marsad-archive"
    )]
    archive: PathBuf,
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Write the rows to a file: .json, .csv or .parquet
    #[arg(long, global = true, value_name = "FILE")]
    out: Option<PathBuf>,
    /// No progress bars, no hints
    #[arg(long, global = true)]
    quiet: bool,
}

/// Options of every verb, checked.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) archive: PathBuf,
    pub(crate) json: bool,
    pub(crate) out: Option<PathBuf>,
    pub(crate) quiet: bool,
}

impl Context {
    pub(crate) fn new(common: Common) -> Result<Self, Failure> {
        if common.archive.as_os_str().is_empty() {
            return Err(Failure::usage("--archive is empty; name a folder"));
        }
        let Common { archive, json, out, quiet } = common;
        Ok(Self { archive, json, out, quiet })
    }

    /// The archive, which must be there.
    pub(crate) fn open(&self) -> Result<Archive, Failure> {
        Archive::open(&self.archive)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a small world, run everything on it, name the report
    #[command(after_help = "Example:\n  marsad demo\n  marsad demo --seed 7 --dir /tmp/demo")]
    Demo(DemoOptions),
    /// Make an empty archive
    #[command(after_help = "Example:\n  marsad --archive desk init")]
    Init,
    /// Say what is wrong with an archive or this machine, and how to mend it
    #[command(after_help = "Example:\n  marsad --archive desk doctor")]
    Doctor,
    /// Read files into the archive: bytes to evidence first, then their posts
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportOptions),
    /// Collect from the watch list until stopped; --once: all there is now
    #[command(
        after_help = "Example:\n  marsad sources add telegram:weatherdesk\n  marsad watch --once\n  marsad watch"
    )]
    Watch(WatchOptions),
    /// What is watched: add, list, suggest, remove, pause, resume, check
    #[command(after_help = SOURCES_EXAMPLES)]
    Sources(SourcesOptions),
    /// Tell somebody what a watch sees: add, list, test, remove rules
    #[command(after_help = ALERTS_EXAMPLES)]
    Alerts(AlertsOptions),
    /// Compute a measure; `marsad measure --list` names them
    #[command(after_help = MEASURE_EXAMPLES)]
    Measure(MeasureOptions),
    /// Find posts by their words, in any writing, or by their likeness to one
    #[command(after_help = SEARCH_EXAMPLES)]
    Search(SearchOptions),
    /// Write one page that tells what happened
    #[command(
        after_help = "Example:\n  marsad report --out report.html\n  marsad report --network n1 --out network.html"
    )]
    Report(ReportOptions),
    /// Write posts to files of other tools
    #[command(
        after_help = "Example:\n  marsad export ndjson --out all.ndjson\n  marsad export csv --out posts.csv\n  marsad export parquet --out posts.parquet\n  marsad export wacz primacy --by platform --out finding.wacz"
    )]
    Export(ExportOptions),
    /// Look at the evidence log
    #[command(after_help = EVIDENCE_EXAMPLES)]
    Evidence(EvidenceOptions),
    /// Make everything above the evidence again
    #[command(after_help = "Example:\n  marsad --archive desk rebuild")]
    Rebuild,
    /// Write a world with known truth: article, quiet or scale
    #[command(
        after_help = "Example:\n  marsad simulate article --seed 1 --out world\n  marsad simulate scale --posts 1000000 --out world"
    )]
    Simulate(SimulateOptions),
    /// Print completions for a shell
    #[command(after_help = "Example:\n  marsad completions bash > /etc/bash_completion.d/marsad")]
    Completions(CompletionsOptions),
}

const IMPORT_EXAMPLES: &str = "Examples:
  marsad import world.ndjson
  marsad import result.json                                   (Telegram Desktop export)
  marsad import --as csv --platform telegram --map channel=channel --map id=message_id \\
         --map text=text --map published_at=date posts.csv.zst
  zstd -dc posts.ndjson.zst | marsad import -";

const SOURCES_EXAMPLES: &str = "Examples:
  marsad sources add telegram:weatherdesk https://t.me/railnotices
  marsad sources add 'matrix:#rail:example.org' rocketchat:chat.example.org/weather
  marsad sources add max:-70000000000001
  marsad sources add channels.txt                       (a file: one on each line)
  marsad sources add --canary telegram:telegram         (known to be steady)
  marsad sources list
  marsad sources suggest --limit 20 > new.txt           (read it, strike what you do not want,
  marsad sources add new.txt                             then add what is left)
  marsad sources pause telegram:weatherdesk
  marsad sources login telegram                         (reads Telegram by an account, see the guide)";

const EVIDENCE_EXAMPLES: &str = "Examples:
  marsad evidence status
  marsad evidence checkpoint
  marsad evidence prove telegram:weatherdesk/42 --out post-42.wacz
  marsad-verify post-42.wacz
  marsad evidence audit --limit 20
  marsad evidence stamp                                 (says which command sends the request)
  marsad evidence stamp --reply marsad-archive/stamps/1042.desk.tsr
  marsad evidence erase telegram:weatherdesk/42 --reason 'asked for by the channel' --dry-run";

const SEARCH_EXAMPLES: &str = "A query (quote it for the shell):
  storm harbour         both words, in any of their forms; the form asked for comes first
  \"night train\"         these forms side by side; \"حكومة\" that form alone
  storm OR rain         either; OR joins the two beside it, ( ) what belongs together
  -football -\"full time\"  not that
  fog*                  words that begin so
  channel:weatherdesk platform:telegram lang:ar script:arab since:2019-11-29 until:2019-12-01

Examples:
  marsad search 'الحكومة'
  marsad search 'storm (harbour OR coast) -football' --platform telegram --since 2019-11-29
  marsad search '\"night train\"' --sort oldest --limit 5 --json
  marsad search --like telegram:weatherdesk/42
  marsad search 'поезд' --channel weatherdesk --limit 100000 --out hits.csv";

const MEASURE_EXAMPLES: &str = "Examples:
  marsad measure --list
  marsad measure statements --min-platforms 2 --limit 20
  marsad measure statements --explain telegram:weatherdesk/42 tamtam:weatherdesk2/9
  marsad measure primacy --by platform --resolution auto --json
  marsad measure surge --platform tamtam --since 2019-11-25
  marsad measure discover --channel weatherdesk --limit 20";

#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// Serve the desk instead of naming the page
    #[arg(long, hide = true)]
    pub(crate) open: bool,
    /// Which world
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for the demo; its own files there are replaced
    #[arg(long, value_name = "DIR", default_value = "./marsad-demo")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ImportOptions {
    /// Files or folders; `-` is standard input; .gz and .zst are read as they are
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Format, when it is not recognised
    #[arg(long = "as", value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Platform of posts that do not name theirs
    #[arg(long, value_name = "P")]
    pub(crate) platform: Option<String>,
    /// Which column of a csv is which field: channel text published_at id author subscribers views forward_of links title
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(crate) map: Vec<String>,
    /// How a csv writes a time, strftime: published_at='%m/%d/%Y %H:%M'
    #[arg(long, value_name = "FIELD=FORMAT")]
    pub(crate) map_format: Vec<String>,
    /// The channel of a file that does not name it: rocketchat HOST/NAME
    #[arg(long, value_name = "ID")]
    pub(crate) channel: Option<String>,
    /// I know that this is a public channel; some exports (discord, matrix) do not say so
    #[arg(long)]
    pub(crate) public: bool,
    /// Public groups too, not channels alone (telegram-desktop)
    #[arg(long)]
    pub(crate) groups: bool,
    /// When the file was made, for exports that do not say when they looked
    #[arg(long, value_name = "T")]
    pub(crate) observed_at: Option<String>,
    /// Exit with 4 when some input was not understood
    #[arg(long)]
    pub(crate) strict: bool,
    /// Show what would be understood; write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WatchOptions {
    /// Read all there is now, then stop
    #[arg(long)]
    pub(crate) once: bool,
    /// Show figures for Prometheus at this address, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<std::net::SocketAddr>,
}

#[derive(Debug, Clone, Default, PartialEq, Args, Serialize)]
pub(crate) struct ScopeOptions {
    /// From this time or date, included
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<String>,
    /// Until this time, excluded; a date includes that day
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<String>,
    /// Only these platforms
    #[arg(long = "platform", value_name = "P", num_args = 1..)]
    pub(crate) platforms: Vec<String>,
    /// Only these channels: platform:id, or a handle
    #[arg(long = "channel", value_name = "C", num_args = 1..)]
    pub(crate) channels: Vec<String>,
    /// Only this network: an id that `measure networks` printed
    #[arg(long, value_name = "N")]
    pub(crate) network: Option<String>,
    /// At most so many rows
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

impl ScopeOptions {
    /// The window's ends.
    pub(crate) fn window(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
        let read = |written: &Option<String>, end| {
            let parsed =
                written.as_deref().map(|text| Timestamp::parse_bound(text, end)).transpose();
            parsed.map_err(|error| Failure::usage(error.to_string()))
        };
        Ok((read(&self.since, Bound::Start)?, read(&self.until, Bound::End)?))
    }

    pub(crate) fn platforms(&self) -> Result<Vec<Platform>, Failure> {
        self.platforms.iter().map(|name| platform(name)).collect()
    }
}

/// Reads a platform's name.
pub(crate) fn platform(name: &str) -> Result<Platform, Failure> {
    Platform::new(name).map_err(|error| Failure::usage(error.to_string()))
}

/// Reads `platform:id`.
pub(crate) fn channel(written: &str) -> Option<ChannelKey> {
    written.parse().ok()
}

#[expect(clippy::struct_excessive_bools, reason = "the flags of a command line")]
#[derive(Debug, Clone, Args, Serialize)]
pub(crate) struct MeasureOptions {
    /// Which measure
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Name all measures with one line each
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeOptions,
    /// statements: at least so many posts
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) min_posts: usize,
    /// statements: on at least so many platforms
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) min_platforms: usize,
    /// statements: with the posts of each
    #[arg(long)]
    pub(crate) members: bool,
    /// statements: why two posts are one statement or not, side by side
    #[arg(long, value_name = "POST", num_args = 2)]
    pub(crate) explain: Vec<String>,
    /// Least Jaccard similarity of a near copy
    #[arg(long, value_name = "J", default_value_t = 0.8)]
    pub(crate) threshold: f64,
    /// primacy: between platforms or channels
    #[arg(long, value_name = "WHAT", default_value = "platform", value_parser = ["platform", "channel"])]
    pub(crate) by: String,
    /// `auto` takes minutes for channels whose clock shows only minutes
    #[arg(long, value_name = "R", value_parser = ["stated", "auto"], default_value = "stated")]
    pub(crate) resolution: String,
    /// migration: days without a post that end an attempt
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) silence: u32,
    /// migration: a row a day and platform instead of attempts
    #[arg(long)]
    pub(crate) daily: bool,
    /// discover: also channels that somebody rejected (`marsad sources reject`)
    #[arg(long)]
    pub(crate) rejected: bool,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct SearchOptions {
    /// What to search for, quoted for the shell
    #[arg(value_name = "QUERY", allow_hyphen_values = true, conflicts_with = "like")]
    pub(crate) query: Option<String>,
    /// Posts that say the same as this one: platform:channel/post
    #[arg(long, value_name = "POST")]
    pub(crate) like: Option<String>,
    /// Only this platform; may be repeated
    #[arg(long = "platform", value_name = "P")]
    pub(crate) platforms: Vec<String>,
    /// Only this channel: platform:id, or a handle; may be repeated
    #[arg(long = "channel", value_name = "C", conflicts_with = "like")]
    pub(crate) channels: Vec<String>,
    /// From this time or date, included
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<String>,
    /// Until this time, excluded; a date includes that day
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<String>,
    /// Only posts whose platform states this language (ar, ru, en-GB); may be repeated
    #[arg(long = "lang", value_name = "L", conflicts_with = "like")]
    pub(crate) langs: Vec<String>,
    /// Only posts written in these letters (arab, cyrl, latn); may be repeated
    #[arg(long = "script", value_name = "S", conflicts_with = "like")]
    pub(crate) scripts: Vec<String>,
    /// What comes first; time: the newest
    #[arg(long, value_name = "HOW", value_parser = ["relevance", "time", "oldest"], default_value = "relevance")]
    pub(crate) sort: String,
    /// At most so many rows; the total counts all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct ReportOptions {
    /// Only this network
    #[arg(long, value_name = "N")]
    pub(crate) network: Option<String>,
    /// Title of the page
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct ExportOptions {
    /// ndjson, csv or parquet: every post; wacz: a finding with the evidence behind it
    #[arg(value_name = "FORMAT", value_parser = ["ndjson", "csv", "parquet", "wacz"])]
    pub(crate) format: String,
    /// wacz: which finding, as `marsad measure` takes it
    #[command(flatten)]
    pub(crate) measure: MeasureOptions,
}

impl ExportOptions {
    /// What is exported, in a few words.
    pub(crate) fn what(&self) -> String {
        let known = marsad_measure::catalogue().iter().map(|(name, _)| *name);
        let wanted = match (self.format.as_str(), self.measure.name.as_deref()) {
            ("wacz", None) => Some("statements"),
            (_, wanted) => wanted,
        };
        match known.into_iter().find(|known| wanted == Some(known)) {
            Some(name) => format!("export {} {name}", self.format),
            None => format!("export {}", self.format),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceOptions {
    #[command(subcommand)]
    pub(crate) verb: EvidenceVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceVerb {
    /// Verify every record and the tree over them
    Status,
    /// Print the last signed head
    Checkpoint,
    /// Write a bundle for a post: its records and their proofs
    Prove(ProveOptions),
    /// Show who looked, exported, imported, erased
    Audit(AuditOptions),
    /// Ask an authority when the log's head existed (RFC 3161), and keep its answer
    Stamp(StampOptions),
    /// Keep a checkpoint that witnesses of marsad.toml have cosigned
    Cosign(CosignOptions),
    /// Erase a post for good: all its versions, everywhere; proofs of everything else stay valid
    Erase(EraseOptions),
    /// Let an erased post be kept again when it is met again
    Lift(LiftOptions),
    /// Erase what the retention rules in marsad.toml no longer allow to keep
    Retain(RetainOptions),
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct ProveOptions {
    /// Which post, platform:channel/post
    #[arg(value_name = "POST")]
    pub(crate) post: String,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct StampOptions {
    /// Keep the answer of an authority (.tsr); without it a request is written
    #[arg(long, value_name = "FILE")]
    pub(crate) reply: Option<PathBuf>,
    /// reply: which authority of marsad.toml gave it; needed where there are several
    #[arg(long, value_name = "NAME", requires = "reply")]
    pub(crate) authority: Option<String>,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct CosignOptions {
    /// The checkpoint as the witness gave it back
    #[arg(value_name = "FILE")]
    pub(crate) note: PathBuf,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct EraseOptions {
    /// Which posts, platform:channel/post
    #[arg(value_name = "POST", required = true)]
    pub(crate) posts: Vec<String>,
    /// Why; it stands in the log for good, so name no person
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Say what would be erased; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct LiftOptions {
    /// Which posts, platform:channel/post
    #[arg(value_name = "POST", required = true)]
    pub(crate) posts: Vec<String>,
    /// Why; it stands in the log for good, so name no person
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct RetainOptions {
    /// Say what would be erased; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AuditOptions {
    /// Only acts whose command was this one, such as 'measure primacy --by channel'
    #[arg(long, value_name = "COMMAND")]
    pub(crate) command: Option<String>,
    /// At most so many rows, the latest ones
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateOptions {
    /// article, quiet or scale
    #[arg(value_name = "WORLD")]
    pub(crate) world: String,
    /// Which world: equal seeds give equal bytes
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many posts (scale)
    #[arg(long, value_name = "N")]
    pub(crate) posts: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsOptions {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}
