//! Names of files that lie beside an input: kept where they lead into its folder, refused where not.
//!
//! Whoever opens such a file looks at its path again; here a name that means harm is said aloud, as a
//! problem of its post, and the same one whenever the input is read again.

use marsad_types::{Post, Reading};

use crate::json::{Value, shorten};
use crate::lines::Problems;

/// Longest path that is taken for one.
const PATH_BYTES_MAX: usize = 1024;

/// A path as an export writes it; `None` where the export says in words why there is none, such as
/// `(File not included. Change data exporting settings to download.)`, or names a place on the web.
pub(crate) fn named(value: &Value<'_>) -> Option<String> {
    let Value::Text(written) = value else { return None };
    let is_path = !written.is_empty() && !written.starts_with('(') && !written.contains("://");
    // Exports made under Windows part their paths with `\`.
    is_path.then(|| written.replace('\\', "/"))
}

/// Keeps a post; a file that cannot lie in the input's folder is a problem, and the post is kept
/// without it.
pub(crate) fn keep(reading: &mut Reading, mut post: Post) {
    for media in &mut post.media {
        let Some(path) = media.file.take() else { continue };
        if is_inside(&path) {
            media.file = Some(path);
        } else {
            let path = shorten(&path);
            let reason = format!("the file '{path}' is not in the input's folder; it is not read");
            reading.problem(post.line, reason);
        }
    }
    reading.posts.push(post);
}

/// Whether a path goes down from the folder it begins in, by its letters alone.
fn is_inside(path: &str) -> bool {
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    let has_control = path.chars().any(char::is_control);
    let mut parts = path.strip_prefix("./").unwrap_or(path).split('/');
    !has_drive
        && !has_control
        && path.len() <= PATH_BYTES_MAX
        && parts.all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_go_down_are_inside() {
        for path in
            ["photos/photo_1@27-11-2019.jpg", "a", "./assets/x-map.png", "ü/…/..x", "a:b/c:d"]
        {
            assert_eq!(is_inside(path), path != "a:b/c:d", "{path}");
        }
        let long = "x".repeat(PATH_BYTES_MAX + 1);
        for path in [
            "",
            ".",
            "..",
            "../a",
            "a/../../b",
            "/etc/passwd",
            "//host/a",
            "C:/a",
            "a/",
            "a\0b",
            &long,
        ] {
            assert!(!is_inside(path), "{path}");
        }
    }

    #[test]
    fn words_and_addresses_are_no_paths() {
        let named = |text: &str| named(&Value::Text(text.into()));
        assert_eq!(named("(File not included. Change data exporting settings to download.)"), None);
        assert_eq!(named("https://cdn.example.org/a.png"), None);
        assert_eq!(named(""), None);
        assert_eq!(named("room.json_Files\\a.png").as_deref(), Some("room.json_Files/a.png"));
        assert_eq!(named("..\\..\\secret").as_deref(), Some("../../secret"));
    }
}
