//! `marsad sources hook`: where a platform delivers the bot's news, and how that ends.

use std::process::ExitCode;

use marsad_capture::Hook;
use marsad_types::Timestamp;
use serde_json::{Value, json};

use crate::audit::{self, Act, Action};
use crate::cli::{Context, HookOptions, HookPlatform};
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;
use crate::watch::answer_to_one;

pub(super) fn run(context: &Context, options: &HookOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let settings = Settings::of(archive.root())?;
    match options.platform {
        HookPlatform::Max if options.remove => remove(context, &settings, options.url.as_deref()),
        HookPlatform::Max => list(context, &settings),
    }
}

/// Says why MAX gave no answer to work with.
fn refused(why: &str) -> Failure {
    Failure::failed(format!("MAX does not answer to the bot's token ({why}); see MARSAD_MAX_TOKEN"))
}

fn list(context: &Context, settings: &Settings) -> Result<ExitCode, Failure> {
    let ours = settings.hook()?;
    let answer = answer_to_one(settings, Hook::look(&settings.places()?))?;
    let listed = Hook::looked(&answer).map_err(|why| refused(&why))?;
    let row = |one: &marsad_capture::Subscription| {
        let is_ours = ours.as_ref().is_some_and(|place| place.url.as_str() == one.url);
        let since = one.since.map(|at| Timestamp(at).to_string());
        json!({"url": one.url, "since": since, "kinds": one.kinds, "ours": is_ours})
    };
    let rows: Vec<Value> = listed.iter().map(row).collect();
    let found = json!({"subscriptions": rows.len(), "rows": rows});
    output::finding(context, &found, &["url", "since", "ours"])?;
    Ok(ExitCode::SUCCESS)
}

fn remove(
    context: &Context,
    settings: &Settings,
    named: Option<&str>,
) -> Result<ExitCode, Failure> {
    let ours = settings.hook()?.map(|place| place.url.to_string());
    let url = named.map(str::to_owned).or(ours).ok_or_else(|| {
        Failure::usage("marsad.toml names no web hook of MAX; say which with --url, `marsad sources hook max` shows them")
    })?;
    // Who hears the news is a decision, as what is watched is. The address is nobody's business.
    audit::begin(context, &Act::new(Action::Decide, "sources hook max --remove", &()))?;
    let answer = answer_to_one(settings, Hook::end(&settings.places()?, &url))?;
    Hook::ended(&answer).map_err(|why| {
        Failure::failed(format!("MAX did not end the subscription of '{url}': {why}"))
    })?;
    if context.json {
        output::json(&json!({"removed": url}))?;
    } else {
        output::line(&format!("MAX delivers no longer to {url}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
