//! How channels dress their posts: fixed lines, rubrics, datelines, advertisements, slogans that
//! take turns, frames that change with the years, counters.

use crate::chance::Chance;

/// Words that frames are made of, by language: English, Russian, Arabic.
const WORDS: [[&str; 24]; 3] = [
    [
        "harbour", "morning", "north", "lantern", "meadow", "signal", "orchard", "granite",
        "willow", "compass", "kettle", "summit", "ribbon", "parlour", "saddle", "thunder",
        "velvet", "anchor", "barley", "cinder", "dapple", "ember", "fathom", "glacier",
    ],
    [
        "гавань",
        "утро",
        "север",
        "фонарь",
        "поляна",
        "сигнал",
        "сад",
        "гранит",
        "ива",
        "компас",
        "чайник",
        "вершина",
        "лента",
        "гостиная",
        "седло",
        "гром",
        "бархат",
        "якорь",
        "ячмень",
        "зола",
        "крапина",
        "уголёк",
        "сажень",
        "ледник",
    ],
    [
        "المرفأ",
        "الصباح",
        "الشمال",
        "الفانوس",
        "المرج",
        "الاشارة",
        "البستان",
        "الغرانيت",
        "الصفصاف",
        "البوصلة",
        "الابريق",
        "القمة",
        "الشريط",
        "الصالون",
        "السرج",
        "الرعد",
        "المخمل",
        "المرساة",
        "الشعير",
        "الجمرة",
        "النقطة",
        "الوميض",
        "الباع",
        "الجليد",
    ],
];

const JOIN: [[&str; 4]; 3] = [
    [
        "Join us",
        "Subscribe and tell your friends about",
        "Send your photos and news to",
        "All our channels in one place:",
    ],
    [
        "Подписывайтесь",
        "Подпишись и расскажи друзьям про",
        "Присылайте фото и новости в",
        "Все наши каналы в одном месте:",
    ],
    [
        "انضموا الينا",
        "اشترك واخبر اصدقاءك عن قناة",
        "ارسلوا صوركم واخباركم الى",
        "كل قنواتنا في مكان واحد:",
    ],
];

const MONTHS: [[&str; 3]; 3] =
    [["May", "June", "July"], ["мая", "июня", "июля"], ["ايار", "حزيران", "تموز"]];

/// The styles, for the table.
const STYLES: [&str; 12] = [
    "bare",
    "rubrics",
    "dateline",
    "advertisements",
    "rotating slogan",
    "changing",
    "site list",
    "signature and tags",
    "counter and slogan",
    "long invitation",
    "html",
    "double",
];

/// How one channel dresses its posts.
pub(crate) struct Frame {
    pub(crate) style: &'static str,
    number: usize,
    language: usize,
    name: String,
    /// Fixed runs of words, used by the styles as they like.
    runs: Vec<String>,
}

impl Frame {
    /// The frame of a channel.
    pub(crate) fn of(number: usize, language: usize, chance: &mut Chance) -> Self {
        let run = |words: usize, chance: &mut Chance| {
            (0..words).map(|_| *chance.pick(&WORDS[language])).collect::<Vec<_>>().join(" ")
        };
        let name = run(2, chance);
        let runs = [3, 4, 5, 6, 7, 16, 18].map(|words| run(words, chance)).to_vec();
        Self { style: STYLES[number % STYLES.len()], number, language, name, runs }
    }

    /// A body in its frame; `count` is the number of the post in its channel.
    pub(crate) fn dress(&self, body: &str, count: usize, chance: &mut Chance) -> String {
        let (n, name, runs) = (self.number, &self.name, &self.runs);
        let join = &JOIN[self.language];
        let day = 1 + count % 28;
        let month = MONTHS[self.language][count / 28 % 3];
        match self.style {
            "rubrics" => {
                let rubric = &runs[chance.below(4)];
                format!("🔹 {}\n\n{body}\n\n{name} | t.me/+aBc{n}xYz", rubric.to_uppercase())
            }
            "dateline" => {
                format!(
                    "{}, {day} {month} ({name}). {body}",
                    self.runs[0].split(' ').next().unwrap_or("")
                )
            }
            "advertisements" => format!(
                "{body}\n▬▬▬▬▬▬▬▬▬▬\n🔗 [{} {name}](https://t.me/chan{n}_chat)\n✉️ {} @bot{n}\n💼 {}",
                join[0], join[2], runs[2]
            ),
            "rotating slogan" => format!("{body}\n\n✨ {} ✨\n@chan{n}", runs[chance.below(5)]),
            "changing" if count < 12 => format!("{}!\n\n{body}\n\n{} «{name}»", runs[3], join[1]),
            "changing" => {
                format!("📌 {name} 📌\n{body}\n———\n{} 👉 {} 👈 @new{n}", join[3], runs[4])
            }
            "site list" => format!(
                "{body}\n\n[Telegram](https://t.me/chan{n}) | [VK](https://vk.com/chan{n}) | [YouTube](https://youtube.com/@chan{n}) | [{name}](https://chan{n}.example)"
            ),
            "signature and tags" => {
                let tag = |at: usize| runs[at].replace(' ', "_");
                format!("#{} #{}\n{body} ✍️ {name}", tag(chance.below(3)), tag(2 + chance.below(3)))
            }
            "counter and slogan" => format!(
                "{name} № {}, {day:02}.0{}.2024, {:02}:{:02}\n\n{body}\n\n{}. {} @chan{n}",
                1000 + count,
                4 + count / 28 % 3,
                count % 24,
                chance.below(60),
                runs[6],
                join[0]
            ),
            "long invitation" => {
                format!("{} {name}: {}.\n\n{body}\n\n{} {}", join[1], runs[5], join[2], runs[1])
            }
            "html" => format!(
                "<b>{name}</b><br/>{body}<br/><a href=\"https://t.me/chan{n}\">{} {}</a>",
                join[0], runs[1]
            ),
            "double" => {
                format!("{name}\n{}\n\n{body}\n\n{}\n{} {name} @chan{n}", runs[4], runs[5], join[1])
            }
            _ => body.to_owned(),
        }
    }
}
