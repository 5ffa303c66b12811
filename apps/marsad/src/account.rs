//! The desk's Telegram account: letting it in and out, and handing its session to whoever asks.
//!
//! The session is a secret like the archive's keys and lies beside them, for its owner alone. It
//! stands in no record, no log and no report; what is typed to get it is kept nowhere.

#[cfg(feature = "mtproto")]
mod session;
#[cfg(not(feature = "mtproto"))]
mod without;

use std::process::ExitCode;

use marsad_capture::{Fetcher, Places};

#[cfg(not(feature = "mtproto"))]
use self::without as session;
use crate::archive::Archive;
use crate::cli::{AccountPlatform, Context};
use crate::failure::Failure;
use crate::settings::Settings;

/// The platform that an account is for.
pub(crate) const PLATFORM: &str = "telegram";
/// Whether this program can ask by an account.
pub(crate) const IS_BUILT: bool = cfg!(feature = "mtproto");
/// What is said where it cannot.
pub(crate) const NOT_BUILT: &str =
    "this Marsad was built without it (cargo build --features mtproto builds it with)";

/// Lets questions be asked by the account, where settings say that Telegram is read by one.
pub(crate) fn join(
    archive: &Archive,
    (settings, places): (&Settings, &Places),
    fetcher: &mut Fetcher,
) -> Result<(), Failure> {
    if places.account.is_none() {
        return Ok(());
    }
    session::join(archive, settings, fetcher)
}

/// Lets the desk's account in.
pub(crate) fn login(context: &Context, platform: AccountPlatform) -> Result<ExitCode, Failure> {
    let AccountPlatform::Telegram = platform;
    session::login(context)
}

/// Ends its session.
pub(crate) fn logout(context: &Context, platform: AccountPlatform) -> Result<ExitCode, Failure> {
    let AccountPlatform::Telegram = platform;
    session::logout(context)
}

/// How the account stands: what was found, and how to mend it. `None` where settings ask for none.
pub(crate) fn standing(
    archive: &Archive,
    places: &Places,
) -> Result<Option<(String, Option<String>)>, Failure> {
    if places.account.is_none() {
        return Ok(None);
    }
    session::standing(archive).map(Some)
}
