//! What answers mean: written by grammers, read by our own reader of the schema.

use std::collections::BTreeSet;
use std::path::PathBuf;

use grammers_tl_types::{Deserializable, Serializable, enums, types};
use marsad_capture::{Answer, Memory, Plan};
use marsad_mock::telegram::account::Account;
use marsad_mock::telegram::{Draft, LinkPreview, Media, Reaction, Telegram};
use marsad_types::{Author, Post, Reading, Timestamp};
use proptest::prelude::*;

use crate::desk::{BEGIN, places, read, visit_of};

const NAME: &str = "coastweather";

/// A channel with one post of every kind.
fn kinds() -> std::sync::Arc<Telegram> {
    let telegram = std::sync::Arc::new(Telegram::new());
    telegram.add_channel(NAME, "Coast Weather", 15_231, BEGIN);
    telegram.add_channel("railnotices", "Rail Notices", 40, BEGIN);
    let post =
        |minute: i64, draft: Draft| telegram.post(NAME, BEGIN + minute * 60_000, draft).unwrap();
    post(0, Draft::service("Channel created"));
    let first =
        post(1, Draft::text("Wind 11 kn 👍 see https://example.org/a?b=1 now").signed("Duty"));
    post(2, Draft::text("Line 2 is late").forwarded("Rail Notices", "railnotices", 7));
    post(3, Draft::text("Seen elsewhere").forwarded_hidden("Somebody"));
    post(4, Draft::text("As said").replying(first));
    post(5, Draft::album(3, "Three pictures"));
    post(6, Draft { media: Some(Media::Video(30)), ..Draft::text("") });
    post(7, Draft { media: Some(Media::Voice(9)), ..Draft::text("") });
    post(8, Draft { media: Some(Media::File("a.pdf".into(), "1 MB".into())), ..Draft::text("") });
    post(9, Draft { media: Some(Media::Location(53.5, 8.1)), ..Draft::text("") });
    let poll =
        Media::Poll("Ferry or train?".into(), vec![("Ferry".into(), 4), ("Train".into(), 6)], 10);
    post(10, Draft { media: Some(poll), ..Draft::text("") });
    post(11, Draft { media: Some(Media::NotSupported), ..Draft::text("") });
    let shown = LinkPreview { address: "https://example.org/b".into(), ..LinkPreview::default() };
    post(12, Draft { link_preview: Some(shown), ..Draft::text("Forecast") });
    let reactions = vec![(Reaction::Emoji("👍".into()), 12), (Reaction::Custom(5), 2)];
    post(13, Draft { reactions, ..Draft::text("Calm") });
    telegram.edit(NAME, first + 1, BEGIN + 900_000, "Line 2 runs again").unwrap();
    telegram
}

/// The first page of a channel as it came, and what it says.
fn page(telegram: &std::sync::Arc<Telegram>) -> (marsad_capture::Ask, Answer, Reading) {
    let account = Account::new(telegram.clone());
    let memory = Memory::default();
    let mut visit = visit_of("telegram:coastweather", &places(false), &memory, Plan::follow(50));
    loop {
        let ask = visit.next().unwrap();
        let came = account.invoke(&ask.body, BEGIN + 9_000_000);
        let answer = Answer { status: came.status, headers: came.headers, body: came.body };
        if ask.url.contains("getHistory") {
            let reading = read(&ask, &answer, BEGIN + 9_000_000);
            return (ask, answer, reading);
        }
        visit.hear(&answer, BEGIN + 9_000_000);
    }
}

fn media(post: &Post) -> Vec<&str> {
    post.media.iter().map(|media| media.kind.as_str()).collect()
}

#[test]
fn every_kind_of_post_is_read_as_the_web_shows_it() {
    let (_, answer, reading) = page(&kinds());
    assert_eq!(reading.problems, []);
    let posts = &reading.posts;
    let texts: Vec<&str> = posts.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Wind 11 kn 👍 see https://example.org/a?b=1 now",
            "Line 2 runs again",
            "Seen elsewhere",
            "As said",
            "Three pictures",
            "",
            "",
            "",
            "",
            "Ferry or train?\nFerry\nTrain",
            "",
            "Forecast",
            "Calm",
        ]
    );
    assert_eq!(posts[0].links, ["https://example.org/a?b=1"]);
    assert_eq!(posts[0].author, Author::Name("Duty".to_owned()));
    assert_eq!((posts[0].views, posts[0].forwards), (Some(1), Some(0)));
    let forward = posts[1].forward.as_ref().unwrap();
    assert_eq!(forward.channel.to_string(), "telegram:1900000002");
    assert_eq!(forward.post.as_deref(), Some("7"));
    assert_eq!(posts[1].edited_at, Some(Timestamp(BEGIN + 900_000)));
    assert_eq!(posts[2].forward, None, "a hidden origin is none");
    assert_eq!(posts[3].reply_to.as_deref(), Some("2"));
    assert_eq!(media(&posts[4]), ["image", "image", "image"]);
    let kinds: Vec<Vec<&str>> = posts[5..11].iter().map(media).collect();
    let expected = ["video", "audio", "file", "location", "poll", "other"];
    assert_eq!(kinds, expected.map(|kind| vec![kind]));
    assert_eq!(posts[11].links, ["https://example.org/b"]);
    let seen = &reading.channels[0];
    assert_eq!(seen.created_at, Some(Timestamp(BEGIN)));
    assert_eq!((seen.handle.as_deref(), seen.status.as_str()), (Some(NAME), "alive"));
    // Counts of reactions have no column; they are in the bytes.
    let enums::messages::Messages::ChannelMessages(page) =
        enums::messages::Messages::from_bytes(&answer.body).unwrap()
    else {
        panic!("another kind of page")
    };
    let enums::Message::Message(last) = &page.messages[0] else { panic!("no post") };
    assert!(last.reactions.is_some());
}

/// The fixture that `marsad-interpret` is tested on without grammers is what grammers writes.
#[test]
fn the_fixture_of_the_reader_is_what_is_answered() {
    let (_, answer, _) = page(&kinds());
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/telegram-tl/history.tl");
    if std::env::var_os("WRITE_FIXTURES").is_some() {
        std::fs::write(&path, &answer.body).unwrap();
    }
    assert!(std::fs::read(&path).unwrap() == answer.body, "WRITE_FIXTURES=1 writes it anew");
}

/// A page that says this of its channel, with one message that is a person's contact.
fn marked(channel: impl Fn(&mut types::Channel), message: impl Fn(&mut types::Message)) -> Reading {
    let telegram = std::sync::Arc::new(Telegram::new());
    telegram.add_channel(NAME, "Coast Weather", 15_231, BEGIN);
    telegram.post(NAME, BEGIN, Draft::text("Fog")).unwrap();
    let (ask, answer, _) = page(&telegram);
    let enums::messages::Messages::ChannelMessages(mut page) =
        enums::messages::Messages::from_bytes(&answer.body).unwrap()
    else {
        panic!("another kind of page")
    };
    for chat in &mut page.chats {
        if let enums::Chat::Channel(found) = chat {
            channel(found);
        }
    }
    for found in &mut page.messages {
        if let enums::Message::Message(found) = found {
            message(found);
        }
    }
    let body = enums::messages::Messages::ChannelMessages(page).to_bytes();
    read(&ask, &Answer { body, ..answer }, BEGIN + 60_000)
}

#[test]
fn restrictions_names_and_people_are_read_as_far_as_they_may_be() {
    let reason = |platform: &str| {
        let (reason, text) = ("terms".to_owned(), "Not shown".to_owned());
        types::RestrictionReason { platform: platform.to_owned(), reason, text }.into()
    };
    let reading = marked(
        |channel| {
            channel.restricted = true;
            channel.restriction_reason = Some(vec![reason("ios"), reason("android")]);
        },
        |_| {},
    );
    let seen = &reading.channels[0];
    assert_eq!(seen.status.as_str(), "restricted");
    assert_eq!(seen.status_cause.as_deref(), Some("terms-ios terms-android"));
    assert_eq!(reading.posts.len(), 1);

    // A name that was bought stands in a list.
    let reading = marked(
        |channel| {
            let name = types::Username {
                editable: false,
                active: true,
                deletable: false,
                expired: false,
                username: "coast".to_owned(),
            };
            (channel.username, channel.usernames) = (None, Some(vec![name.into()]));
        },
        |_| {},
    );
    assert_eq!(reading.channels[0].handle.as_deref(), Some("coast"));

    let reading = marked(
        |_| {},
        |message| {
            let contact = types::MessageMediaContact {
                phone_number: "+15550100777".to_owned(),
                first_name: "Duty".to_owned(),
                last_name: "Officer".to_owned(),
                vcard: String::new(),
                user_id: 7_000_000_009,
            };
            message.media = Some(contact.into());
            message.edit_date = Some(5);
            message.edit_hide = true;
        },
    );
    assert_eq!(media(&reading.posts[0]), ["contact"]);
    assert_eq!(reading.posts[0].edited_at, None, "what changed is not shown");
    let said = format!("{reading:?}");
    assert!(!said.contains("5550100") && !said.contains("Officer") && !said.contains("7000000009"));
}

fn draft() -> impl Strategy<Value = Draft> {
    let media = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Media::Photo)),
        1 => (2..9_u32).prop_map(|n| Some(Media::Album(n))),
        1 => Just(Some(Media::Sticker)),
    ];
    ("[ -~é☀👍\n]{0,60}", media, any::<u32>()).prop_map(|(text, media, views)| Draft {
        media,
        views: u64::from(views),
        ..Draft::text(text)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_posted_is_read(drafts in prop::collection::vec(draft(), 1..12)) {
        let telegram = std::sync::Arc::new(Telegram::new());
        telegram.add_channel(NAME, "Coast Weather", 1, BEGIN);
        for (minute, draft) in drafts.iter().enumerate() {
            telegram.post(NAME, BEGIN + minute as i64 * 60_000, draft.clone()).unwrap();
        }
        let (_, _, reading) = page(&telegram);
        let read: Vec<(String, Option<u64>, usize)> = reading.posts.iter()
            .map(|post| (post.text.clone(), post.views, post.media.len()))
            .collect();
        let expected: Vec<(String, Option<u64>, usize)> = drafts.iter().map(|draft| {
            let media = match draft.media {
                Some(Media::Album(n)) => n as usize,
                Some(_) => 1,
                // Nothing to show at all is kept as something of an unknown kind.
                None => usize::from(draft.text.is_empty()),
            };
            (draft.text.clone(), Some(draft.views.min(i32::MAX as u64)), media)
        }).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn an_answer_that_is_cut_anywhere_is_read_as_far_as_it_goes(at in 0.0..1.0_f64, flip in any::<(u16, u8)>()) {
        let (ask, answer, whole) = page(&kinds());
        let end = (answer.body.len() as f64 * at) as usize;
        let cut = Answer { body: answer.body[..end].to_vec(), ..answer.clone() };
        let reading = read(&ask, &cut, BEGIN);
        let all: BTreeSet<String> = whole.posts.iter().map(|post| format!("{:?}", post.id)).collect();
        let is_known = |post: &Post| all.contains(&format!("{:?}", post.id));
        prop_assert!(reading.posts.iter().all(is_known), "{:?}", reading.posts);
        prop_assert!(!reading.problems.is_empty() && reading.removals.is_empty());
        let mut broken = answer;
        let place = usize::from(flip.0) % broken.body.len();
        broken.body[place] ^= flip.1;
        let _: Reading = read(&ask, &broken, BEGIN);
    }
}
