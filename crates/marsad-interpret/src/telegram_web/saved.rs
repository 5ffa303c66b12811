//! A page saved as a file (`--as telegram-web`).

use std::io::{BufRead, Read as _};

use marsad_types::Reading;

use super::{Look, PAGE_BYTES_MAX, address};
use crate::Manifest;
use crate::html::Page;
use crate::lines::Problems;

/// Reads a saved page. Its file does not say when it was taken; `observed_at` of the manifest may.
pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let mut reading = Reading::default();
    let mut body = Vec::new();
    match input.take(PAGE_BYTES_MAX as u64 + 1).read_to_end(&mut body) {
        Ok(_) => {
            let look = Look {
                platform: &platform,
                asked: saved_from(&body).as_deref().and_then(address::asked),
                at: manifest.observed_at.as_deref().and_then(|time| time.parse().ok()),
                channel: manifest.channel.as_deref(),
                previous: None,
                steady: None,
            };
            look.page(&body, &mut reading);
        }
        Err(error) => reading.problem(1, format!("the input cannot be read further: {error}")),
    }
    sink(reading);
}

/// The address that a browser wrote into the page when it saved it:
/// `saved from url=(0027)https://t.me/s/name`, or SingleFile's `url: https://t.me/s/name`.
fn saved_from(body: &[u8]) -> Option<String> {
    let head = body.get(..4096).unwrap_or(body);
    let page = Page::parse(head);
    let found = page.comments().find_map(|comment| {
        let by_browser = comment
            .split_once("saved from url=(")
            .and_then(|(_, rest)| rest.split_once(')').map(|(_, url)| url));
        by_browser.or_else(|| comment.split_once("url: ").map(|(_, url)| url))
    });
    let address = found?.split_ascii_whitespace().next()?;
    Some(address::telegram(address)?.0)
}
