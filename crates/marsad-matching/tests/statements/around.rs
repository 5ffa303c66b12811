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
fn a_remark_with_a_negation_before_a_text_does_not_turn_it() {
    let remark = format!("No comment needed.\n\n{RAIN}");
    assert!(are_one(RAIN, &remark));
    let turned = RAIN.replace("are expected", "are not expected");
    assert!(!are_one(RAIN, &turned));
}

#[test]
fn a_label_behind_a_cut_text_is_no_part_of_it() {
    let cut = "Heavy rain and strong wind are expected in the northern valleys on Monday night… Read more";
    check(&[("a", RAIN), ("b", cut)], &[&[(0, First, true), (1, Contained, true)]]);
}
