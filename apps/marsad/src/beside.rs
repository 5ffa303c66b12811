//! Files that lie beside an input and are named by its posts, and nothing else of the file system.
//!
//! A name comes from somebody else's export. It is followed down from the input's folder through real
//! folders to a real file; a link, a way up or a device on the way is refused, not followed.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::archive::hex;

/// Files of more bytes are hashed and not kept: a record of the evidence is one block, held in memory
/// some three times over when it is written, proved or checked, and a film is no statement's text.
pub(crate) const KEPT_BYTES_MAX: u64 = 64 << 20;

const PIECE_BYTES: usize = 1 << 20;

/// The folder that an input lies in.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// What a file holds.
pub(crate) enum Content {
    /// Small enough to be kept.
    Whole(Vec<u8>),
    /// Too large; what it holds, in short.
    Hashed { sha256: String, bytes: u64 },
}

impl Folder {
    /// The folder of an input.
    pub(crate) fn of(input: &Path) -> Self {
        Self(input.parent().map_or_else(PathBuf::new, Path::to_owned))
    }

    /// The file of a name; `Ok(None)` where there is none.
    ///
    /// # Errors
    /// One that says why the name is not followed.
    pub(crate) fn find(&self, name: &str) -> io::Result<Option<Found>> {
        let refused = |why: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        let mut path = self.0.clone();
        let mut last = None;
        for part in Path::new(name).components() {
            match part {
                Component::CurDir => continue,
                Component::Normal(part) => path.push(part),
                _ => return refused("it leads out of the input's folder"),
            }
            // Windows takes `a\..\b` and `x:y` apart where others see one name.
            let is_plain = !part.as_os_str().to_string_lossy().contains(['\\', ':', '\0']);
            if !is_plain {
                return refused("it is no plain file name");
            }
            let kind = match fs::symlink_metadata(&path) {
                Ok(kind) => kind,
                Err(error) if is_absence(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            if kind.is_symlink() {
                return refused("it is a link, and links are not followed");
            }
            last = Some(kind);
        }
        match last {
            Some(kind) if kind.is_file() => Ok(Some(Found { path, bytes: kind.len() })),
            Some(_) => refused("it is no file"),
            None => Ok(None),
        }
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
    )
}

impl Found {
    /// Reads the file whole if it is small enough to be kept, in pieces otherwise.
    pub(crate) fn content(&self) -> io::Result<Content> {
        let mut file = File::open(&self.path)?;
        if self.bytes <= KEPT_BYTES_MAX {
            let mut bytes = Vec::with_capacity(self.bytes as usize);
            // One byte more than may be kept: a file that has grown meanwhile is seen to.
            (&mut file).take(KEPT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 <= KEPT_BYTES_MAX {
                return Ok(Content::Whole(bytes));
            }
            file = File::open(&self.path)?;
        }
        let (mut hash, mut piece, mut bytes) = (Sha256::new(), vec![0; PIECE_BYTES], 0);
        loop {
            let count = match file.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hash.update(piece.get(..count).unwrap_or_default());
            bytes += count as u64;
        }
        Ok(Content::Hashed { sha256: hex(&hash.finalize()), bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_followed_down_and_nowhere_else() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("export");
        fs::create_dir_all(inner.join("photos")).unwrap();
        fs::write(outer.path().join("secret"), "secret").unwrap();
        fs::write(inner.join("photos/a.jpg"), "abc").unwrap();
        let folder = Folder::of(&inner.join("result.json"));
        let found = |name: &str| folder.find(name).unwrap();
        let path = inner.join("photos/a.jpg");
        assert_eq!(found("photos/a.jpg"), Some(Found { path, bytes: 3 }));
        assert!(found("./photos/a.jpg").is_some());
        for absent in ["photos/b.jpg", "films/a.mp4", "photos/a.jpg/b", ""] {
            assert_eq!(found(absent), None, "{absent}");
        }
        let secret = outer.path().join("secret");
        let absolute = secret.to_str().unwrap();
        for refused in
            ["../secret", "photos/../../secret", absolute, "photos", "photos\\..\\a", ".."]
        {
            assert!(folder.find(refused).is_err(), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("export");
        fs::create_dir_all(outer.path().join("elsewhere")).unwrap();
        fs::create_dir_all(&inner).unwrap();
        fs::write(outer.path().join("elsewhere/a.jpg"), "abc").unwrap();
        std::os::unix::fs::symlink(outer.path().join("elsewhere"), inner.join("photos")).unwrap();
        std::os::unix::fs::symlink("../elsewhere/a.jpg", inner.join("b.jpg")).unwrap();
        let folder = Folder::of(&inner.join("result.json"));
        for name in ["photos/a.jpg", "b.jpg"] {
            let error = folder.find(name).unwrap_err();
            assert_eq!(error.to_string(), "it is a link, and links are not followed", "{name}");
        }
    }

    #[test]
    fn a_large_file_is_hashed_in_pieces_and_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        File::create(&path).unwrap().set_len(KEPT_BYTES_MAX + 5).unwrap();
        let found = Folder::of(&folder.path().join("r.json")).find("film.mp4").unwrap().unwrap();
        let Content::Hashed { sha256, bytes } = found.content().unwrap() else {
            panic!("it is too large to be kept")
        };
        assert_eq!(bytes, KEPT_BYTES_MAX + 5);
        let zeros = vec![0; KEPT_BYTES_MAX as usize + 5];
        assert_eq!(sha256, hex(&Sha256::digest(&zeros)));
        File::options().write(true).open(&path).unwrap().set_len(KEPT_BYTES_MAX).unwrap();
        let found = Folder::of(&path).find("film.mp4").unwrap().unwrap();
        assert!(matches!(found.content().unwrap(), Content::Whole(_)));
    }
}
