//! Small worlds of neutral texts with the changes that channels make.

use marsad_types::{ChannelKey, Corpus, Media, NONE, Platform, Timestamp};
use proptest::prelude::*;

use super::super::{Answer, Arrival, Error, Index};

/// More than there are pictures.
const NO_PICTURE: usize = 20;

/// How a post is made of what there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    channel: usize,
    kind: usize,
    a: usize,
    b: usize,
    number: usize,
    media: usize,
}

/// Any post.
pub(super) fn spec(channels: usize) -> impl Strategy<Value = Spec> {
    (0..channels, 0usize..16, 0usize..8, 0usize..8, 0usize..30, 0usize..24).prop_map(
        |(channel, kind, a, b, number, media)| Spec { channel, kind, a, b, number, media },
    )
}

const STORIES: [&str; 8] = [
    "Heavy rain and strong wind are expected in the northern valleys on Monday night, the weather service said, and asked drivers to stay at home until the morning.",
    "The night train between the two coasts will run again from the first of May, after three years of works on the long tunnel under the pass.",
    "The football match of the two oldest clubs of the town was put off because the grass of the stadium is under water after a week of rain.",
    "В северных долинах ожидаются сильный дождь и порывистый ветер, сообщила служба погоды и попросила водителей остаться дома до утра понедельника.",
    "Ночной поезд между двумя берегами снова пойдёт с первого мая после трёх лет работ в длинном тоннеле под перевалом, сказали на железной дороге.",
    "اعلنت هيئة الارصاد ان الامطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة وطلبت من السائقين البقاء في بيوتهم حتى الصباح الباكر",
    "Trams run every ten minutes today",
    "The library opens on Sunday and the swimming pool is warm again",
];
const TOWNS: [&str; 8] =
    ["Leeds", "Bristol", "Cardiff", "Durham", "Exeter", "Oxford", "Dover", "Truro"];
/// A channel's header and footer; in DAY stands the day of the post.
const FRAMES: [(&str, &str); 5] = [
    ("", ""),
    ("The daily voice of the valley\n", "\nSubscribe to the voice of the valley"),
    ("", "\nJoin the coast channel\nWrite to the coast desk"),
    ("Coast weather desk: ", ""),
    ("Report of the morning, DAY May 2024\n", ""),
];

impl Spec {
    /// A weather bulletin with its own figures.
    pub(super) fn bulletin(channel: usize, nth: usize) -> Self {
        Self { channel, kind: 10, a: 0, b: nth % 8, number: 4 + nth / 8, media: NO_PICTURE }
    }

    /// A story with a word of its own added.
    pub(super) fn added(nth: usize) -> Self {
        Self { channel: 0, kind: 15, a: 0, b: 0, number: 100 + nth, media: NO_PICTURE }
    }

    /// A story, as it is.
    pub(super) fn story(channel: usize, nth: usize) -> Self {
        Self { channel, kind: 0, a: nth % 6, b: 0, number: 20, media: NO_PICTURE }
    }

    fn text(&self) -> String {
        let Self { kind, a, b, number, .. } = *self;
        let story = STORIES[a];
        let words: Vec<&str> = story.split(' ').collect();
        match kind {
            0..=2 => story.to_owned(),
            3 => story.to_uppercase(),
            4 => story.replacen(words[b % words.len()], "perhaps", 1),
            5 => format!("{}…", words[..words.len().min(12 + b)].join(" ")),
            6 => {
                format!("Today in short:\n• {story}\n• {}\n• {}", STORIES[b], STORIES[(a + b) % 8])
            }
            7 => format!("{story} {}", STORIES[b]),
            8..=9 => format!(
                "The weather service warns of strong wind and heavy rain in the area of {} until \
                 late in the evening; drivers are asked to slow down and not to park under trees.",
                TOWNS[b]
            ),
            10..=11 => format!(
                "Weather bulletin for the northern valleys: temperature up to {number} degrees, \
                 wind of {b} metres a second, no rain is expected before the evening."
            ),
            12 => String::new(),
            13 => format!("📌 {story} https://example.org/{b}"),
            14 => format!("Rain until {} noon", TOWNS[b]),
            _ => format!("{story} {} {}", TOWNS[b], name(number)),
        }
    }

    fn framed(&self, plain: bool) -> String {
        let (head, foot) = if plain { ("", "") } else { FRAMES[self.channel % FRAMES.len()] };
        let text = self.text();
        let head = head.replace("DAY", &(1 + self.number / 8).to_string());
        if text.is_empty() { text } else { format!("{head}{text}{foot}") }
    }

    fn picture(&self) -> Option<Media> {
        let hash = [
            "f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22",
            "07f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22",
            "1122334455667788990011223344556677889900aabbccddeeff001122334455",
            "ffffeeee0000ccccbbbbaaaa99998888777766665555444433332222111100ff",
        ];
        let pdq = hash.get(self.media)?;
        Some(Media {
            kind: "image".into(),
            sha256: (self.media == 2).then(|| format!("{:064}", self.b / 4)),
            file: None,
            pdq: Some((*pdq).to_owned()),
            pdq_quality: Some(80),
        })
    }
}

/// A word of its own for each number.
fn name(number: usize) -> String {
    let mixed = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (0..6).map(|place| char::from(b'a' + (mixed >> (place * 9) & 0xFF) as u8 % 26)).collect()
}

/// Posts a second apart. A plain world has four posts a channel and no frames.
pub(super) fn corpus(specs: &[Spec], plain: bool) -> Corpus {
    first_rows(specs, specs.len(), plain)
}

/// The first posts of such a world.
pub(super) fn first_rows(specs: &[Spec], rows: usize, plain: bool) -> Corpus {
    let mut corpus = Corpus::default();
    let platform = Platform::new("telegram").unwrap();
    let key = |channel: usize| ChannelKey::new(platform.clone(), &format!("c{channel}"));
    for (row, spec) in specs.iter().enumerate().take(rows) {
        let channel = if plain { row / 4 } else { spec.channel };
        corpus.posts.channel.push(corpus.channels.intern(&key(channel)));
        corpus.posts.post.push(&row.to_string());
        corpus.posts.published_at.push(row as i64 * 1000);
        corpus.posts.resolution_ms.push(0);
        corpus.posts.observed_first.push(i64::MIN);
        corpus.posts.deleted_at.push(i64::MIN);
        corpus.posts.text.push(&spec.framed(plain));
        let mut forward = NONE;
        if spec.number < 4 {
            // Of an earlier post, of one not seen, of one to come, or of one unknown.
            let of = [row * spec.a / 8, 100_000 + spec.b, row + spec.b, 0][spec.number];
            let from = if plain { of / 4 } else { specs.get(of).map_or(99, |s| s.channel) };
            corpus.forwards.channel.push(corpus.channels.intern(&key(from)));
            corpus.forwards.post.push(&if spec.number == 3 {
                String::new()
            } else {
                of.to_string()
            });
            corpus.forwards.published_at.push(i64::MIN);
            forward = corpus.forwards.channel.len() as u32 - 1;
        }
        corpus.posts.forward.push(forward);
        corpus.posts.media.extend(spec.picture().map(|media| (row as u32, media)));
    }
    corpus
}

/// Hands a row of a corpus to `to`.
pub(super) fn arrive<T>(corpus: &Corpus, row: usize, to: impl FnOnce(&Arrival<'_>) -> T) -> T {
    let posts = &corpus.posts;
    let own = posts.media.iter().filter(|(other, _)| *other as usize == row);
    let media: Vec<Media> = own.map(|(_, media)| media.clone()).collect();
    let forward_of = (posts.forward[row] != NONE).then(|| {
        let forward = posts.forward[row] as usize;
        let channel = corpus.channels.key(corpus.forwards.channel[forward]).unwrap();
        (channel, corpus.forwards.post.get(forward))
    });
    to(&Arrival {
        channel: corpus.channels.key(posts.channel[row]).unwrap(),
        id: posts.post.get(row),
        published_at: Timestamp(posts.published_at[row]),
        text: posts.text.get(row),
        forward_of,
        media: &media,
    })
}

/// Inserts a row of a corpus.
pub(super) fn insert(index: &mut Index, corpus: &Corpus, row: usize) -> Result<Answer, Error> {
    arrive(corpus, row, |arrival| index.insert(arrival))
}
