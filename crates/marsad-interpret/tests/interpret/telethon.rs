//! Telethon lines and the Pushshift files, both generations of names.

use marsad_interpret::{Format, Manifest, Reading, prepare, recognise};
use marsad_types::{Author, Status};

use crate::common::{fixture, manifest, problems, read_all, shared, short};

fn read(file: &[u8]) -> Reading {
    read_all(&manifest(Format::Telethon, file), file)
}

#[test]
fn both_generations_of_messages_are_read() {
    let file = fixture("telethon.ndjson");
    assert_eq!(recognise("x.json", &file), Some(Format::Telethon));
    let reading = read(&file);
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:1900000001/101 2019-09-01T10:00:00Z Gale warning: https://example.org/gale",
            "telegram:1900000001/102 2019-09-01T11:00:00Z 🚆 Line 3 runs",
            "telegram:1900000003/103 2019-09-02T08:00:00Z Is the ferry running?",
            "telegram:1900000003/104 2020-12-01T08:00:00Z ",
        ]
    );
    let [first, second, third, fourth] = &reading.posts[..] else { panic!() };
    assert_eq!(first.links, ["https://example.org/gale"]);
    assert_eq!(first.edited_at.unwrap().to_string(), "2019-09-01T10:05:00Z");
    assert_eq!((first.views, first.resolution.unwrap().ms), (Some(5210), 1000));
    assert_eq!(first.observed_first.unwrap().to_string(), "2019-10-01T00:00:00Z");
    let old = second.forward.as_ref().unwrap();
    assert_eq!((old.channel.id.as_str(), old.post.as_deref()), ("1900000002", Some("77")));
    assert_eq!(old.published_at.unwrap().to_string(), "2019-09-01T10:58:00Z");
    assert_eq!(second.links, ["https://example.org/l3"]);
    assert_eq!(second.author, Author::Name("Duty editor".to_owned()));
    assert_eq!(third.author, Author::Name("4400001".to_owned()));
    assert_eq!(third.reply_to.as_deref(), Some("99"));
    let new = fourth.forward.as_ref().unwrap();
    assert_eq!((new.channel.id.as_str(), new.post.as_deref()), ("1900000002", Some("80")));
    assert_eq!(fourth.reply_to.as_deref(), Some("103"));
    assert_eq!(fourth.media[0].kind, "video");
    assert_eq!(
        problems(&reading),
        [
            "6: the message is in a private chat; only channels are read",
            "7: field 'date' is missing",
            "8: not understood as JSON: EOF while parsing a string (column 29)",
        ]
    );
    assert_eq!(reading.rows, 8);
}

#[test]
fn a_channels_file_gives_observations_and_an_accounts_file_none() {
    let full = r#"{"_":"ChatFull","full_chat":{"id":1900000001,"about":"Hourly notices","participants_count":15230},"chats":[{"id":7},{"id":1900000001,"title":"Coast Weather","username":"coastweather","date":"2019-08-01T09:00:00+00:00","restricted":false}]RETRIEVED}"#;
    let stated = full.replace("RETRIEVED", ",\"retrieved_utc\":1569888000");
    let reading = read(stated.as_bytes());
    let channel = &reading.channels[0];
    assert_eq!(channel.key.to_string(), "telegram:1900000001");
    assert_eq!(channel.handle.as_deref(), Some("coastweather"));
    assert_eq!(channel.observed_at.to_string(), "2019-10-01T00:00:00Z");
    assert_eq!((channel.subscribers, channel.status), (Some(15230), Status::Alive));
    assert_eq!(problems(&reading), [""; 0]);

    let unstated = full.replace("RETRIEVED", "");
    let reading = read(unstated.as_bytes());
    let channel = &reading.channels[0];
    assert_eq!(channel.observed_at.to_string(), "2019-08-01T09:00:00Z");
    assert_eq!(channel.subscribers, None);
    assert_eq!(
        problems(&reading),
        ["1: no time of retrieval is stated; the subscribers of 1 channels are left out"]
    );
    let told = Manifest {
        observed_at: Some("2019-10-02T00:00:00Z".to_owned()),
        ..manifest(Format::Telethon, b"")
    };
    let reading = read_all(&told, unstated.as_bytes());
    assert_eq!(reading.channels[0].subscribers, Some(15230));

    let private = unstated.replace("\"coastweather\"", "null");
    assert_eq!(
        problems(&read(private.as_bytes())),
        ["1: the channel has no public name; only public channels are read"]
    );
    let people = "{\"_\":\"User\",\"id\":1}\n{\"_\":\"User\",\"id\":2}\n";
    // A file that begins with an account is refused before anything of it is kept; accounts
    // between other lines are left out and counted.
    assert!(prepare(Manifest::new(Format::Telethon), people.as_bytes()).is_err());
    let reading = read_all(&manifest(Format::Telethon, b""), people.as_bytes());
    assert_eq!(
        problems(&reading),
        ["1: 2 accounts of people are left out; only channels are read"]
    );
    assert_eq!((reading.posts.len(), reading.channels.len(), reading.rows), (0, 0, 2));
}

#[test]
fn the_pushshift_files_are_read() {
    let Some(folder) = shared("platforms/fixtures/imports") else { return };
    let file = |name: &str| {
        let compressed = std::fs::File::open(folder.join(name)).unwrap();
        let mut decoder = zstd::Decoder::new(compressed).unwrap();
        decoder.window_log_max(31).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut decoder, &mut bytes).unwrap();
        bytes
    };
    let messages = file("pushshift_messages.ndjson.zst");
    assert_eq!(recognise("m", &messages), Some(Format::Telethon));
    let reading = read(&messages);
    assert_eq!((reading.posts.len(), reading.problems.len()), (4, 1), "one line is cut");
    assert_eq!(reading.rows, 6);
    let reading = read(&file("pushshift_channels.ndjson.zst"));
    assert_eq!(reading.channels[0].title.as_deref(), Some("Coast Weather"));
    let accounts = file("pushshift_accounts.ndjson.zst");
    let refused = prepare(Manifest::new(Format::Telethon), &accounts).unwrap_err();
    assert!(!refused.usage && refused.message.contains("accounts of people"), "{refused}");
}
