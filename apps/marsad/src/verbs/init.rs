//! `marsad init`: an empty archive and its secret key.

use std::process::ExitCode;

use serde_json::json;

use crate::archive::Archive;
use crate::cli::Context;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(context: &Context) -> Result<ExitCode, Failure> {
    let (archive, is_new) = Archive::open_or_create(&context.archive)?;
    let store = archive.store()?;
    archive.remember(store.reader().checkpoint())?;
    drop(store);
    let key = archive.key_path()?;
    if context.json {
        output::json(&json!({"archive": archive.root(), "new": is_new, "key": key}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = archive.root().display();
    let said = if is_new {
        format!("made the archive '{folder}'")
    } else {
        format!("the archive '{folder}' is there already")
    };
    output::line(&said)?;
    output::say(
        context,
        &format!(
            "its key for pseudonyms is '{}': keep a copy, and keep it apart from the archive",
            key.display()
        ),
    );
    output::say(context, "next: marsad import FILE");
    Ok(ExitCode::SUCCESS)
}
