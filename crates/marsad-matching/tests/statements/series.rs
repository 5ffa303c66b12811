//! Frames that change from post to post, and series that look like frames: hours, dates, numerals.

use super::*;

/// Minutes between two posts of a channel here.
const STEP: i64 = 47;

/// Posts of one channel, each published [`STEP`] minutes after the one before it.
fn paced(texts: &[String]) -> Corpus {
    let posts: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
    let mut corpus = corpus(&posts);
    for (number, at) in (0..).zip(&mut corpus.posts.published_at) {
        *at = number * STEP * 60_000;
    }
    corpus
}

/// An hour as a channel writes it, of some minutes since midnight.
fn hour(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[test]
fn the_hour_of_publishing_tells_no_two_posts_apart() {
    let zone = 180;
    let stamped = |clock: fn(i64, i64) -> i64, frame: fn(String, &str) -> String| {
        let mut texts: Vec<String> = framed("", "").iter().map(|t| t.trim().to_owned()).collect();
        texts.extend([RAIN.to_owned(), RAIN.to_owned(), TRAIN.to_owned()]);
        let dressed = |(n, text): (i64, &String)| frame(hour(clock(n, zone)), text);
        let texts: Vec<String> = (0..).zip(&texts).map(dressed).collect();
        several(&grouped(&paced(&texts)))
    };
    let line = |hour: String, text: &str| format!("Valley Desk | {hour}\n\n{text}");
    let run = |hour: String, text: &str| format!("[{hour}] Valley Desk: {text}");
    let published = |n: i64, zone: i64| n * STEP + zone;
    for frame in [line as fn(String, &str) -> String, run] {
        assert_eq!(stamped(published, frame), [[(10, First, true), (11, Exact, true)]]);
    }
    // Hours of something else, and the two hours of a bulletin.
    let apart = Vec::<Vec<_>>::new();
    assert_eq!(stamped(|n, _| n * n * 131 + 17, line), apart);
    assert_eq!(stamped(|n, _| n % 2 * 720 + 420, line), apart);
}

#[test]
fn neither_a_running_number_nor_a_counter_tells_two_posts_apart() {
    let numbered = |number: fn(usize) -> usize, frame: fn(usize, &str) -> String| {
        let mut texts: Vec<String> = framed("", "").iter().map(|t| t.trim().to_owned()).collect();
        texts.extend([RAIN.to_owned(), RAIN.to_owned(), TRAIN.to_owned()]);
        let dressed = |(n, text): (usize, &String)| frame(number(n), text);
        let texts: Vec<String> = texts.iter().enumerate().map(dressed).collect();
        several(&grouped(&paced(&texts)))
    };
    let line = |number: usize, text: &str| format!("{text}\n\nValley Desk, issue No. {number}");
    let run = |number: usize, text: &str| format!("Valley Desk, выпуск № {number} | {text}");
    let views = |number: usize, text: &str| format!("{text}\n👁 {number} views");
    let dated = |number: usize, text: &str| format!("Valley Desk No. {number}, 3 May\n\n{text}");
    let one = [[(10, First, true), (11, Exact, true)]];
    for frame in [line as fn(usize, &str) -> String, run] {
        assert_eq!(numbered(|n| 40 + n * 3, frame), one);
    }
    let jumping = |n: usize| n * 37 % 101;
    assert_eq!(numbered(jumping, views), one);
    // Numbers that name something, and the day of a forecast.
    let apart = Vec::<Vec<_>>::new();
    assert_eq!(numbered(jumping, line), apart);
    assert_eq!(numbered(jumping, run), apart);
    assert_eq!(numbered(|n| 40 + n * 3, dated), apart);
}

#[test]
fn a_dated_opening_that_introduces_is_no_frame() {
    let text = |day: usize| {
        format!(
            "Timetable change from {day} May: the first morning service leaves ten minutes earlier, \
             all other services stay as they are."
        )
    };
    let own: Vec<String> = (3..13).map(text).collect();
    let mut posts: Vec<(&str, &str)> = own.iter().map(|text| ("a", text.as_str())).collect();
    let copy = format!("{}\n\nRead us.", text(7));
    posts.push(("b", &copy));
    let found = several(&grouped(&corpus(&posts)));
    let found: Vec<Vec<u32>> = found.iter().map(|m| m.iter().map(|m| m.0).collect()).collect();
    assert_eq!(found, [[4, 10]]);
}

#[test]
fn a_bulletin_of_which_a_frame_leaves_little_is_compared_whole() {
    let towns = ["Oxley", "Thornby", "Kirkby", "Stow", "Brook", "Hale", "Selby", "Corby"];
    let text = |town: &str| {
        format!(
            "Blood is taken in {town} this Sunday. Please bring your passport, eat a light breakfast \
             and allow an hour for all of it."
        )
    };
    let own: Vec<String> = towns.iter().map(|town| text(town)).collect();
    let mut posts: Vec<(&str, &str)> = own.iter().map(|text| ("a", text.as_str())).collect();
    let slip = text("Brook").replace("taken", "tsken");
    posts.push(("b", &slip));
    let found = several(&grouped(&corpus(&posts)));
    let found: Vec<Vec<u32>> = found.iter().map(|m| m.iter().map(|m| m.0).collect()).collect();
    assert_eq!(found, [[4, 8]]);
}

#[test]
fn a_numeral_is_its_figure() {
    for [figure, numeral, other] in [
        [
            "The bridge at Oxley stays shut for 10 days, one lane opens at 9 in the morning",
            "The bridge at Oxley stays shut for ten days, 1 lane opens at nine in the morning",
            "The bridge at Oxley stays shut for eleven days, one lane opens at 9 in the morning",
        ],
        [
            "Мост в Кашине закрыт на 10 дней, одна полоса откроется в 9 часов утра в субботу",
            "Мост в Кашине закрыт на десять дней, 1 полоса откроется в 9 часов утра в субботу",
            "Мост в Кашине закрыт на двенадцать дней, одна полоса откроется в 9 часов утра в субботу",
        ],
        [
            "الجسر في صيدا مغلق 10 أيام ويفتح مسرب واحد عند الساعة 9 صباحا من يوم السبت القادم",
            "الجسر في صيدا مغلق عشرة أيام ويفتح مسرب 1 عند الساعة 9 صباحا من يوم السبت القادم",
            "الجسر في صيدا مغلق سبعة أيام ويفتح مسرب واحد عند الساعة 9 صباحا من يوم السبت القادم",
        ],
    ] {
        assert!(are_one(figure, numeral), "{numeral}");
        assert!(!are_one(figure, other), "{other}");
        assert!(!are_one(numeral, other), "{other}");
    }
}

#[test]
fn a_list_of_hours_is_no_frame() {
    let list = |day: i64, from: i64| {
        let hours: Vec<String> = (0..4).map(|n| hour(from + n * (291 + from % 7))).collect();
        let [first, second, third, last] = hours.as_slice() else { unreachable!() };
        format!(
            "Ferries from Oxley on {day} May: dawn {first} and noon {second} and dusk {third} and \
             night {last}"
        )
    };
    let own: Vec<String> = (1..12).map(|day| list(day, day * 13)).collect();
    let mut posts: Vec<(&str, &str)> = own.iter().map(|text| ("a", text.as_str())).collect();
    let others: Vec<String> = (1..12).map(|day| list(day, day * 17 + 5)).collect();
    posts.extend(others.iter().map(|text| ("b", text.as_str())));
    assert_eq!(several(&grouped(&corpus(&posts))), Vec::<Vec<_>>::new());
}
