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
fn an_advertisement_under_copies_of_one_text_is_one_under_others_too() {
    let under = |text: &str| format!("{text}\n\n{ADVERT}");
    let tram = under("Trams stop at ten today and start again at six");
    let mut posts = four([&under(RAIN), &under(TRAIN), &under(MATCH), &tram]);
    posts.push(("channel 1".to_owned(), under(RAIN)));
    posts.push(("channel 2".to_owned(), format!("Morning in the valley. {RAIN}\n\n{ADVERT}")));
    posts.push(("channel 0".to_owned(), MATCH.to_owned()));
    assert_eq!(found(&posts), [vec![10, 44, 45], vec![32, 46]]);
}

#[test]
fn a_rubric_of_several_channels_is_no_part_of_the_letters_in_it() {
    let letter = |text: &str| {
        format!(
            "Letters today\nEvery evening our editors choose one letter of the hundreds that \
             arrive in the newsroom by post and by mail and print it here as it is, with all its \
             slips and without a word left out.\n\n{text}\n\nDo you like our choice? Vote below the post"
        )
    };
    let letters = [
        "Thank you, dear tower clock",
        "Why does nobody answer",
        "My tram was late",
        "I found an umbrella",
    ];
    let posts = four(letters.map(letter).each_ref().map(String::as_str));
    assert_eq!(found(&posts), Vec::<Vec<u32>>::new());
}

#[test]
fn what_digests_list_is_no_advertisement() {
    let digest = |heading: &str, items: [&str; 2]| {
        format!("{heading} in short\n\n• {}\n\n• {ADVERT}\n\n• {}", items[0], items[1])
    };
    let beside = [
        format!("Good evening to you all\n{ADVERT}"),
        digest("Today", [TRAIN, "The tower clock is mended at last and strikes again"]),
        digest("Friday", [MATCH, "Nine new trees were set along the harbour wall"]),
        digest("Night", ["The ferry will not sail while the ice lasts", "A new school"]),
    ];
    let posts = four(beside.each_ref().map(String::as_str));
    let found = found(&posts);
    assert_eq!(found.iter().find(|posts| posts[0] == 10), Some(&vec![10, 21, 32, 43]), "{found:?}");
}

#[test]
fn a_paragraph_of_a_statement_that_others_quote_is_no_advertisement() {
    let whole = format!("{RAIN}\n\n{ADVERT}");
    let quoted = |remark: &str| format!("{remark}\n\n{ADVERT}");
    let quotes = ["Nobody told us this", "Remember what we wrote", "The neighbours laugh about it"];
    let [first, second, third] = quotes.map(quoted);
    let mut posts = four([&whole, &first, &second, &third]);
    let copy = |n: usize| (format!("channel {}", n % 4), format!("Part {n}. {whole}"));
    posts.extend((1..8).map(copy));
    let all = [vec![10, 21, 32, 43], (44..51).collect()].concat();
    assert_eq!(found(&posts), [all]);
}

#[test]
fn a_statement_below_greetings_is_no_advertisement() {
    let greetings = [
        "Good evening to all who read us by the sea",
        "Peace and a quiet night to every house",
        "We wish the valley a good new week",
    ];
    let greeted = |n: usize, text: &str| format!("{}\n{text}", greetings[n % 3]);
    let below: Vec<String> = (0..4).map(|n| greeted(n, ADVERT)).collect();
    let mut posts = four([0, 1, 2, 3].map(|n| below[n].as_str()));
    let others = [TRAIN, MATCH, RAIN, "The tower clock is mended", "A new school", "The ferry"];
    let others = others.iter().enumerate();
    posts.extend(others.map(|(n, text)| (format!("channel {}", n % 4), greeted(n, text))));
    assert_eq!(found(&posts), [[10, 21, 32, 43]]);
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
