//! A post that was posted.

use super::draft::{Draft, Media};
use crate::time::Timeline;

#[derive(Debug)]
pub(super) struct Post {
    pub(super) at_ms: i64,
    pub(super) draft: Draft,
    pub(super) texts: Timeline<String>,
    pub(super) views: Timeline<u64>,
    pub(super) deleted_ms: Option<i64>,
}

impl Post {
    pub(super) fn new(at_ms: i64, draft: Draft) -> Self {
        let texts = Timeline::new(at_ms, draft.text.clone());
        let views = Timeline::new(at_ms, draft.views);
        Self { at_ms, draft, texts, views, deleted_ms: None }
    }

    /// Whether it is to be seen at an instant.
    pub(super) fn is_up(&self, now_ms: i64) -> bool {
        self.at_ms <= now_ms && self.deleted_ms.is_none_or(|deleted| deleted > now_ms)
    }

    pub(super) fn text(&self, now_ms: i64) -> &str {
        self.texts.at(now_ms).map_or("", String::as_str)
    }

    pub(super) fn is_edited(&self, now_ms: i64) -> bool {
        self.texts.changes(now_ms).0 > 0
    }

    /// How many ids it takes: one, or as many as its album has pictures.
    pub(super) fn messages(&self) -> u32 {
        match self.draft.media {
            Some(Media::Album(pictures)) => pictures.max(1),
            _ => 1,
        }
    }

    /// Photos, videos, files and links in it.
    pub(super) fn counted(&self) -> [u64; 4] {
        let links = u64::from(self.draft.text.contains("://"));
        match self.draft.media {
            Some(Media::Photo) => [1, 0, 0, links],
            Some(Media::Album(pictures)) => [u64::from(pictures), 0, 0, links],
            Some(Media::Video(_)) => [0, 1, 0, links],
            Some(Media::File(..)) => [0, 0, 1, links],
            _ => [0, 0, 0, links],
        }
    }
}
