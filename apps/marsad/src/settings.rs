//! What comes from the environment. The only file that reads it.

use std::path::PathBuf;

use crate::failure::Failure;

/// Folder that holds the secret keys of archives, outside of them: `$MARSAD_KEYS`, else
/// `$XDG_CONFIG_HOME/marsad/keys`, else `~/.config/marsad/keys`.
pub(crate) fn keys_folder() -> Result<PathBuf, Failure> {
    if let Some(folder) = variable("MARSAD_KEYS") {
        return Ok(PathBuf::from(folder));
    }
    if let Some(config) = variable("XDG_CONFIG_HOME") {
        return Ok(PathBuf::from(config).join("marsad/keys"));
    }
    let home = variable("HOME").ok_or_else(|| {
        Failure::usage("there is no home folder for the archive's secret key; set MARSAD_KEYS to a folder outside the archive")
    })?;
    Ok(PathBuf::from(home).join(".config/marsad/keys"))
}

/// Whether colours are unwanted (`NO_COLOR`, any value).
pub(crate) fn no_colour() -> bool {
    variable("NO_COLOR").is_some()
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
