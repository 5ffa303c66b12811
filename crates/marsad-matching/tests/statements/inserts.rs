//! Advertisements that several channels set beside their posts.

use super::*;

const ADVERT: &str = "Oak doors and windows made to measure: free visit, no interest for a year, fitted in \
    one day. Call now and say SPRING for a free handle.";

/// Ten posts each of four channels, and one more of each with an advert beside another text.
fn four(beside: [&str; 4]) -> Vec<(String, String)> {
    let bodies = framed("", "");
    let mut posts = Vec::new();
    for (nth, extra) in beside.into_iter().enumerate() {
        let channel = format!("channel {nth}");
        let own = bodies.iter().map(|body| format!("{} {nth}", body.trim()));
        posts.extend(own.map(|body| (channel.clone(), body)));
        posts.push((channel, extra.to_owned()));
    }
    posts
}

fn found(posts: &[(String, String)]) -> Vec<Vec<u32>> {
    let posts: Vec<(&str, &str)> = posts.iter().map(|(c, t)| (c.as_str(), t.as_str())).collect();
    let statements = several(&grouped(&corpus(&posts)));
    statements.iter().map(|members| members.iter().map(|(post, ..)| *post).collect()).collect()
}

#[test]
fn an_advertisement_under_different_texts_is_no_part_of_them() {
    let under = |text: &str| format!("{text}\n\n{ADVERT}");
    let short = under("Trams stop at ten today");
    let (rain, train) = (under(RAIN), format!("{ADVERT}\n\n{TRAIN}"));
    let mut posts = four([&rain, &train, &under(MATCH), &short]);
    posts.push(("channel 0".to_owned(), MATCH.to_owned()));
    assert_eq!(found(&posts), [[32, 44]]);
}

#[test]
fn a_statement_under_different_remarks_is_no_advertisement() {
    let remarked = |remark: &str| format!("{RAIN}\n\n{remark}");
    let remarks = [
        "Nobody told us that this would come so soon",
        "Remember what we wrote here in the spring",
        "The neighbours in the valley laugh about it",
        "Read slowly and think of your umbrellas",
    ];
    let texts = remarks.map(remarked);
    let mut posts = four(texts.each_ref().map(String::as_str));
    posts.push(("channel 0".to_owned(), RAIN.to_owned()));
    assert_eq!(found(&posts), [[10, 21, 32, 43, 44]]);
}
