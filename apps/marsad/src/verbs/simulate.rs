//! `marsad simulate`: a world with known truth, as files to import.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_simulate::{Settings, World};
use serde_json::json;

use crate::cli::{Context, SimulateOptions};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(context: &Context, options: &SimulateOptions) -> Result<ExitCode, Failure> {
    let world = World::parse(&options.world).ok_or_else(|| {
        Failure::usage(format!(
            "'{}' is no world; worlds are: article, quiet, scale",
            options.world
        ))
    })?;
    let folder =
        context.out.as_deref().ok_or_else(|| Failure::usage("say where to with --out DIR"))?;
    let settings = Settings { world, seed: options.seed, posts: options.posts };
    let summary = write(&settings, folder)?;
    if context.json {
        output::json(
            &json!({"world": world.as_str(), "seed": options.seed, "posts": summary.posts, "channels": summary.channels}),
        )?;
    } else {
        let (posts, channels) = (summary.posts, summary.channels);
        output::line(&format!(
            "{posts} posts in {channels} channels: {}",
            folder.join("world.ndjson").display()
        ))?;
        output::line(&format!("what is true in it: {}", folder.join("truth.json").display()))?;
        output::say(
            context,
            &format!("next: marsad import {}", folder.join("world.ndjson").display()),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes `world.ndjson` and `truth.json` into a folder.
pub(crate) fn write(
    settings: &Settings,
    folder: &Path,
) -> Result<marsad_simulate::Summary, Failure> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make '{}'", folder.display()))?;
    let open = |name: &str| {
        let path = folder.join(name);
        let file =
            File::create(&path).with_context(|| format!("cannot write '{}'", path.display()))?;
        Ok::<_, Failure>(BufWriter::with_capacity(1 << 20, file))
    };
    let mut posts = open("world.ndjson")?;
    let mut truth = open("truth.json")?;
    let summary = marsad_simulate::write(settings, &mut posts, &mut truth)?;
    posts.flush()?;
    truth.flush()?;
    Ok(summary)
}
