//! Where a post belongs, and filing it there.

use marsad_types::NONE;

use super::error::Error;
use super::history::{FileRow, PostRow, TextRow};
use super::look::Looked;
use super::space::Space;
use super::{Arrival, Index, name_of};
use crate::group::candidates::{BANDS, band_key};
use crate::group::media::Marks;
use crate::group::resolve::{Coming, Extra, Home, Known, Placed, each_part, place};

/// The place of a post.
pub(super) struct At {
    pub(super) placed: Placed,
    /// Texts that stand in a statement besides their own.
    pub(super) extras: Vec<Extra>,
    pub(super) marks: Vec<Marks>,
    /// Its text, if that is long enough to compare.
    pub(super) comparable: Option<u32>,
    /// Name of its original, where that is not known yet.
    pub(super) original: Option<u128>,
}

impl Index {
    /// Finds the place of a post that was looked at.
    pub(super) fn at(&mut self, arrival: &Arrival<'_>, looked: &Looked) -> Result<At, Error> {
        let (forward, original) = self.forward(arrival.forward_of)?;
        let has_text = looked.text != NONE && looked.size.is_comparable(&self.options);
        let marks: Vec<Marks> = arrival.media.iter().filter_map(Marks::of).collect();
        let comparable = has_text.then_some(looked.text);
        let carries = self.pictures.look(&marks, comparable);
        let coming = Coming {
            text: looked.of_text,
            links: &looked.links,
            forward,
            media: self.pictures.home(&carries, has_text),
            next: self.history.posts(),
        };
        let known = |text: u32| looked.known(text);
        let placed = place(coming, &known);
        let mut extras = Vec::new();
        if looked.is_new() {
            let own = (looked.text, Known { home: placed.home, ..placed.text });
            each_part(own, &looked.links, &known, |extra| extras.push(extra));
        }
        Ok(At { placed, extras, marks, comparable, original })
    }

    /// Files a post at its place.
    pub(super) fn remember(
        &mut self,
        arrival: &Arrival<'_>,
        (channel, looked): (u32, &Looked),
        at: &At,
    ) -> Result<(), Error> {
        let row = self.history.posts();
        let Home { statement, .. } = at.placed.home;
        if looked.is_new() {
            self.remember_text(arrival.text, (channel, looked), at.placed.text)?;
        }
        for body in &looked.bodies {
            self.runs.push(Space::BODY, *body, looked.text);
        }
        for text in &looked.in_series {
            self.in_series.set(*text);
            self.history.push_series(*text)?;
        }
        for extra in &at.extras {
            let number = self.history.push_extra(*extra)?;
            self.runs.push(Space::EXTRA, u128::from(extra.text), number);
        }
        let post = PostRow {
            channel,
            published_at: arrival.published_at.0,
            text: looked.text,
            home: at.placed.home,
            id_at: 0,
            id_bytes: 0,
        };
        self.history.push_post(post, arrival.id)?;
        if let Some(original) = at.original {
            self.runs.push(Space::POST, original, row);
        }
        let own = name_of(arrival.channel, arrival.id);
        if at.original != Some(own) {
            self.runs.push(Space::POST, own, row);
        }
        for marks in &at.marks {
            let file = FileRow { marks: *marks, text: at.comparable, statement };
            self.history.push_file(&file)?;
            self.pictures.push(&file);
        }
        Ok(())
    }

    /// Files a new text.
    fn remember_text(
        &mut self,
        text: &str,
        (channel, looked): (u32, &Looked),
        known: Known,
    ) -> Result<(), Error> {
        let row = TextRow {
            row: self.history.posts(),
            channel,
            frame: looked.frame,
            at: 0,
            bytes: 0,
            tokens: looked.size.tokens,
            letters: looked.size.letters,
            grams: looked.grams().len() as u32,
            known,
        };
        self.history.push_text(row, text)?;
        let options = self.options;
        for signature in looked.signatures(|size| size.is_comparable(&options)) {
            let signed = self.history.push_signed(looked.text, signature)?;
            for band in 0..BANDS {
                let key = band_key(signature, band);
                self.runs.push(Space::band(band), u128::from(key), signed);
            }
        }
        for gram in looked.grams() {
            self.runs.push(Space::GRAM, u128::from(*gram), looked.text);
        }
        Ok(())
    }
}
