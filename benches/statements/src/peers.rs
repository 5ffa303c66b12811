//! The posts handed to the peers, and what they found.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use crate::post::World;
use crate::problem::Problem;
use crate::score::{Pair, Scores, pairs, score};

/// One text a line, as JSON.
pub(crate) fn write(path: &Path, world: &World) -> Result<(), Problem> {
    let mut file = BufWriter::new(File::create(path)?);
    for post in &world.posts {
        writeln!(file, "{}", serde_json::to_string(&post.text)?)?;
    }
    file.flush()?;
    Ok(())
}

/// Scores of each library by setting.
#[derive(Default)]
pub(crate) struct Peers {
    pub(crate) by_setting: BTreeMap<(String, String), Scores>,
}

impl Peers {
    /// Reads `WORLD.LIBRARY.SETTING.groups`: a line a group, rows with a space between.
    pub(crate) fn read(
        &mut self,
        folder: &Path,
        name: &str,
        world: &World,
        truth: &[Pair],
    ) -> Result<(), Problem> {
        let Ok(files) = std::fs::read_dir(folder) else { return Ok(()) };
        for file in files {
            let path = file?.path();
            let Some(stem) = path.file_name().and_then(|f| f.to_str()) else { continue };
            let parts: Vec<&str> = stem.split('.').collect();
            let [world_name, library, setting, "groups"] = parts.as_slice() else { continue };
            if *world_name != name {
                continue;
            }
            let mut groups: Vec<Vec<usize>> = Vec::new();
            for line in BufReader::new(File::open(&path)?).lines() {
                groups.push(line?.split(' ').map(str::parse).collect::<Result<_, _>>()?);
            }
            let scores = score(world, truth, &pairs(groups), |_, _| {});
            let key = ((*library).to_owned(), (*setting).to_owned());
            self.by_setting.entry(key).or_default().add(&scores);
        }
        Ok(())
    }

    /// The setting of each library with the highest F1 over all.
    pub(crate) fn best(&self) -> Vec<(String, &Scores)> {
        let mut best: BTreeMap<&str, (&str, &Scores)> = BTreeMap::new();
        for ((library, setting), scores) in &self.by_setting {
            let known = best.entry(library).or_insert((setting, scores));
            if scores.all.f1() > known.1.all.f1() {
                *known = (setting, scores);
            }
        }
        let named = |(library, (setting, scores)): (&str, (&str, _))| {
            (format!("{library} {setting}"), scores)
        };
        best.into_iter().map(named).collect()
    }
}
