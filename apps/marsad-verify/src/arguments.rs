//! The command line, read by hand: a parser would be the largest thing in this program.

use std::path::PathBuf;

use marsad_evidence::{Checkpoint, Verifier, Witness};

use crate::stamps::Roots;

pub(crate) const HELP: &str = "\
Checks a Marsad evidence bundle or archive, offline.

usage: marsad-verify [--key KEY] [--witness KEY]… [--roots FILE] [--earlier FILE] [--json] FILE.wacz|DIR

  FILE.wacz        a bundle that Marsad exported
  DIR              an archive, or its evidence folder: every record is read
  --key KEY        the log's verifier key as its owner published it (name+id+base64), or a file
                   that holds it; without it nothing shows who signed
  --witness KEY    the key of a witness whose cosignatures count; may stand several times
  --roots FILE     certificates of roots (PEM) that time-stamping authorities are under: checks who
                   signed time-stamps (only in a build with the feature `stamps`)
  --earlier FILE   a checkpoint you kept from before: checks that the archive only went on from it
  --json           one JSON document instead of words

exit codes: 0 verifies, 1 cannot be read, 2 wrong usage, 3 does not verify

examples:
  marsad-verify finding.wacz
  marsad-verify --key desk.example/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k finding.wacz
  marsad-verify --earlier checkpoint-of-march marsad-archive
";

/// What is to be checked, and against what.
pub(crate) struct Arguments {
    pub(crate) path: PathBuf,
    pub(crate) key: Option<Verifier>,
    pub(crate) witnesses: Vec<Witness>,
    pub(crate) roots: Option<Roots>,
    pub(crate) earlier: Option<Checkpoint>,
    pub(crate) json: bool,
}

impl Arguments {
    /// `None` when help is asked for.
    pub(crate) fn read(written: &[String]) -> Result<Option<Self>, String> {
        let (mut path, mut key, mut earlier, mut json) = (None, None, None, false);
        let (mut witnesses, mut roots) = (Vec::new(), None);
        let mut words = written.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-h" | "--help" => return Ok(None),
                "--json" => json = true,
                "--key" => key = Some(read_key(words.next().ok_or("--key needs a key")?)?),
                "--witness" => {
                    let key = words.next().ok_or("--witness needs a key")?;
                    let key = first_line(key);
                    witnesses.push(Witness::parse(&key).map_err(|e| format!("'{key}': {e}"))?);
                }
                "--roots" => {
                    roots = Some(Roots::read(words.next().ok_or("--roots needs a file")?)?);
                }
                "--earlier" => {
                    let file = words.next().ok_or("--earlier needs a file")?;
                    earlier = Some(read_checkpoint(file)?);
                }
                option if option.starts_with('-') => {
                    return Err(format!("there is no option '{option}'; see --help"));
                }
                _ if path.is_some() => return Err("name one file or folder; see --help".to_owned()),
                _ => path = Some(PathBuf::from(word)),
            }
        }
        let path = path.ok_or("name a .wacz file or a folder; see --help")?;
        Ok(Some(Self { path, key, witnesses, roots, earlier, json }))
    }
}

/// A key as written, or the first line of a file that holds one.
fn first_line(written: &str) -> String {
    match std::fs::read_to_string(written) {
        Ok(text) => text.lines().next().unwrap_or_default().to_owned(),
        Err(_) => written.to_owned(), // no such file: it is the key itself
    }
}

fn read_key(written: &str) -> Result<Verifier, String> {
    Verifier::parse(&first_line(written)).map_err(|error| format!("'{written}': {error}"))
}

fn read_checkpoint(file: &str) -> Result<Checkpoint, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read '{file}': {error}"))?;
    Checkpoint::parse(&bytes).map_err(|error| format!("'{file}': {error}"))
}
