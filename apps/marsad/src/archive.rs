//! An archive on disk: `archive.json`, `evidence/`, `lake/`; its secret key lies outside.

mod remembered;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use marsad_desk::Desk;
use marsad_evidence::{Error, Head, Options, Reader, Signer, Store};
use marsad_interpret::INTERPRETER_VERSION;
use marsad_lake::Lake;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::failure::Failure;
use crate::settings;

/// Version of the archive's layout that this program writes and reads.
const LAYOUT_VERSION: u32 = 1;

/// How long an import waits for another writer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// What `archive.json` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Card {
    marsad_archive: u32,
    id: String,
}

/// An archive that exists.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    root: PathBuf,
    id: String,
}

impl Archive {
    /// Opens an archive that is there.
    pub(crate) fn open(root: &Path) -> Result<Self, Failure> {
        let card = root.join("archive.json");
        let is_there =
            card.try_exists().with_context(|| format!("cannot look into '{}'", root.display()))?;
        if !is_there {
            return Err(Failure::failed(format!(
                "there is no archive at '{}'; import something first, or name another with --archive",
                root.display()
            )));
        }
        let written = fs::read_to_string(&card)
            .with_context(|| format!("cannot read '{}'", card.display()))?;
        let read: Card = serde_json::from_str(&written)
            .with_context(|| format!("'{}' is not an archive card", card.display()))?;
        if read.marsad_archive > LAYOUT_VERSION {
            return Err(Failure::failed(format!(
                "the archive at '{}' was written by a newer Marsad (layout {}); this one reads up to {LAYOUT_VERSION}",
                root.display(),
                read.marsad_archive
            )));
        }
        Ok(Self { root: root.to_owned(), id: read.id })
    }

    /// Opens the archive, or makes it; says whether it is new.
    pub(crate) fn open_or_create(root: &Path) -> Result<(Self, bool), Failure> {
        let card = root.join("archive.json");
        if card.try_exists().unwrap_or(false) {
            return Ok((Self::open(root)?, false));
        }
        fs::create_dir_all(root)
            .with_context(|| format!("cannot make the archive '{}'", root.display()))?;
        let mut bytes = [0u8; 8];
        getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
        let id = hex(&bytes);
        let written =
            serde_json::to_string_pretty(&Card { marsad_archive: LAYOUT_VERSION, id: id.clone() })?;
        let archive = Self { root: root.to_owned(), id };
        // Keys first: an archive without its keys would refuse every import.
        archive.make_keys()?;
        write_synced(&card, written.as_bytes())?;
        Ok((archive, true))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Its name among archives.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn evidence_folder(&self) -> PathBuf {
        self.root.join("evidence")
    }

    /// The search index: derived, never evidence.
    pub(crate) fn search_folder(&self) -> PathBuf {
        self.root.join("search")
    }

    pub(crate) fn lake_folder(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// The evidence log, for its one writer; checkpoints are signed with the archive's key.
    ///
    /// Somebody who looks holds the log for a moment, to write down that he looked: that is waited
    /// for, another import is not.
    pub(crate) fn store(&self) -> Result<Store, Failure> {
        self.store_within(PATIENCE)
    }

    /// The same, waiting at most so long for another writer.
    pub(crate) fn store_within(&self, patience: Duration) -> Result<Store, Failure> {
        let path = self.log_key_path()?;
        let written = fs::read_to_string(&path).with_context(|| {
            format!(
                "the key that signs the evidence log is not at '{}'; put it back, or set MARSAD_KEYS to the folder that holds it",
                path.display()
            )
        })?;
        let signer = Signer::parse(&written)
            .with_context(|| format!("'{}' is no signing key", path.display()))?;
        let options = Options { signer: Some(signer), ..Options::default() };
        let remembered = self.remembered()?;
        let store =
            wait_for(patience, || Store::open_with(&self.evidence_folder(), options.clone()))?;
        self.compare(store.reader(), remembered.as_ref())?;
        Ok(store)
    }

    /// The evidence log, to read. It must go on from the checkpoint that this machine remembers.
    pub(crate) fn reader(&self) -> Result<Reader, Failure> {
        let remembered = self.remembered()?; // first: the log may grow between the two
        let reader = Store::open_read(&self.evidence_folder())?;
        self.compare(&reader, remembered.as_ref())?;
        Ok(reader)
    }

    /// Size and root of the evidence log.
    pub(crate) fn head(&self) -> Result<Head, Failure> {
        if !self.evidence_folder().try_exists().unwrap_or(false) {
            return Ok(Head::default());
        }
        Ok(self.reader()?.head())
    }

    /// Whether anything was ever put on the watch list.
    pub(crate) fn has_desk(&self) -> bool {
        self.root.join("desk.sqlite").is_file()
    }

    /// The desk's book.
    pub(crate) fn desk(&self) -> Result<Desk, Failure> {
        Ok(Desk::open(&self.desk_path())?)
    }

    fn desk_path(&self) -> PathBuf {
        self.root.join("desk.sqlite")
    }

    pub(crate) fn lake(&self) -> Result<Lake, Failure> {
        Ok(Lake::open(&self.lake_folder())?.read_by(INTERPRETER_VERSION))
    }

    /// Where the key for pseudonyms lies.
    pub(crate) fn key_path(&self) -> Result<PathBuf, Failure> {
        Ok(settings::keys_folder()?.join(format!("{}.pseudonyms", self.id)))
    }

    /// Where the key that signs the evidence log lies.
    pub(crate) fn log_key_path(&self) -> Result<PathBuf, Failure> {
        Ok(settings::keys_folder()?.join(format!("{}.log", self.id)))
    }

    /// Where the session of the desk's Telegram account lies, if there is one: a secret as the keys are.
    #[cfg(feature = "mtproto")]
    pub(crate) fn telegram_path(&self) -> Result<PathBuf, Failure> {
        Ok(settings::keys_folder()?.join(format!("{}.telegram", self.id)))
    }

    fn make_keys(&self) -> Result<(), Failure> {
        let path = self.key_path()?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| {
                format!(
                    "cannot make the key folder '{}'; set MARSAD_KEYS to one you can write",
                    folder.display()
                )
            })?;
        }
        let mut key = [0u8; 32];
        getrandom::fill(&mut key).context("the system gives no random numbers")?;
        write_secret(&path, hex(&key).as_bytes())?;
        let signer = Signer::generate(&format!("marsad/{}", self.id))?;
        write_secret(&self.log_key_path()?, signer.secret_text().as_bytes())
    }

    /// Turns people's names into keyed pseudonyms of this archive.
    pub(crate) fn pseudonyms(&self) -> Result<Pseudonyms, Failure> {
        let path = self.key_path()?;
        let written = fs::read_to_string(&path).with_context(|| {
            format!(
                "the key for pseudonyms is not at '{}'; put it back, or set MARSAD_KEYS to the folder that holds it",
                path.display()
            )
        })?;
        let mac = Hmac::<Sha256>::new_from_slice(written.trim().as_bytes())
            .context("the key for pseudonyms is empty")?;
        Ok(Pseudonyms { mac })
    }
}

/// The keyed function behind `author_pid`.
#[derive(Clone)]
pub(crate) struct Pseudonyms {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// `p` and 24 hex digits: the same for the same name on the same platform in one archive, and
    /// nothing without the key.
    pub(crate) fn of(&self, platform: &str, name: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(platform.as_bytes());
        mac.update(&[0]);
        mac.update(name.as_bytes());
        let digest = mac.finalize().into_bytes();
        format!("p{}", hex(digest.get(..12).unwrap_or_default()))
    }

    /// A digest that only a holder of the key can make or compare: of what was typed, which may be
    /// anything.
    pub(crate) fn keyed_digest(&self, domain: &str, written: &str) -> String {
        let mut mac = self.mac.clone();
        for part in [domain, written] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        format!("hmac-sha256:{}", hex(&mac.finalize().into_bytes()))
    }
}

/// Lowercase hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut written, byte| {
        for digit in [byte >> 4, byte & 15] {
            written.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        written
    })
}

/// Tries again while another writer is there.
fn wait_for(patience: Duration, open: impl Fn() -> Result<Store, Error>) -> Result<Store, Error> {
    let started = crate::clock::stopwatch();
    loop {
        match open() {
            Err(Error::Busy(_)) if started.elapsed() < patience => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
}

pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    Ok(write().with_context(|| format!("cannot write '{}'", path.display()))?)
}

fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    Ok(write().with_context(|| format!("cannot write '{}'", path.display()))?)
}
