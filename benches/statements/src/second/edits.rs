//! What editors do: greetings, typos, words, cuts, additions.

use crate::chance::Chance;
use crate::second::change::arabic;

/// The language of a text: English, Russian, Arabic.
pub(crate) fn language(text: &str) -> usize {
    if arabic(text) { 2 } else { usize::from(text.chars().any(|c| ('а'..='я').contains(&c))) }
}

/// A greeting or formula that stands before many different texts.
pub(crate) const GREETINGS: [[&str; 4]; 3] = [
    [
        "Good morning, dear readers, and welcome to our channel!",
        "Good evening to all our subscribers wherever you are reading this.",
        "Dear friends, thank you for staying with us today.",
        "Hello everyone, here is what we know at this hour:",
    ],
    [
        "Доброе утро, дорогие подписчики нашего канала!",
        "Добрый вечер всем, кто сейчас с нами на связи.",
        "Дорогие друзья, спасибо, что остаётесь с нами сегодня.",
        "Здравствуйте, вот что известно к этому часу:",
    ],
    [
        "بسم الله الرحمن الرحيم",
        "السلام عليكم ورحمة الله وبركاته متابعينا الكرام",
        "\u{FDFD}",
        "صباح الخير لجميع المتابعين الكرام في كل مكان",
    ],
];

pub(crate) fn greeted(text: &str, chance: &mut Chance) -> String {
    let greeting = chance.pick(&GREETINGS[language(text)]);
    if chance.one_in(2) { format!("{greeting}\n\n{text}") } else { format!("{greeting} {text}") }
}

/// One typo to ten words, three at most, in words of five letters and more.
pub(crate) fn typos(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let count = 1 + chance.below((words.len() / 10).clamp(1, 3));
    let mut made = 0;
    for _ in 0..100 {
        let at = chance.below(words.len());
        let mut letters: Vec<char> = words[at].chars().collect();
        if letters.len() < 5 || !letters.iter().all(|c| c.is_alphabetic()) {
            continue;
        }
        let place = 1 + chance.below(letters.len() - 2);
        match chance.below(4) {
            0 => letters.swap(place, place + 1),
            1 => drop(letters.remove(place)),
            2 => letters.insert(place, letters[place]),
            _ => letters[place] = letters[place - 1],
        }
        words[at] = letters.into_iter().collect();
        made += 1;
        if made == count {
            break;
        }
    }
    words.join(" ")
}

/// Places of words of letters alone, neither first nor last.
fn places(words: &[&str], letters: std::ops::RangeInclusive<usize>) -> Vec<usize> {
    (1..words.len().saturating_sub(1))
        .filter(|at| {
            words[*at].chars().all(char::is_alphabetic)
                && letters.contains(&words[*at].chars().count())
        })
        .collect()
}

/// A small word put in, or a small word for another: not one that carries the meaning.
pub(crate) fn word_changed(text: &str, chance: &mut Chance) -> String {
    const SMALL: [&[&str]; 3] = [
        &["also", "now", "just", "still", "indeed"],
        &["также", "сейчас", "уже", "ещё", "как", "именно"],
        &["ايضا", "الآن", "قد", "حاليا", "كذلك"],
    ];
    let mut words: Vec<&str> = text.split(' ').collect();
    let at = 1 + chance.below(words.len() - 1);
    words.insert(at, *chance.pick(SMALL[language(text)]));
    words.join(" ")
}

/// Two neighbours swapped.
pub(crate) fn word_moved(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let places = places(&words, 3..=9);
    if let Some(at) = places.iter().copied().find(|at| *at + 2 < words.len() && chance.one_in(3)) {
        words.swap(at, at + 1);
    }
    words.join(" ")
}

/// A small word left out.
pub(crate) fn word_lost(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let places = places(&words, 1..=4);
    let negates = |word: &str| {
        matches!(
            word.to_lowercase().as_str(),
            "not" | "no" | "не" | "нет" | "ни" | "لا" | "لم" | "لن" | "ما" | "غير" | "ليس"
        )
    };
    let places: Vec<usize> = places.into_iter().filter(|at| !negates(words[*at])).collect();
    if !places.is_empty() {
        words.remove(*chance.pick(&places));
    }
    words.join(" ")
}

fn kept(text: &str, percent: usize, chance: &mut Chance) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let kept = (words.len() * percent / 100).max(15);
    let mut start = words[..kept.min(words.len())].join(" ");
    // Cut in the middle of a word.
    if chance.one_in(3) {
        let letters = words.get(kept).map_or(0, |word| word.chars().count() / 2);
        let half: String = words.get(kept).unwrap_or(&"").chars().take(letters).collect();
        start = format!("{start} {half}");
    }
    let more = ["… Read more", "… Читать далее", "… اقرأ المزيد"][language(text)];
    let ends = ["…", "...", " […]", " (...)", more];
    format!("{}{}", start.trim_end(), chance.pick(&ends))
}

/// Cut at 60 to 90 of 100.
pub(crate) fn cut(text: &str, chance: &mut Chance) -> String {
    let percent = 60 + chance.below(30);
    kept(text, percent, chance)
}

/// Cut at 35 to 60 of 100.
pub(crate) fn cut_short(text: &str, chance: &mut Chance) -> String {
    let percent = 35 + chance.below(25);
    kept(text, percent, chance)
}

/// A line of one's own before or after.
pub(crate) fn commented(text: &str, chance: &mut Chance) -> String {
    const LINES: [[&str; 4]; 3] = [
        [
            "Well, who would have thought.",
            "Write in the comments.",
            "Via our colleagues:",
            "We keep following the story.",
        ],
        [
            "Кто бы мог подумать, правда?",
            "Пишите в комментариях.",
            "Коллеги передают:",
            "Следим за развитием событий.",
        ],
        [
            "من كان يتوقع ذلك؟",
            "شاركونا رأيكم في التعليقات",
            "نقلا عن الزملاء:",
            "نتابع معكم التفاصيل",
        ],
    ];
    let line = chance.pick(&LINES[language(text)]);
    match chance.below(3) {
        0 => format!("{line}\n{text}"),
        1 => format!("{text}\n\n{line}"),
        _ => format!("{text} {line}"),
    }
}

/// Taken further: a paragraph of other facts after the text.
pub(crate) fn extended(text: &str, chance: &mut Chance) -> String {
    const PARTS: [[[&str; 4]; 3]; 3] = [
        [
            ["Passengers", "Residents", "Organisers", "Guests of the town"],
            ["were told", "were advised", "were asked", "were reminded"],
            [
                "to check the timetable before they leave home.",
                "to use the northern entrance until the works end.",
                "to bring warm clothes and water for the evening.",
                "to call the office on weekdays for all questions.",
            ],
        ],
        [
            ["Пассажирам", "Жителям района", "Зрителям", "Гостям города"],
            ["сообщили, что", "напомнили, что", "заранее объявили, что", "пояснили, что"],
            [
                "расписание можно проверить на вокзале.",
                "северный вход открыт до конца ремонта.",
                "вечером понадобится тёплая одежда.",
                "по всем вопросам отвечает дежурный.",
            ],
        ],
        [
            ["طلب من الركاب", "طلب من السكان", "طلب من المشجعين", "طلب من الزوار"],
            [
                "مراجعة جدول المواعيد",
                "استخدام المدخل الشمالي",
                "احضار ملابس دافئة",
                "الاتصال بالمكتب",
            ],
            [
                "قبل مغادرة المنزل صباحا",
                "حتى نهاية الاعمال في الشارع",
                "خلال ساعات المساء الباردة",
                "في ايام العمل الرسمية فقط",
            ],
        ],
    ];
    let parts = &PARTS[language(text)];
    let sentence = |chance: &mut Chance| {
        parts.iter().map(|part| *chance.pick(part)).collect::<Vec<_>>().join(" ")
    };
    let mut longer = format!("{text}\n\n{}", sentence(chance));
    if text.split(' ').count() >= 30 {
        longer = format!("{longer} {}", sentence(chance));
    }
    if chance.one_in(3) {
        let update = ["UPD:", "Обновлено:", "تحديث:"][language(text)];
        longer = longer.replacen("\n\n", &format!("\n\n{update} "), 1);
    }
    longer
}

/// A shout before the text.
pub(crate) fn alarmed(text: &str, chance: &mut Chance) -> String {
    const SHOUTS: [[&str; 3]; 3] = [
        ["JUST IN |", "‼️UPDATE‼️", "[Breaking news]"],
        ["⚡️⚡️ МОЛНИЯ ⚡️⚡️", "Только что:", "СРОЧНО |"],
        ["🔴 عاجل |", "الآن:", "خبر عاجل ::"],
    ];
    format!("{} {text}", chance.pick(&SHOUTS[language(text)]))
}
