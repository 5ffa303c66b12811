//! Writes a world to a folder: `cargo run --example world -- article 1 /tmp/world [POSTS]`.

use std::fs::File;
use std::io::{BufWriter, Error, Write};
use std::path::PathBuf;

use marsad_simulate::{Settings, World, write};

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let world = arguments.next().and_then(|name| World::parse(&name)).unwrap_or(World::Article);
    let seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "world".to_owned()));
    let posts = arguments.next().and_then(|posts| posts.parse().ok());
    std::fs::create_dir_all(&folder)?;
    let mut lines = BufWriter::new(File::create(folder.join("world.ndjson"))?);
    let mut truth = BufWriter::new(File::create(folder.join("truth.json"))?);
    let summary = write(&Settings { world, seed, posts }, &mut lines, &mut truth)?;
    lines.flush()?;
    truth.flush()?;
    writeln!(std::io::stdout(), "{summary:?}")
}
