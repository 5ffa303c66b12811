//! The file of a session, and the conversation that makes one.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_capture::{Code, Fetcher, Login, LoginError, LoginStep, Session, log_out};

use super::PLATFORM;
use crate::archive::Archive;
use crate::audit::{self, Act, Action};
use crate::cli::Context;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// Wrong codes and passwords before it is given up: Telegram makes who guesses wait.
const TRIES: u32 = 3;

/// Lets questions be asked as the account that is logged in.
pub(super) fn join(
    archive: &Archive,
    settings: &Settings,
    fetcher: &mut Fetcher,
) -> Result<(), Failure> {
    let session = load(archive)?.filter(Session::is_complete).ok_or_else(|| {
        Failure::failed("no Telegram account is logged in; marsad sources login telegram lets one in, or take 'account = true' out of marsad.toml to read the web preview")
    })?;
    fetcher.log_in(session, settings.timeout()).map_err(Failure::failed)
}

/// The session on this machine, where there is one.
fn load(archive: &Archive) -> Result<Option<Session>, Failure> {
    let path = archive.telegram_path()?;
    let written = match fs::read_to_string(&path) {
        Ok(written) => written,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Failure::failed(format!("cannot read '{}': {error}", path.display())));
        }
    };
    only_ours(&path)?;
    Session::read(&written).map(Some).map_err(|error| {
        Failure::failed(format!(
            "'{}' cannot be used: {error}; marsad sources logout telegram takes it away",
            path.display()
        ))
    })
}

/// A session that others may read is theirs too.
#[cfg(unix)]
fn only_ours(path: &std::path::Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map(|found| found.permissions().mode() & 0o777);
    let mode = mode.with_context(|| format!("cannot read '{}'", path.display()))?;
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "'{}' opens the desk's Telegram account and others can read it (mode {mode:o}); chmod 600 it, and log out if somebody may have",
        path.display()
    )))
}

#[cfg(not(unix))]
fn only_ours(_: &std::path::Path) -> Result<(), Failure> {
    Ok(())
}

/// Writes it beside the keys, whole or not at all.
fn save(archive: &Archive, session: &Session) -> Result<(), Failure> {
    let path = archive.telegram_path()?;
    let folder = path.parent().unwrap_or(&path);
    let write = || -> io::Result<()> {
        // A temporary file is its owner's alone from the beginning.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(session.written().as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    Ok(write().with_context(|| format!("cannot write '{}'", path.display()))?)
}

/// Asks for number, code and password, and keeps the session alone.
pub(super) fn login(context: &Context) -> Result<ExitCode, Failure> {
    let (archive, _) = Archive::open_or_create(&context.archive)?;
    let application = Settings::of(archive.root())?.application()?;
    let known = load(&archive)?;
    if known.as_ref().is_some_and(Session::is_complete) {
        return Err(Failure::failed(
            "an account is logged in already; marsad sources logout telegram ends its session first",
        ));
    }
    decided(context, "login")?;
    let (centre, application) = (application.centre, (application.id, application.hash));
    let mut login = Login::begin(known, centre.as_deref(), application).map_err(failed)?;
    // A key is made seldom: a login that is cut off goes on with it.
    save(&archive, login.session())?;
    let phone = asked("Phone number of the desk's account, with + and the country: ")?;
    let Code(way) = login.send_code(&phone).map_err(failed)?;
    save(&archive, login.session())?;
    output::say(context, &format!("Telegram sent a code {way}"));
    let step = tried(&mut || login.sign_in(&asked("Code: ")?).map_err(Problem::of))?;
    if let LoginStep::Password(hint) = step {
        let hint = hint.map_or(String::new(), |hint| format!(" (hint: {hint})"));
        let prompt = format!("Password{hint}: ");
        tried(&mut || login.check_password(&hidden(&prompt)?).map_err(Problem::of))?;
    }
    save(&archive, login.session())?;
    let path = archive.telegram_path()?;
    output::line(&format!("logged in; the session lies in {}", path.display()))?;
    output::say(
        context,
        "note: whoever has that file is the account; [telegram] account = true in marsad.toml lets a watch use it",
    );
    Ok(ExitCode::SUCCESS)
}

/// Ends the session at Telegram's and takes the file away, whatever Telegram says.
pub(super) fn logout(context: &Context) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let path = archive.telegram_path()?;
    if !path.try_exists().unwrap_or(false) {
        return Err(Failure::failed("no Telegram account is logged in"));
    }
    decided(context, "logout")?;
    let ended = match load(&archive) {
        Ok(Some(session)) => log_out(&session).err().map(|error| error.to_string()),
        Ok(None) => None,
        Err(failure) => Some(failure.sentence()),
    };
    fs::remove_file(&path).with_context(|| format!("cannot remove '{}'", path.display()))?;
    output::line("logged out; the session is gone from this machine")?;
    if let Some(why) = ended {
        output::say(
            context,
            &format!(
                "note: Telegram was not told ({why}); end it in Telegram's own program, Settings, Devices"
            ),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// How the account stands on this machine.
pub(super) fn standing(archive: &Archive) -> Result<(String, Option<String>), Failure> {
    let mend = || Some("marsad sources login telegram".to_owned());
    Ok(match load(archive) {
        Ok(Some(session)) if session.is_complete() => {
            ("Telegram is read by an account that is logged in".to_owned(), None)
        }
        Ok(Some(_)) => ("a login to Telegram was not finished".to_owned(), mend()),
        Ok(None) => {
            ("Telegram is to be read by an account, and none is logged in".to_owned(), mend())
        }
        Err(Failure::Failed(error)) => (error.to_string(), mend()),
        Err(other) => return Err(other),
    })
}

/// Who lets an account in or out decides; number, code and password are no part of it.
fn decided(context: &Context, what: &str) -> Result<(), Failure> {
    let mut act = Act::new(Action::Decide, &format!("sources {what}"), &PLATFORM);
    act.subject = Some(PLATFORM.to_owned());
    audit::begin(context, &act).map(drop)
}

/// Why something typed did not do.
enum Problem {
    /// It was wrong: it may be typed again.
    Wrong(String),
    Other(Failure),
}

impl Problem {
    fn of(error: LoginError) -> Self {
        match error {
            LoginError::Refused(why) => Self::Wrong(why),
            other => Self::Other(failed(other)),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

fn tried<T>(one: &mut dyn FnMut() -> Result<T, Problem>) -> Result<T, Failure> {
    let mut tries = 0;
    loop {
        tries += 1;
        match one() {
            Ok(done) => return Ok(done),
            Err(Problem::Wrong(why)) if tries < TRIES => output::error(&why),
            Err(Problem::Wrong(why)) => return Err(Failure::failed(why)),
            Err(Problem::Other(failure)) => return Err(failure),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn failed(error: LoginError) -> Failure {
    Failure::failed(error.to_string())
}

/// A line that somebody types.
fn asked(prompt: &str) -> Result<String, Failure> {
    output::prompt(prompt)?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("cannot read what is typed")?;
    let typed = line.trim();
    if typed.is_empty() {
        return Err(Failure::failed("nothing was typed; nothing is changed"));
    }
    Ok(typed.to_owned())
}

/// A line that nobody sees.
fn hidden(prompt: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return asked(prompt);
    }
    output::prompt(prompt)?;
    Ok(rpassword::read_password().context("cannot read what is typed")?)
}
