//! Each rule with an example, and the laws.

use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: &str) {
    assert_eq!(norm_std(text), expected, "{text}");
}

#[test]
fn arabic_letters_and_marks_fold() {
    check("أَكْبَر", "اكبر");
    check("إِلَى", "الي");
    check("آخِر", "اخر");
    check("مُؤْمِن", "مؤمن");
    check("دمـــى", "دمي");
    check("الدولة", "الدوله");
    check("الرَّحْمٰن", "الرحمن");
    check("ﻻ إله", "لا اله");
    check("ٱلله", "الله");
    check("﷽", "بسم الله الرحمن الرحيم");
    check("١٢ و۱۲", "12 و12");
    check("کتاب فارسی", "كتاب فارسي");
    check("ئ ي\u{0654}", "ئ ئ");
}

#[test]
fn links_and_mentions_are_one_token_each() {
    check("Read https://Example.org/A?b=1, now", "read https://Example.org/A?b=1 now");
    check("see t.me/channel/5!", "see t.me/channel/5");
    check("by @WeatherDesk and a.b@example.org.", "by @WeatherDesk and a.b@example.org");
    check("[map](https://example.org/x)", "map https://example.org/x");
    let kinds: Vec<TokenKind> = words("rain http://a.b/c @d 5").iter().map(|w| w.kind).collect();
    assert_eq!(kinds, [TokenKind::Word, TokenKind::Link, TokenKind::Mention, TokenKind::Number]);
}

#[test]
fn numbers_keep_what_tells_them_apart() {
    check("3,5 and 3.5 and 1,000 and 12:30", "3.5 and 3.5 and 1000 and 12.30");
    check("at -5 or – 5, 2-1", "at -5 or 5 2.1");
    check("1️⃣ rain 2️⃣ wind", "rain wind");
}

#[test]
fn marks_of_text_leave_nothing() {
    check("**Heavy** __rain__ #Wind_Warning 🌧️🌧️ don’t", "heavy rain wind warning dont");
    check("<b>Heavy</b> ra<i>in</i><br>now &amp; then", "heavy rain now then");
    check("ra\u{200B}in\u{00AD}y d\u{202E}ay", "rainy day");
    check("ｒａｉｎ 𝐫𝐚𝐢𝐧 e\u{301} Ёлка", "rain rain é елка");
}

#[test]
fn look_alikes_fold_to_the_majority_of_the_word() {
    check("wеathеr", "weather");
    check("пoгoдa", "погода");
    check(
        "the wеаthеr is good on mоndаy аnd not а bit colder",
        "the weather is good on monday and not a bit colder",
    );
}

#[test]
fn offsets_point_into_the_original() {
    for text in ["Heavy  РАИН, e\u{301}té\u{200B} ok", "سَلام ﻻ ي\u{0654}وم"] {
        for word in words(text) {
            let source = text.get(word.source.clone()).unwrap();
            assert_eq!(norm_std(source), word.text, "{text:?} {:?}", word.source);
        }
    }
}

#[test]
fn real_lines_with_gold_harakat_equal_their_bare_form() {
    let shared = std::env::var_os("MARSAD_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let path = shared.join("data/arabic-diacritics-tashkeela/val_2500.csv.zst");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("SKIPPED: {} is not there", path.display());
        return;
    };
    let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(file).unwrap());
    let mut lines = 0;
    for record in csv.records() {
        let record = record.unwrap();
        let (with, without) = (record.get(1).unwrap(), record.get(2).unwrap());
        assert_eq!(norm_std(with), norm_std(without), "{with}");
        lines += 1;
    }
    assert!(lines > 2000, "{lines}");
}

proptest! {
    #[test]
    fn any_text_is_stable_after_one_pass(text in "\\PC*") {
        let once = norm_std(&text);
        prop_assert_eq!(norm_std(&once), once.clone(), "{}", text);
    }

    #[test]
    fn texts_of_the_rules_are_stable(parts in proptest::collection::vec(
        prop_oneof![
            "[a-zA-Z]{1,5}", "[а-яёА-Я]{1,5}", "[ا-ي]{1,5}", "[0-9٠-٩]{1,4}", "[ \n.,:/@#_<>&;'’*()\\[\\]-]",
            Just("http://".to_owned()), Just("t.me/".to_owned()), Just("&amp;".to_owned()),
            Just("<b>".to_owned()), Just("\u{301}".to_owned()), Just("\u{200B}".to_owned()),
            Just("\u{0654}".to_owned()), Just("\u{064E}".to_owned()), Just("ﷺ".to_owned()), Just("½".to_owned()),
        ], 0..14)) {
        let text = parts.concat();
        let once = norm_std(&text);
        prop_assert_eq!(norm_std(&once), once.clone(), "{}", text);
    }

    #[test]
    fn harakat_make_no_difference(text in "[ا-ي ]{0,20}", mark in "[\u{064B}-\u{0652}]") {
        let marked: String = text.chars().flat_map(|c| [c, mark.chars().next().unwrap()]).collect();
        prop_assert_eq!(norm_std(&marked), norm_std(&text));
    }
}
