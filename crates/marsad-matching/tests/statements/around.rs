//! What stands around a text, and what was left of it: tags, labels, sources, digests, cuts.

use super::*;

#[test]
fn a_short_item_of_a_digest_is_listed_where_it_stands_alone() {
    let item = "The old swimming hall opens its doors again on Sunday";
    let digest = format!("Today in short:\n1) {item}\n2) {TRAIN}\n3) {RAIN}");
    let sourced = format!("According to the council, {item}.");
    let within = format!("{TRAIN} And {} as the mayor had said before", item.to_lowercase());
    let found = several(&grouped(&corpus(&[
        ("a", item),
        ("b", digest.as_str()),
        ("c", sourced.as_str()),
        ("d", within.as_str()),
    ])));
    let of_item = found.iter().find(|members| members[0].0 == 0).expect("the item leads");
    let posts: Vec<u32> = of_item.iter().map(|(post, ..)| *post).collect();
    assert_eq!(posts, [0, 1, 2], "{found:?}");
}

#[test]
fn the_beginning_of_a_short_text_joins_where_an_ellipsis_says_that_it_was_cut() {
    let whole = "The old swimming hall by the river opens its doors again on Sunday after works";
    let cut = "The old swimming hall by the river opens its doors…\nFull story at the link";
    assert!(are_one(whole, cut));
    let other = "The old swimming hall by the river shuts its doors again on Sunday after works";
    assert!(!are_one(other, cut));
}

#[test]
fn a_line_of_hashtags_that_changes_is_no_part_of_the_text() {
    let tagged = |tags: [&str; 2], body: &str| format!("#{} #{}\n\n{body}", tags[0], tags[1]);
    let tags = ["coast", "sport", "rail", "old_town", "weather"];
    let body = "Meeting at dusk";
    let mut a: Vec<String> = framed("", "")
        .iter()
        .enumerate()
        .map(|(n, text)| tagged([tags[n % 5], tags[(n + 2) % 5]], text.trim()))
        .collect();
    a.push(tagged(["rail", "sport"], body));
    let plain = vec![body.to_owned()];
    assert_eq!(joined(&a, &plain), Some(Exact));
    // In one channel the tags tell short posts apart: a warning under the name of a town.
    a.push(tagged(["coast", "weather"], body));
    let posts: Vec<(&str, &str)> = a.iter().map(|text| ("a", text.as_str())).collect();
    assert_eq!(several(&grouped(&corpus(&posts))), Vec::<Vec<_>>::new());
}

#[test]
fn a_figure_in_letters_like_digits_of_any_set_is_the_same() {
    let plain = "High water in the old harbour at 6:54 and at 19:12, wind from the west";
    check(
        &[
            ("a", plain),
            ("b", "High water in the old harbour at 𝟔:𝟓𝟒 and at １９:１２, wind from the west"),
            ("c", "High water in the old harbour at ٦:٥٤ and at ١٩:١٢, wind from the west"),
        ],
        &[&[(0, First, true), (1, Exact, true), (2, Exact, true)]],
    );
}

#[test]
fn another_name_is_another_statement_however_long_the_text() {
    let text = |name: &str| {
        format!(
            "Volunteers of the small observatory at {name} counted more shooting stars than in any \
             year on record. {RAIN} {TRAIN} {MATCH} Results go up on the board outside the hall as \
             soon as the judges have signed them."
        )
    };
    assert!(!are_one(&text("Thornby"), &text("Oxley")));
    let editor = text("Thornby").replace("small observatory", "tiny observatory");
    assert!(are_one(&text("Thornby"), &editor));
    let editor = text("Thornby").replace("stars", "meteors");
    assert!(are_one(&text("Thornby"), &editor), "an editor's word in a long text");
}

#[test]
fn a_remark_before_a_short_text_hides_no_other_town() {
    let towns = ["Oxley", "Thornby", "Marsh End", "Hale", "Brook", "Kirkby", "Stow"];
    let text = |town: &str| {
        format!("The travelling library stops in {town} on its usual day this week with puzzles")
    };
    let remark = "Somebody who reads us in the office of the north lines called yesterday evening.";
    let texts: Vec<String> = towns.iter().map(|town| text(town)).collect();
    let mut posts: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
    let remarked = format!("{remark}\n\n{}", text("Brook"));
    posts.push(("b", &remarked));
    let behind = format!("{}.\n\n{remark}", text("Hale"));
    posts.push(("c", &behind));
    let members = |found: Vec<Vec<(u32, Relation, bool)>>| -> Vec<Vec<u32>> {
        found.iter().map(|members| members.iter().map(|(post, ..)| *post).collect()).collect()
    };
    let found = members(several(&grouped(&corpus(&posts))));
    assert_eq!(found, [[3, 8], [4, 7]]);
}

#[test]
fn a_remark_with_a_negation_before_a_text_does_not_turn_it() {
    let remark = format!("No comment needed.\n\n{RAIN}");
    assert!(are_one(RAIN, &remark));
    let turned = RAIN.replace("are expected", "are not expected");
    assert!(!are_one(RAIN, &turned));
}

#[test]
fn a_remark_may_follow_a_headline_without_a_full_stop() {
    let headline = "Forecasters see the great storm two days before it comes";
    let slip = headline.replace("storm", "stomr");
    for copy in [
        format!("{headline} Save this one for later"),
        format!("{headline}\n\nWho would have thought that"),
        format!("{slip} we will see"),
        format!("[14.04.2026 10:07 UTC] {headline}"),
        format!("Storms and tides — {headline}"),
    ] {
        assert!(are_one(headline, &copy), "{copy}");
    }
    for other in [
        format!("{headline} in 14 of the 20 valleys of the north coast"),
        format!("Nobody in the whole valley knew why {}", headline.to_lowercase()),
        format!("{} Save this one for later", headline.replace("two", "five")),
    ] {
        assert!(!are_one(headline, &other), "{other}");
    }
}

#[test]
fn a_negation_counts_whatever_stands_around_it() {
    let says = "The bridge at Station Street in Cork will reopen to traffic on 11 November, engineers said";
    let denies = says.replace("will", "will not");
    for denial in [
        format!("{denies}. Photographs and text: the press office of the town"),
        format!("Tell us what you think of this. {denies}"),
        denies.clone(),
    ] {
        assert!(!are_one(says, &denial), "{denial}");
        assert!(!are_one(&denial, says), "{denial}");
    }
    let place = "A young bear from the island came to the zoo of the town at the end of August and is \
                 getting used to its place behind the elephants";
    let named = place.replace("its place", "its not yet public place");
    assert!(are_one(place, &format!("{named}. The zoo is open from nine to five, on Mondays too")));
    // "No." is no "not".
    let numbered = format!("No. 4\n{says}.\n—\nThe Ledger. Plain facts, plainly told.");
    assert!(!are_one(&numbered, &denies));
    assert!(are_one(&numbered, says));
}

#[test]
fn a_label_behind_a_cut_text_is_no_part_of_it() {
    let cut = "Heavy rain and strong wind are expected in the northern valleys on Monday night… Read more";
    check(&[("a", RAIN), ("b", cut)], &[&[(0, First, true), (1, Contained, true)]]);
}

#[test]
fn a_month_counts_where_the_other_text_has_sentences_of_its_own_between() {
    let part = "The team behind Cobbler has moved its issue tracker, and accounts made before \
                November have to be confirmed again. Plug-ins written for earlier versions keep \
                working, apart from those that draw their own menus.";
    let item = |month: &str| {
        format!(
            "Morning round-up\n\n1) The team behind Cobbler has moved its issue tracker, and \
             accounts made before {month} have to be confirmed again. The download is 79 megabytes \
             smaller because the sample data are now fetched on demand. Thanks go to Clara \
             Whitfield for the report and for waiting until a fix was ready. Plug-ins written for \
             earlier versions keep working, apart from those that draw their own menus.\n\n2) \
             Passengers travelling through Port Sorrel station should expect changes from Friday, \
             when platform 6 is handed over to builders. Season tickets stay valid on all coaches, \
             and bicycles are carried free of charge where there is room."
        )
    };
    let (same, other) = (item("November"), item("July"));
    check(&[("a", part), ("b", &same)], &[&[(0, First, true), (1, Contained, false)]]);
    check(&[("a", part), ("b", &other)], &[]);
}

#[test]
fn an_item_cut_short_at_the_end_of_a_digest_is_listed() {
    let text = "The old swimming hall by the river opens its doors again on Sunday after works that \
                took two years and cost more than the council had planned for the whole district.";
    let greeting = format!("Good evening from the news desk\n{text}");
    let cut =
        "The old swimming hall by the river opens its doors again on Sunday after works that…";
    let digest = format!("Today in short:\n1) {TRAIN}\n2) {RAIN}\n3) {MATCH}\n4) {cut} Read on");
    for whole in [text, &greeting] {
        check(&[("a", whole), ("b", &digest)], &[&[(0, First, true), (1, Contained, false)]]);
    }
}

#[test]
fn a_digest_is_not_listed_for_what_it_has_of_an_edited_copy() {
    let text = |town: &str| {
        format!(
            "The library in {town} now lends telescopes, sewing machines and musical instruments \
             to anyone with a reader's card. Clouds came in after midnight, so the second half of \
             the count was done by radio."
        )
    };
    let first = text("Thornby");
    // An edit that hides, between the two, that another town is meant.
    let copy = first.replace("and musical", "and even musical");
    let digest = format!("Today in short:\n• {TRAIN}\n• {}\n• {RAIN}", text("Ellmouth"));
    let found = several(&grouped(&corpus(&[("a", &first), ("b", &copy), ("c", &digest)])));
    assert_eq!(found, [vec![(0, First, true), (1, Near, true)]]);
}

#[test]
fn a_text_cut_within_a_word_is_one_all_the_same() {
    let text = "The old swimming hall by the river opens its doors again on Sunday after works that \
                took two years and cost more than the council had planned for the whole district.";
    for cut in ["tha...", "that too (...)", "that t [...]", "that took…"] {
        let item = format!(
            "The old swimming hall by the river opens its doors again on Sunday after works {cut}"
        );
        assert!(are_one(text, &item), "{item}");
        let digest = format!("Today in short:\n— {TRAIN}\n\n— {item}\n\n— {RAIN}");
        check(&[("a", text), ("b", &digest)], &[&[(0, First, true), (1, Contained, false)]]);
    }
}

#[test]
fn of_several_figures_behind_one_word_each_counts() {
    let weather = |high: u32| {
        format!(
            "Weather for Galway on 4 March: clear, high of {high}, low of 5, wind from the north at \
             58 km/h, humidity 42 per cent."
        )
    };
    assert!(!are_one(&weather(5), &weather(18)));
    assert!(are_one(&weather(18), &weather(18).to_uppercase()));
}

#[test]
fn an_hour_is_the_same_with_its_zero_and_without() {
    let train =
        |hour: &str| format!("The first train to the coast leaves at {hour} from platform 4");
    assert!(are_one(&train("07:25"), &train("7.25")));
    assert!(!are_one(&train("07:25"), &train("7.35")));
    assert!(!are_one(&train("07:25"), &train("17.25")));
}

#[test]
fn a_label_before_a_text_is_no_part_of_it() {
    let news = "Snow closes the pass";
    for labelled in ["BREAKING: ", "⚡\u{FE0F} JUST IN | ", "Developing — ", "URGENT!\n\n"] {
        assert!(are_one(news, &format!("{labelled}{news}")), "{labelled}");
    }
    let news = "Снег закрыл перевал до утра";
    for labelled in ["СРОЧНО! ", "❗\u{FE0F}Молния. ", "Только что |\n\n"] {
        assert!(are_one(news, &format!("{labelled}{news}")), "{labelled}");
    }
    let news = "الثلوج تغلق الممر الجبلي";
    for labelled in ["عـــاجل | ", "🔴 الآن: ", "خبر عاجل: "] {
        assert!(are_one(news, &format!("{labelled}{news}")), "{labelled}");
    }
    for [a, b] in [
        ["Urgent repairs close the pass", "repairs close the pass"],
        ["Fake: snow closes the pass", "Snow closes the pass"],
    ] {
        assert!(!are_one(a, b), "{a}");
    }
}

#[test]
fn a_text_cut_within_a_word_before_another_line_joins() {
    let text = format!("{RAIN} {TRAIN}");
    let (before, _) = text.split_once("asts will run").unwrap();
    let label = "Read the whole report in the channel, where it stands with a map and pictures";
    let cut = format!("{before}\n\n{label}");
    check(&[("a", &text), ("b", &cut)], &[&[(0, First, true), (1, Contained, true)]]);
}

#[test]
fn a_line_that_names_the_source_is_no_part_of_a_short_text() {
    let text = "Ferry runs again near the mill";
    let joins = |around: &str| {
        check(&[("a", text), ("b", around)], &[&[(0, First, true), (1, Exact, true)]]);
    };
    joins(&format!("Forwarded from Valley Desk\n\n{text}"));
    joins(&format!("{text}\nSource: Valley Desk"));
    joins(&format!("{text}\nvia @valley_desk"));
    let other = format!("Source of the river found\n{text}");
    check(&[("a", text), ("b", &other)], &[]);
    let russian = "Паром снова ходит у мельницы";
    let sourced = format!("{russian}\n\nИсточник: @desk");
    check(&[("a", russian), ("b", &sourced)], &[&[(0, First, true), (1, Exact, true)]]);
    let arabic = "العبارة تعمل من جديد قرب المطحنة";
    let forwarded = format!("↪️ محولة من ديوان الأخبار\n{arabic}");
    check(&[("a", arabic), ("b", &forwarded)], &[&[(0, First, true), (1, Exact, true)]]);
}

#[test]
fn other_hashtags_of_one_channel_tell_no_long_text_apart() {
    let tagged = |tag: &str, text: &str| format!("#coast #{tag}\n\n{text}");
    let mut posts: Vec<String> =
        framed("", "").iter().map(|text| tagged("rail", text.trim())).collect();
    posts.extend([tagged("sport", RAIN), tagged("weather", RAIN)]);
    let posts: Vec<(&str, &str)> = posts.iter().map(|text| ("a", text.as_str())).collect();
    assert_eq!(several(&grouped(&corpus(&posts))), [[(10, First, true), (11, Exact, true)]]);
}

#[test]
fn words_that_lead_over_and_a_name_behind_are_around_a_short_text() {
    let text = "The old swimming hall opens its doors again on Sunday";
    assert!(are_one(
        text,
        "As my neighbours say, the old swimming hall opens its doors again on Sunday"
    ));
    assert!(are_one(
        text,
        "The old swimming hall opens its doors again on Sunday (Evening Valley News Desk)"
    ));
    assert!(are_one(
        text,
        "The old swimming hall opens its doors again on Sunday — Evening Valley News"
    ));
}

#[test]
fn a_refusal_is_another_statement() {
    let text = "The keeper of the town club extends his contract for another two years in May";
    let refused = text.replace("extends his", "refused to extend his");
    check(&[("a", text), ("b", &refused)], &[]);
    let russian = "Вратарь городского клуба продлил контракт ещё на три года до конца мая";
    let refused = russian.replace("продлил", "отказался продлить");
    check(&[("a", russian), ("b", &refused)], &[]);
}
