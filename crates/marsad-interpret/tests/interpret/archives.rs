//! The archives of other tools and platforms, each with the pitfalls its notes name.

use marsad_interpret::{Format, Manifest, Reading, prepare, read_document, recognise};
use marsad_types::{Author, PostId};
use proptest::prelude::*;

use crate::common::{problems, read_all, read_cut, shared, short};

fn of(format: Format) -> Manifest {
    Manifest::new(format)
}

fn read(settings: Manifest, file: &[u8]) -> Reading {
    read_all(&prepare(settings, file).unwrap(), file)
}

fn told_public(format: Format) -> Manifest {
    Manifest { stated_public: true, ..of(format) }
}

fn refusal(settings: Manifest, file: &str) -> String {
    prepare(settings, file.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_tgdataset_file_is_read_channel_by_channel() {
    let file = r#"{"1900000001": {"username": "coastweather", "creation_date": 1564650000.0, "title": "Coast Weather", "description": "", "n_subscribers": 15230, "text_messages": {
"102": {"message": "Line 3", "date": 1567335600.0, "author": null, "is_forwarded": true, "forwarded_from_id": 1900000002.0, "forwarded_message_date": 1567335480},
"101": {"message": "Gale", "date": 1567332000, "author": null, "is_forwarded": false, "forwarded_from_id": null, "forwarded_message_date": null},
"100": {"message": 5, "date": 1567332000}},
"generic_media": {"103": {"title": "tides.pdf", "date": 1567339200.0, "extension": ".PDF", "media_id": "x", "author": null}}},
"1900000009": {"username": "empty", "creation_date": 1564650001, "title": null, "n_subscribers": 0, "text_messages": {}, "generic_media": {}}}"#;
    assert_eq!(recognise("x.json", file.as_bytes()), Some(Format::Tgdataset));
    let reading = read(of(Format::Tgdataset), file.as_bytes());
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:1900000001/102 2019-09-01T11:00:00Z Line 3",
            "telegram:1900000001/101 2019-09-01T10:00:00Z Gale",
            "telegram:1900000001/103 2019-09-01T12:00:00Z ",
        ]
    );
    let forward = reading.posts[0].forward.as_ref().unwrap();
    assert_eq!(forward.channel.to_string(), "telegram:1900000002");
    assert_eq!(forward.published_at.unwrap().to_string(), "2019-09-01T10:58:00Z");
    assert_eq!(reading.posts[2].media[0].kind, "file");
    assert_eq!(reading.posts[2].line, 5);
    let seen: Vec<_> = reading
        .channels
        .iter()
        .map(|c| (c.handle.as_deref().unwrap(), c.observed_at.to_string(), c.subscribers))
        .collect();
    assert_eq!(
        seen,
        [
            ("coastweather", "2019-09-01T12:00:00Z".to_owned(), None),
            ("empty", "2019-08-01T09:00:01Z".to_owned(), None),
        ]
    );
    assert_eq!(
        problems(&reading),
        [
            "4: field 'message' is a whole number; expected a text",
            "6: no time of retrieval is stated; the subscribers of 2 channels are left out",
        ]
    );
    let dated =
        Manifest { observed_at: Some("2022-07-01T00:00:00Z".to_owned()), ..of(Format::Tgdataset) };
    assert_eq!(read(dated, file.as_bytes()).channels[0].subscribers, Some(15230));
}

#[test]
fn a_4cat_table_is_read_by_name_and_its_ndjson_as_telethon() {
    let file = "id,thread_id,chat,author,author_username,body,reply_to,views,unix_timestamp,unix_timestamp_edited,author_forwarded_from_username,author_forwarded_from_id,unix_timestamp_forwarded_from,attachment_type,link_attached\n\
        coast-weather-2,coast-weather,coast-weather,19,coast-weather,\"Gale,\nstrait\",,1250,1795400000,1795400100,,,,photo,\n\
        coast-weather-3,coast-weather,coast-weather,77,sam,Line 3,2,x,1795403600,,railnotices,1900000002,1795402800,,https://example.org/a\n\
        coast-weather-4,coast-weather,coast-weather,,,no time,,,,,,,,,\n";
    assert_eq!(recognise("x.csv", file.as_bytes()), Some(Format::FourCat));
    let reading = read(of(Format::FourCat), file.as_bytes());
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:coast-weather/2 2026-11-23T02:13:20Z Gale,\nstrait",
            "telegram:coast-weather/3 2026-11-23T03:13:20Z Line 3",
        ]
    );
    let [first, second] = &reading.posts[..] else { panic!() };
    assert_eq!((first.views, first.media[0].kind.as_str()), (Some(1250), "image"));
    assert_eq!(first.edited_at.unwrap().to_string(), "2026-11-23T02:15:00Z");
    assert_eq!((&first.author, &second.author), (&Author::Unknown, &Author::Name("77".to_owned())));
    assert_eq!(second.forward.as_ref().unwrap().channel.to_string(), "telegram:railnotices");
    assert_eq!(second.reply_to.as_deref(), Some("2"));
    assert_eq!(second.links, ["https://example.org/a"]);
    assert_eq!(
        problems(&reading),
        ["4: views is 'x'; the rest is kept without it", "5: unix_timestamp is empty",]
    );
    assert!(refusal(of(Format::FourCat), "id,thread_id,author,body\n").contains("--as csv"));
    let raw = br#"{"id": 2, "date": 1795400000, "message": "Gale", "views": 1250, "post": true, "reactions": {"results": []}, "_type": "Message", "_chat": {"_type": "Channel", "id": 1900000001, "username": "coastweather"}, "_sender": {"id": 5}}"#;
    assert_eq!(recognise("x", raw), Some(Format::Telethon));
    let reading = read(of(Format::FourCat), raw);
    assert_eq!(short(&reading.posts), ["telegram:1900000001/2 2026-11-23T02:13:20Z Gale"]);
}

#[test]
fn twitters_tables_state_minutes() {
    let file = "\"tweetid\",\"userid\",\"user_display_name\",\"user_screen_name\",\"follower_count\",\"account_creation_date\",\"tweet_language\",\"tweet_text\",\"tweet_time\",\"in_reply_to_tweetid\",\"in_reply_to_userid\",\"is_retweet\",\"retweet_userid\",\"retweet_tweetid\",\"retweet_count\",\"urls\"\n\
        \"877919995476496385\",\"24a\",\"Coast\",\"coast\",\"132\",\"2013-08-01\",\"en\",\"Fog\",\"2017-06-22 16:03\",\"5\",\"24a\",\"false\",\"\",\"\",\"1.0\",\"[https://example.org/fog, https://example.org/b]\"\n\
        \"877919995476496386\",\"24a\",\"Coast\",\"coast\",\"132\",\"2013-08-01\",\"und\",\"RT: Line 3\",\"2017-06-22 16:04\",\"6\",\"9\",\"true\",\"77\",\"76\",\"\",\"[]\"\n";
    assert_eq!(recognise("x.csv", file.as_bytes()), Some(Format::Twitter));
    let reading = read(of(Format::Twitter), file.as_bytes());
    assert_eq!(problems(&reading), [""; 0]);
    let [first, second] = &reading.posts[..] else { panic!() };
    assert_eq!(first.channel.to_string(), "twitter:24a");
    assert_eq!(first.resolution.unwrap().ms, 60_000);
    assert_eq!(first.links, ["https://example.org/fog", "https://example.org/b"]);
    assert_eq!((first.forwards, first.reply_to.as_deref()), (Some(1), Some("5")));
    assert_eq!((second.lang.as_deref(), second.reply_to.as_deref()), (None, None));
    let forward = second.forward.as_ref().unwrap();
    assert_eq!((forward.channel.id.as_str(), forward.post.as_deref()), ("77", Some("76")));
    assert_eq!(reading.channels.len(), 1, "an account is noted when it changes");

    let clemson = "external_author_id,author,content,publish_date,followers,retweet,alt_external_id,tweet_id,tco1_step1\n\
        9.06E+17,COASTWX,Fog,6/22/2017 16:03,132,0,905874659358453760,877919995476496385,https://example.org/f\n";
    assert_eq!(recognise("x.csv", clemson.as_bytes()), Some(Format::Twitter));
    let reading = read(of(Format::Twitter), clemson.as_bytes());
    assert_eq!(
        short(&reading.posts),
        ["twitter:905874659358453760/877919995476496385 2017-06-22T16:03:00Z Fog"]
    );
    assert_eq!(reading.channels[0].handle.as_deref(), Some("COASTWX"));
}

#[test]
fn twitters_api_pages_are_read_as_lines_or_as_one_list() {
    let page = r#"{"data": [{"id": "90", "text": "RT @rail: Line…", "created_at": "2026-11-23T02:13:20.000Z", "author_id": "77", "lang": "en", "public_metrics": {"retweet_count": 1, "impression_count": 40}, "referenced_tweets": [{"type": "retweeted", "id": "89"}], "entities": {"urls": [{"expanded_url": "https://example.org/a"}]}}, {"id": "91"}], "includes": {"users": [{"id": "77", "username": "coast", "name": "Coast"}, {"id": "78", "protected": true}], "tweets": [{"id": "89", "text": "Line 3 every 20 minutes", "author_id": "78", "created_at": "2026-11-23T02:00:00.000Z"}]}, "meta": {"result_count": 1}}"#;
    for file in [format!("{page}\n{page}\n"), format!("[{page},\n{page}]")] {
        assert_eq!(recognise("x", file.as_bytes()), Some(Format::TwitterPages), "{file}");
        let reading = read(of(Format::Twitter), file.as_bytes());
        assert_eq!(
            short(&reading.posts[..1]),
            ["twitter:77/90 2026-11-23T02:13:20Z Line 3 every 20 minutes"]
        );
        let post = &reading.posts[1];
        assert_eq!((post.line, post.views, post.forwards), (2, Some(40), Some(1)));
        assert_eq!(post.links, ["https://example.org/a"]);
        let forward = post.forward.as_ref().unwrap();
        assert_eq!((forward.channel.id.as_str(), forward.post.as_deref()), ("78", Some("89")));
        assert_eq!(reading.channels[0].handle.as_deref(), Some("coast"));
        assert_eq!(
            problems(&reading)[..2],
            [
                "1: field 'author_id' is missing",
                "1: the account is protected; only what is public is read; the rest is kept without it",
            ]
        );
        assert_eq!(reading.rows, 4);
    }
}

#[test]
fn zeeschuimer_items_are_read_where_they_name_their_account() {
    let item = |data: &str, platform: &str| {
        format!(
            r#"{{"nav_index":"3:12:0","item_id":"90","timestamp_collected":1795400000000,"source_platform":"{platform}","source_url":"https://x.com/coast","user_agent":"M","data":{data}}}"#
        )
    };
    let legacy = r#""rest_id":"90","legacy":{"full_text":"Gale","created_at":"Mon Nov 23 02:13:20 +0000 2026","retweet_count":3}"#;
    let with_user = format!(
        r#"{{{legacy},"core":{{"user_results":{{"result":{{"rest_id":"77","legacy":{{"screen_name":"coast"}}}}}}}},"views":{{"count":"12"}}}}"#
    );
    let protected = with_user.replace(r#""screen_name":"coast""#, r#""protected":true"#);
    let file = [
        item(&with_user, "twitter.com"),
        item(&format!("{{{legacy}}}"), "twitter.com"),
        item(&protected, "twitter.com"),
        item("{}", "tiktok.com"),
    ]
    .join("\n");
    assert_eq!(recognise("x", file.as_bytes()), Some(Format::Zeeschuimer));
    let reading = read(of(Format::Zeeschuimer), file.as_bytes());
    assert_eq!(short(&reading.posts), ["twitter:77/90 2026-11-23T02:13:20Z Gale"]);
    assert_eq!(reading.posts[0].views, Some(12));
    assert_eq!(
        problems(&reading),
        [
            "2: the item names no account",
            "3: the account is protected; only what is public is read",
            "4: items of 'tiktok.com' are not read, only those of twitter.com",
        ]
    );
}

const DISCORD: &str = r#"{"guild":{"id":"5","name":"Harbour","iconUrl":""},"channel":{"id":"6","type":"GuildNews","name":"announcements","topic":null},"exportedAt":"2026-11-23T02:13:20.1234567+00:00","messages":[
{"id":"13","type":"Default","timestamp":"2026-11-23T04:13:20.123+02:00","timestampEdited":null,"content":"Gale","author":{"id":"40","name":"duty"},"attachments":[{"fileName":"Map.PNG","url":"room.json_Files\\Map-1A.PNG"}]},
{"id":"14","type":"Reply","timestamp":"2026-11-23T04:14:20+02:00","timestampEdited":"2026-11-23T04:15:00+02:00","content":"","author":{"id":"41"},"attachments":[],"reference":{"type":"Forward","messageId":"12","channelId":"9"},"forwardedMessage":{"timestamp":"2026-11-23T03:00:00+02:00","content":"Line 3"}},
{"id":"15","type":"46","timestamp":"2026-11-23T04:16:20+02:00","content":"x"},
{"id":"16","type":"Default","timestamp":"soon","content":"x"}],"messageCount":4}"#;

#[test]
fn a_discord_export_needs_the_operators_word() {
    assert_eq!(recognise("x.json", DISCORD.as_bytes()), Some(Format::Discord));
    assert_eq!(
        refusal(of(Format::Discord), DISCORD),
        "a Discord export cannot show that its server is public; add --public if you know that it is"
    );
    let private = DISCORD.replace("GuildNews", "DirectTextChat");
    assert_eq!(
        refusal(told_public(Format::Discord), &private),
        "the channel is a DirectTextChat; Marsad reads public channels only"
    );
    let sneaked = read_all(&told_public(Format::Discord), private.as_bytes());
    assert_eq!(sneaked.posts.len(), 0);
    let reading = read(told_public(Format::Discord), DISCORD.as_bytes());
    assert_eq!(
        short(&reading.posts),
        ["discord:6/13 2026-11-23T02:13:20.123Z Gale", "discord:6/14 2026-11-23T02:14:20Z Line 3"]
    );
    let [first, second] = &reading.posts[..] else { panic!() };
    assert_eq!((first.media[0].kind.as_str(), first.line), ("image", 2));
    assert_eq!(first.media[0].file.as_deref(), Some("room.json_Files/Map-1A.PNG"));
    assert_eq!(first.author, Author::Name("40".to_owned()));
    let forward = second.forward.as_ref().unwrap();
    assert_eq!(
        (forward.channel.to_string().as_str(), forward.post.as_deref()),
        ("discord:9", Some("12"))
    );
    assert_eq!(forward.published_at.unwrap().to_string(), "2026-11-23T01:00:00Z");
    assert_eq!(reading.channels[0].title.as_deref(), Some("announcements"));
    assert_eq!(problems(&reading).len(), 1);
    let cut = DISCORD.replace(r#","messageCount":4"#, "");
    let reading = read(told_public(Format::Discord), cut.as_bytes());
    assert_eq!(problems(&reading)[1], "5: the export is cut: its count of messages is missing");
}

#[test]
fn an_element_export_follows_edits_and_stops_at_encryption() {
    let event = |kind: &str, id: &str, at: u64, content: &str| {
        format!(
            r#"{{"type":"{kind}","sender":"@press:marsad.test","content":{content},"origin_server_ts":{at},"event_id":"{id}","room_id":"!Sb:marsad.test"}}"#
        )
    };
    let events = [
        event("m.room.message", "$1", 1_795_400_000_000, r#"{"msgtype":"m.text","body":"Gale"}"#),
        event(
            "m.room.message",
            "$2",
            1_795_400_001_000,
            r#"{"msgtype":"m.text","body":"* Gale, noon","m.new_content":{"body":"Gale, noon"},"m.relates_to":{"rel_type":"m.replace","event_id":"$1"}}"#,
        ),
        event(
            "m.room.message",
            "$3",
            1_795_400_002_000,
            r#"{"msgtype":"m.image","body":"map.png","m.relates_to":{"m.in_reply_to":{"event_id":"$1"}}}"#,
        ),
        event("m.room.message", "$4", 1_795_400_003_000, "{}"),
        event("m.room.message", "$6", 1_795_400_003_000, r#"{"body":"x"}"#)
            .replace("!Sb", "!Other"),
        event("m.room.encryption", "$5", 1_795_400_004_000, "{}"),
        event("m.room.message", "$7", 1_795_400_005_000, r#"{"body":"decrypted"}"#),
    ];
    let file = format!(
        "{{\"room_name\":\"Coast\",\"topic\":\"Notices\",\"exported_by\":\"desk\",\"messages\":[\n{}]}}",
        events.join(",\n")
    );
    assert_eq!(recognise("x.json", file.as_bytes()), Some(Format::Matrix));
    assert_eq!(
        refusal(told_public(Format::Matrix), &file),
        "the room is encrypted; Marsad reads public rooms only"
    );
    // Beyond the head that preparation sees, reading itself stops.
    let reading = read_all(&told_public(Format::Matrix), file.as_bytes());
    assert_eq!(
        short(&reading.posts),
        [
            "matrix:!Sb:marsad.test/$1 2026-11-23T02:13:20Z Gale",
            "matrix:!Sb:marsad.test/$1 2026-11-23T02:13:20Z Gale, noon",
            "matrix:!Sb:marsad.test/$3 2026-11-23T02:13:22Z ",
        ]
    );
    assert_eq!(reading.posts[1].edited_at.unwrap().to_string(), "2026-11-23T02:13:21Z");
    assert_eq!(reading.posts[2].reply_to.as_deref(), Some("$1"));
    assert_eq!(
        problems(&reading),
        [
            "6: the event is of another room than the first",
            "7: the room is encrypted from here on; nothing more is read",
        ]
    );
    let open = file.replace("m.room.encryption", "m.other");
    assert!(refusal(of(Format::Matrix), &open).ends_with("add --public if you know that it is"));
    let shown = open.replace("{}", r#"{"history_visibility": "world_readable"}"#);
    assert!(prepare(of(Format::Matrix), shown.as_bytes()).is_ok());
}

#[test]
fn a_rocketchat_export_needs_its_room() {
    let file = "{\"msg\":\"joined\",\"username\":\"press\",\"ts\":\"2026-11-23T02:00:00.000Z\",\"type\":\"uj\"}\n\
        {\"msg\":\"Platform 4\",\"username\":\"User_1\",\"ts\":\"2026-11-23T02:13:20.000Z\"}\n\
        {\"msg\":\"\",\"username\":\"press\",\"ts\":{\"$date\":1795400060000},\"attachments\":[{\"image_type\":\"image/png\",\"fileId\":\"k3\",\"fileName\":\"map.png\"}]}\n\
        {\"msg\":\"x\",\"ts\":5}\n";
    assert_eq!(recognise("x", file.as_bytes()), Some(Format::Rocketchat));
    assert!(refusal(of(Format::Rocketchat), file).contains("--channel HOST/NAME"));
    let named =
        Manifest { channel: Some("chat.example.org/notices".to_owned()), ..of(Format::Rocketchat) };
    let reading = read(named, file.as_bytes());
    let [first, second] = &reading.posts[..] else { panic!() };
    assert_eq!(first.channel.to_string(), "rocketchat:chat.example.org%2Fnotices");
    assert_eq!((&first.id, &first.author), (&PostId::Derived, &Author::Unknown));
    assert_eq!(second.published_at.to_string(), "2026-11-23T02:14:20Z");
    assert_eq!(
        (second.media[0].kind.as_str(), &second.author),
        ("image", &Author::Name("press".into()))
    );
    assert_eq!(second.media[0].file.as_deref(), Some("assets/k3-map.png"));
    assert_eq!(problems(&reading), ["4: field 'ts' is not a time"]);
}

#[test]
fn a_crowdtangle_table_is_read_with_its_zone() {
    let file = "\u{feff}Page Name,User Name,Facebook Id,Followers at Posting,Post Created,Shares,Total Views,URL,Message,Link,Final Link,\"Overperforming Score (weighted  —  Likes 1x Shares 1x )\"\n\
        Coast,coast,100000000000001,15900,2023-11-23 04:13:20 CET,\"1,204\",N/A,https://www.facebook.com/100000000000001/posts/200000000000001,Gale,https://a.example/s,https://a.example/whole,2.13\n\
        Coast,coast,100000000000001,15900,2023-11-23 04:13:20 IST,1,1,https://www.facebook.com/1/posts/2,Gale,,,1\n";
    assert_eq!(recognise("x.csv", file.as_bytes()), Some(Format::Crowdtangle));
    let reading = read(of(Format::Crowdtangle), file.as_bytes());
    assert_eq!(
        short(&reading.posts),
        ["facebook:100000000000001/200000000000001 2023-11-23T03:13:20Z Gale"]
    );
    let post = &reading.posts[0];
    assert_eq!((post.forwards, post.views), (Some(1204), None));
    assert_eq!(post.links, ["https://a.example/whole"]);
    assert_eq!(reading.channels[0].subscribers, Some(15900));
    assert_eq!(
        problems(&reading),
        [
            "3: Post Created is '2023-11-23 04:13:20 IST'; expected a time and a known zone, such as CET"
        ]
    );
}

#[test]
fn tamtam_answers_are_read_where_they_are_public() {
    let answer = r#"{"messages":[{"recipient":{"chat_id":-70000000000001,"chat_type":"channel","user_id":null},"timestamp":1795400000000,"link":{"type":"forward","chat_id":-70000000000002,"message":{"mid":"mid.1","seq":108999999999999001,"text":"Line 3","attachments":[{"type":"image"},{"type":"share","payload":{"url":"https://example.org/a"}},{"type":"hologram"}]}},"body":{"mid":"mid.2","seq":109000000000000260,"text":null,"attachments":null},"stat":{"views":1260},"url":"https://tt.me/coast/2"},
        {"recipient":{"chat_id":-1,"chat_type":"chat"},"timestamp":1,"body":{"mid":"m","text":"private"},"url":null}]}"#;
    let file =
        format!("{answer}\n{{\"code\":\"verify.token\",\"message\":\"Invalid access_token\"}}\n");
    assert_eq!(recognise("x", file.as_bytes()), Some(Format::Tamtam));
    let reading = read(of(Format::Tamtam), file.as_bytes());
    assert_eq!(short(&reading.posts), ["tamtam:-70000000000001/mid.2 2026-11-23T02:13:20Z Line 3"]);
    let post = &reading.posts[0];
    let forward = post.forward.as_ref().unwrap();
    assert_eq!(
        (forward.channel.id.as_str(), forward.post.as_deref()),
        ("-70000000000002", Some("mid.1"))
    );
    assert_eq!(post.links, ["https://example.org/a"]);
    let kinds: Vec<_> = post.media.iter().map(|file| file.kind.as_str()).collect();
    assert_eq!((kinds, post.views), (vec!["image", "hologram"], Some(1260)));
    assert_eq!(
        problems(&reading),
        [
            "1: the message is not in a public channel; it is not read",
            "3: the platform answered 'verify.token'",
        ]
    );
}

#[test]
fn every_fixture_of_the_platform_notes_is_recognised_and_read() {
    let Some(folder) = shared("platforms/fixtures/imports") else { return };
    let cases = [
        ("4cat_telegram.csv", Format::FourCat, 2),
        ("4cat_telegram.ndjson", Format::Telethon, 1),
        ("crowdtangle_facebook.csv", Format::Crowdtangle, 1),
        ("discordchatexporter.json", Format::Discord, 2),
        ("element_export.json", Format::Matrix, 1),
        ("fivethirtyeight_ira.csv", Format::Twitter, 1),
        ("rocketchat_room_export.json", Format::Rocketchat, 2),
        ("tgdataset.json", Format::Tgdataset, 3),
        ("twitter_ira_release.csv", Format::Twitter, 1),
        ("twitter_v2.ndjson", Format::TwitterPages, 1),
        ("zeeschuimer-export-twitter-2026-11-23T021320.ndjson", Format::Zeeschuimer, 0),
    ];
    for (name, format, posts) in cases {
        let file = std::fs::read(folder.join(name)).unwrap();
        assert_eq!(recognise(name, &file), Some(format), "{name}");
        let settings = Manifest { channel: Some("h/r".to_owned()), ..told_public(format) };
        assert_eq!(read(settings, &file).posts.len(), posts, "{name}");
    }
}

#[test]
fn real_payloads_are_read_without_a_problem() {
    let Some(folder) = shared("data/platform-payload-fixtures") else { return };
    let chat =
        std::fs::read(folder.join("telegram-desktop-export/channel_export_2026.json")).unwrap();
    assert_eq!(recognise("x", &chat), Some(Format::TelegramDesktop));
    let reading = read(of(Format::TelegramDesktop), &chat);
    assert_eq!((reading.posts.len(), problems(&reading)), (6, vec![]));
    let lines =
        std::fs::read(folder.join("telegram-mtproto-json/messages_layer70_2017.jsonl")).unwrap();
    assert_eq!(recognise("x", &lines), Some(Format::Telethon));
    let reading = read(of(Format::Telethon), &lines);
    assert_eq!((reading.rows, problems(&reading)), (32, vec![]));
    assert!(reading.posts.len() > 25);
}

proptest! {
    #[test]
    fn any_bytes_in_any_format_are_read_without_a_panic(
        head in prop_oneof![
            Just("{\"messages\":["), Just("{\"1\":{\"text_messages\":{\"2\":"), Just("["), Just(""),
            Just("{\"data\":["), Just("{\"channel\":{\"id\":\"1\",\"type\":\"GuildNews\"},\"messages\":["),
        ],
        body in proptest::collection::vec(any::<u8>(), 0..300),
        chunk_max in 1usize..100,
    ) {
        let file = [head.as_bytes(), &body].concat();
        for format in Format::ALL {
            let settings = Manifest { channel: Some("h/r".to_owned()), ..told_public(format) };
            drop(read_cut(&settings, &file, chunk_max));
            let mut parts = 0;
            read_document(&settings, &mut &file[..], &mut |_| parts += 1);
            prop_assert!(parts > 0 || file.is_empty());
        }
    }
}
