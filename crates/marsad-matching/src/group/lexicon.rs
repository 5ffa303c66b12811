//! The few words whose meaning matching knows: those that carry no fact, and those that are one.
//!
//! Everything else about words is left to where they stand ([`super::slots`]). The lists are closed
//! classes (articles, auxiliaries, conjunctions, numerals, days, months) and what newsrooms vary
//! when they pass a report on: verbs of saying, "about", "also", "now". Words that turn a sentence
//! ("before", "up", "without") are in none.

use std::sync::OnceLock;

use hashbrown::HashMap;

use super::view::hash_word;
use crate::normalise::Scanner;

/// Words that stand for each other without a change of what is said: a group a line.
const PLAIN: &[&str] = &[
    // English.
    "a an the this that these those its their his her our your some any",
    "in on at of for by to",
    "and but while as that which who whose",
    "because since as so",
    "is are was were be been being has have had",
    "said says say stated states told tells reported reports noted notes announced announces \
     added adds declared confirmed wrote writes explained according",
    "about around approximately roughly nearly almost some circa",
    "also too additionally moreover furthermore besides",
    "now currently presently today",
    "however but though although yet still",
    "very quite really extremely highly",
    "many numerous several various",
    "big large great huge",
    "begin begins began begun start starts started",
    "show shows showed demonstrate demonstrates demonstrated",
    "get gets got receive receives received obtain obtained",
    "buy buys bought purchase purchased",
    "help helps helped assist assisted aid",
    "need needs needed require requires required",
    "use uses used utilize utilized utilise utilised",
    "make makes made create creates created",
    "people persons individuals residents citizens",
    "quickly fast rapidly swiftly",
    "near close nearby",
    "us usa america american",
    "he she it they we you i him them",
    // Russian and Ukrainian.
    "и а но да же ведь",
    "в во на по при у",
    "о об обо про",
    "что чтобы который которая которое которые",
    "это этот эта эти этого того тот та те",
    "сообщил сообщила сообщили сообщает сообщают заявил заявила заявили заявляет рассказал \
     рассказала рассказали рассказывает отметил отметила отметили отмечает сказал сказала сказали \
     говорит говорят передал передала передали передает пишет пишут уточнил уточнила уточнили \
     уточняет добавил добавила добавили подчеркнул подчеркнула объявил объявила объявили пояснил \
     пояснила пояснили подтвердил подтвердила подтвердили",
    "около примерно приблизительно порядка почти",
    "более больше свыше",
    "также тоже кроме еще",
    "теперь сейчас ныне сегодня",
    "однако но впрочем тем",
    "очень весьма крайне сильно",
    "потому поскольку так",
    "начал начала начали стал стала стали приступил приступила приступили начнет начнется стартует",
    "считает считают полагает полагают думает",
    "большой крупный огромный большая крупная большие крупные",
    "люди человек граждане жители",
    "рф россии российской россия российский",
    "быстро скоро оперативно",
    "можно возможно",
    "нужно надо необходимо следует",
    "сша американский американские",
    "он она оно они его ее их ему ей им",
    "россия россии рф рос",
    "руб рублей рубля рубль",
    "тысяч тысячи тыс",
    // Arabic.
    "و ف ثم كما",
    "في ب على عند لدى",
    "ان انه انها بان بأن",
    "الذي التي الذين ما من",
    "هذا هذه ذلك تلك هناك ثمة",
    "قال قالت وقال وقالت ذكر ذكرت وذكر وذكرت صرح صرحت وصرح أعلن أعلنت وأعلن وأعلنت أفاد أفادت وأفاد \
     وأفادت أوضح أوضحت وأوضح أضاف أضافت وأضاف وأضافت أكد أكدت وأكد وأكدت أشار أشارت وأشار كشف كشفت \
     نقل نقلت أخبر",
    "نحو حوالي قرابة زهاء تقريبا",
    "أيضا كذلك كما",
    "الآن حاليا اليوم",
    "بسبب جراء نتيجة إثر",
    "لأن إذ لكون فإن",
    "خلال أثناء",
    "لكن ولكن غير بيد إلا",
    "بدأ بدأت شرع شرعت باشر باشرت انطلق انطلقت",
    "جدا كثيرا للغاية",
    "كبير كبيرة ضخم ضخمة هائل",
    "بحسب وفق حسب وفقا بموجب",
    "قرب بجوار بالقرب بجانب",
    "عاما عام سنة سنوات أعوام",
    "الناس السكان المواطنين الأهالي",
    "يجب ينبغي يلزم",
    "يمكن يجوز",
];

/// Words that are a fact, by kind; a value and its forms between bars. Two values are never one
/// word misspelt, and two forms of a value are the same.
const FACTS: &[&str] = &[
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|\
     sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|\
     hundred|thousand|million|billion|\
     first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|half|twice",
    "monday mon|tuesday tue|wednesday wed|thursday thu|friday fri|saturday sat|sunday sun",
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|\
     september sep sept|october oct|november nov|december dec",
    "yesterday|today|tomorrow",
    "north northern|south southern|east eastern|west western",
    "один одна одно одного одной|два две двух двум двумя|три трех трем тремя|\
     четыре четырех четырем|пять пяти|шесть шести|семь семи|восемь восьми|девять девяти|\
     десять десяти|одиннадцать одиннадцати|двенадцать двенадцати|тринадцать|четырнадцать|\
     пятнадцать|шестнадцать|семнадцать|восемнадцать|девятнадцать|двадцать двадцати|\
     тридцать тридцати|сорок сорока|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|сто ста|\
     двести|триста|тысяча тысячи тысяч|миллион миллиона миллионов|миллиард миллиарда миллиардов|\
     первый первая первое первого первой|второй вторая второе второго|\
     третий третья третье третьего третьей|четвертый четвертая четвертого|\
     пятый пятая пятого пятой|шестой шестая шестого|седьмой седьмая|восьмой восьмая|\
     девятый девятая девятого|десятый десятая десятого",
    "понедельник понедельника|вторник вторника|среда среду среды|четверг четверга|\
     пятница пятницу пятницы|суббота субботу субботы|воскресенье воскресенья",
    "январь января январе|февраль февраля феврале|март марта марте|апрель апреля апреле|\
     май мая мае|июнь июня июне|июль июля июле|август августа августе|сентябрь сентября сентябре|\
     октябрь октября октябре|ноябрь ноября ноябре|декабрь декабря декабре",
    "вчера|сегодня|завтра|послезавтра",
    "واحد واحدة|اثنان اثنين اثنتان اثنتين|ثلاثة ثلاث|أربعة أربع|خمسة خمس|ستة ست|سبعة سبع|\
     ثمانية ثماني ثمان|تسعة تسع|عشرة عشر|عشرون عشرين|ثلاثون ثلاثين|أربعون أربعين|خمسون خمسين|\
     ستون ستين|سبعون سبعين|ثمانون ثمانين|تسعون تسعين|مئة مائة|ألف آلاف|مليون ملايين|مليار مليارات|\
     الأول الأولى|الثاني الثانية|الثالث الثالثة|الرابع الرابعة|الخامس الخامسة|السادس السادسة|\
     السابع السابعة|الثامن الثامنة|التاسع التاسعة|العاشر العاشرة",
    "الأحد|الاثنين الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت",
    "يناير|فبراير|مارس|أبريل إبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|شباط|آذار|\
     نيسان|أيار|حزيران|تموز|آب|أيلول|محرم|صفر|رجب|شعبان|رمضان|شوال",
    "أمس|اليوم|غدا",
    "شمال الشمال الشمالي الشمالية شمالي|جنوب الجنوب الجنوبي الجنوبية جنوبي|\
     شرق الشرق الشرقي الشرقية شرقي|غرب الغرب الغربي الغربية غربي",
];

/// What the lists say of a word.
#[derive(Default, Clone, Copy)]
struct Entry {
    /// Groups of [`PLAIN`] it is in, a bit each.
    plain: u128,
    /// Value it is, from 1; 0 for none.
    value: u16,
}

fn entry(word: u64) -> Entry {
    static WORDS: OnceLock<HashMap<u64, Entry>> = OnceLock::new();
    WORDS.get_or_init(words).get(&word).copied().unwrap_or_default()
}

fn words() -> HashMap<u64, Entry> {
    let mut scanner = Scanner::default();
    let mut hashes = |text: &str| -> Vec<u64> {
        scanner.scan(text);
        scanner.tokens.iter().map(|token| hash_word(scanner.token_codes(token))).collect()
    };
    let mut words: HashMap<u64, Entry> = HashMap::new();
    for (group, text) in PLAIN.iter().enumerate() {
        for word in hashes(text) {
            words.entry(word).or_default().plain |= 1u128 << (group % 128);
        }
    }
    let values = FACTS.iter().flat_map(|kind| kind.split('|'));
    for (value, text) in (1u16..).zip(values) {
        for word in hashes(text) {
            words.entry(word).or_default().value = value;
        }
    }
    words
}

/// Whether two words stand for each other without a change of what is said.
pub(super) fn is_plain(a: u64, b: u64) -> bool {
    entry(a).plain & entry(b).plain != 0
}

/// Whether a word is in any of those groups.
pub(super) fn has_plain(word: u64) -> bool {
    entry(word).plain != 0
}

/// Whether two words are one value, where each is a known one.
pub(super) fn same_value(a: u64, b: u64) -> Option<bool> {
    let (a, b) = (entry(a).value, entry(b).value);
    (a != 0 && b != 0).then_some(a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(word: &str) -> u64 {
        let mut scanner = Scanner::default();
        scanner.scan(word);
        hash_word(&scanner.codes)
    }

    #[test]
    fn every_group_has_its_bit() {
        assert!(PLAIN.len() <= 128, "{}", PLAIN.len());
    }

    #[test]
    fn words_of_saying_are_plain_and_words_that_turn_are_not() {
        assert!(is_plain(hash("said"), hash("Stated")));
        assert!(is_plain(hash("около"), hash("примерно")));
        assert!(is_plain(hash("وأعلن"), hash("واعلن")));
        for (a, b) in [("before", "after"), ("up", "down"), ("до", "после"), ("قبل", "بعد")]
        {
            assert!(!is_plain(hash(a), hash(b)), "{a} {b}");
        }
    }

    #[test]
    fn values_differ_and_their_forms_do_not() {
        assert_eq!(same_value(hash("June"), hash("July")), Some(false));
        assert_eq!(same_value(hash("июнь"), hash("июня")), Some(true));
        assert_eq!(same_value(hash("девять"), hash("десять")), Some(false));
        assert_eq!(same_value(hash("الأربعاء"), hash("الاربعاء")), Some(true));
        assert_eq!(same_value(hash("June"), hash("gate")), None);
    }
}
