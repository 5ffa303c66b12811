//! Pages of t.me saved as files.

use marsad_interpret::{Format, Manifest, Reading};
use marsad_types::Removal;

use crate::common::{problems, read_cut, short};
use crate::webarchives::{AT, page, read, read_with, states};

#[test]
fn a_saved_page_is_dated_by_the_operator_or_by_its_newest_post() {
    let file = page("history.html");
    let reading = read(Format::TelegramWeb, &file);
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:1900000031/2 2026-11-22T12:05:20Z Line 4 is diverted\nfrom nine & until noon",
            "telegram:1900000031/3 2026-11-22T13:05:20Z Two pictures of the new stop",
            "telegram:1900000031/5 2026-11-22T15:05:20Z Line 4 runs again timetable",
            "telegram:1900000031/6 2026-11-22T16:05:20Z Ferry at ten",
            "telegram:1900000031/7 2026-11-22T17:05:20Z Which line?\nFour\nNine",
        ]
    );
    assert_eq!(reading.posts[0].observed_first, None);
    assert_eq!(states(&reading), ["1900000031 alive 2026-11-22T17:05:20Z"]);
    assert_eq!(
        (reading.channels[0].subscribers_min, reading.channels[0].subscribers),
        (None, None)
    );
    assert_eq!(
        problems(&reading),
        [
            "1: no time of retrieval is stated (the page hints at 2026-11-23T02:13:20Z); its subscribers are left out; add --observed-at"
        ]
    );
    let lines: Vec<u64> = reading.posts.iter().map(|post| post.line).collect();
    let line_of = |id: u64| {
        let mark = format!("data-post=\"tramnotices/{id}\"");
        let text = String::from_utf8(file.clone()).unwrap();
        text.lines().position(|line| line.contains(&mark)).unwrap() as u64 + 1
    };
    assert_eq!(lines, [2, 3, 5, 6, 7].map(line_of));
    let dated = Manifest { observed_at: Some(AT.to_owned()), ..Manifest::new(Format::TelegramWeb) };
    let reading = read_with(dated.clone(), &file);
    assert_eq!(
        (problems(&reading).len(), states(&reading)),
        (0, vec![format!("1900000031 alive {AT}")])
    );
    assert_eq!(reading.channels[0].subscribers_min, Some(15_150));
    assert_eq!(reading.posts[0].observed_first.unwrap().to_string(), AT);
    let landing = read_with(dated.clone(), &page("landing.html"));
    assert_eq!(
        (states(&landing), landing.channels[0].subscribers),
        (vec![format!("tramnotices alive {AT}")], Some(15_230))
    );
    let undated = read(Format::TelegramWeb, &page("landing.html"));
    assert_eq!(
        (undated.channels.len(), problems(&undated)),
        (0, vec!["1: no time of retrieval is stated; add --observed-at".to_owned()])
    );
    assert_eq!(read(Format::TelegramWeb, &page("post.html")).posts.len(), 1);
    // A document of one piece, however it is cut.
    assert_eq!(read_cut(&dated, &file, usize::MAX).posts.len(), 5);
}

#[test]
fn what_a_browser_wrote_into_a_page_says_where_it_is_from() {
    let gone = "<div class=\"tgme_widget_message\"><div class=\"tgme_widget_message_error\">Post not found</div></div>";
    let saved = |comment: &str| {
        let file = format!("<!DOCTYPE html>\n<!-- {comment} -->\n<html><body>{gone}</body></html>");
        let dated =
            Manifest { observed_at: Some(AT.to_owned()), ..Manifest::new(Format::TelegramWeb) };
        read_with(dated, file.as_bytes())
    };
    let check = |reading: &Reading| {
        let Removal { channel, post, .. } = &reading.removals[0];
        assert_eq!((channel.id.as_str(), post.as_str()), ("tramnotices", "57"));
    };
    check(&saved("saved from url=(0040)https://t.me/tramnotices/57?embed=1"));
    check(&saved(
        "\n Page saved with SingleFile \n url: https://t.me/tramnotices/57?embed=1 \n saved date: Mon",
    ));
    let unknown = saved("nothing");
    assert_eq!(
        problems(&unknown),
        ["1: the page says that a post is not there, but not which one"]
    );
    assert_eq!(saved("saved from url=(0040)https://evil.example/tramnotices/57").removals.len(), 0);
}
