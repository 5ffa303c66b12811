//! A world with known truth: channels with frames, statements and their copies, digests, and what
//! only looks like a copy.

mod change;

use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use change::Change;

/// How a channel dresses its posts.
struct Frame {
    header: String,
    footer: String,
    inline: bool,
}

/// Busy channels, and channels of about ten posts, too few to learn all frames from.
const CHANNELS: [usize; 2] = [36, 450];

struct Builder {
    posts: Vec<Labelled>,
    channels: usize,
    frames: Vec<Frame>,
    chance: Chance,
    statements: usize,
    now: i64,
}

/// Builds a world from base texts.
pub(crate) fn build(bases: &[String], seed: u64) -> World {
    let mut chance = Chance::new(seed);
    let channels = CHANNELS[seed as usize % 2];
    let frames = (0..channels).map(|number| frame(number, bases, &mut chance)).collect();
    let mut world = Builder { posts: Vec::new(), channels, frames, chance, statements: 0, now: 0 };
    let mut recent: Vec<(usize, &String)> = Vec::new();
    for base in bases {
        let statement = world.new_statement();
        world.copies(base, statement);
        recent.push((statement, base));
        if recent.len() == 40 {
            world.digests(&recent);
            world.quotes(&recent, bases);
            recent.clear();
        }
    }
    world.series();
    world.shorts();
    World { posts: world.posts }
}

/// The styles, for the table.
const STYLES: [&str; 6] =
    ["bare", "line below", "both sides", "inline", "long words", "sign and tags"];

fn frame(number: usize, bases: &[String], chance: &mut Chance) -> Frame {
    let mut run = |words: usize| -> String {
        let base = chance.pick(bases);
        base.split_whitespace().rev().take(words).collect::<Vec<_>>().join(" ")
    };
    let subscribe = ["Subscribe to", "Подписаться на", "اشترك في قناة"][number % 3];
    match number % 6 {
        0 => Frame { header: String::new(), footer: String::new(), inline: false },
        1 => Frame {
            header: String::new(),
            footer: format!("👉 {subscribe} {} | @chan{number}", run(2)),
            inline: false,
        },
        2 => Frame {
            header: format!("**{}**", run(4)),
            footer: format!("{subscribe} {}\nhttps://t.me/chan{number}", run(3)),
            inline: false,
        },
        3 => Frame {
            header: String::new(),
            footer: format!("— {subscribe} {} t.me/chan{number}", run(2)),
            inline: true,
        },
        4 => Frame { header: run(15), footer: run(15), inline: false },
        _ => Frame {
            header: format!("⚡️ {}:", run(2)),
            footer: format!("#{} #{}", run(1), run(1)),
            inline: false,
        },
    }
}

impl Builder {
    fn new_statement(&mut self) -> usize {
        self.statements += 1;
        self.statements - 1
    }

    fn post(
        &mut self,
        channel: usize,
        body: &str,
        carries: Vec<usize>,
        what: (Role, &'static str),
    ) {
        self.now += 1000 + self.chance.below(60_000) as i64;
        let frame = &self.frames[channel];
        let text = if frame.inline {
            format!("{body} {}", frame.footer)
        } else {
            [&frame.header, body, &frame.footer]
                .into_iter()
                .filter(|part| !part.is_empty())
                .cloned_join("\n\n")
        };
        let (role, kind) = what;
        let (at, forward_of, media) = (self.now, None, None);
        let frame = STYLES[channel % 6];
        self.posts.push(Labelled {
            channel,
            at,
            text,
            carries,
            role,
            kind,
            frame,
            forward_of,
            media,
        });
    }

    fn copies(&mut self, base: &str, statement: usize) {
        let channel = self.chance.below(self.channels);
        self.post(channel, base, vec![statement], (Role::Original, "original"));
        for _ in 0..self.chance.below(4) {
            let channel = self.chance.below(self.channels);
            let mut text = base.to_owned();
            let mut done: Vec<Change> = Vec::new();
            let changes = 1 + self.chance.below(2);
            for _ in 0..changes {
                let change = *self.chance.pick(&Change::ALL);
                let cuts = matches!(change, Change::CutLong | Change::CutShort | Change::Comment);
                let again = done
                    .iter()
                    .any(|d| matches!(d, Change::CutLong | Change::CutShort | Change::Comment));
                if change.applies(&text) && !done.contains(&change) && !(cuts && again) {
                    text = change.apply(&text, &mut self.chance);
                    done.push(change);
                }
            }
            let kind = match done.as_slice() {
                [] => "unchanged",
                [one] => one.name(),
                _ => "two changes",
            };
            self.post(channel, &text, vec![statement], (Role::Copy, kind));
        }
    }

    fn digests(&mut self, recent: &[(usize, &String)]) {
        for _ in 0..4 {
            let mut body =
                self.chance.pick(&["Today:", "Главное за день:", "أهم الأخبار:"]).to_string();
            let mut carries = Vec::new();
            for _ in 0..3 + self.chance.below(3) {
                let (statement, base) = *self.chance.pick(recent);
                if !carries.contains(&statement) {
                    carries.push(statement);
                    body = format!("{body}\n\n• {base}");
                }
            }
            let channel = self.chance.below(self.channels);
            self.post(channel, &body, carries, (Role::Digest, "digest"));
        }
    }

    /// Five to eight words of one text inside another.
    fn quotes(&mut self, recent: &[(usize, &String)], bases: &[String]) {
        for _ in 0..6 {
            let (_, quoted) = *self.chance.pick(recent);
            let quoted: Vec<&str> = quoted.split_whitespace().collect();
            let length = 5 + self.chance.below(4);
            let from = self.chance.below(quoted.len().saturating_sub(length).max(1));
            let quote = quoted[from..(from + length).min(quoted.len())].join(" ");
            let filler = |chance: &mut Chance| {
                let base = chance.pick(bases);
                base.split_whitespace().skip(2).step_by(2).take(12).collect::<Vec<_>>().join(" ")
            };
            let (before, after) = (filler(&mut self.chance), filler(&mut self.chance));
            let statement = self.new_statement();
            let channel = self.chance.below(self.channels);
            self.post(
                channel,
                &format!("{before} «{quote}» {after}"),
                vec![statement],
                (Role::Decoy, "quote"),
            );
        }
    }

    /// Bulletins that differ in figures and places, each copied once or twice.
    fn series(&mut self) {
        const TOWNS: [[&str; 6]; 3] = [
            ["Leeds", "Bristol", "Cardiff", "Glasgow", "Norwich", "Plymouth"],
            ["Казани", "Перми", "Туле", "Саратове", "Омске", "Вологде"],
            ["عمان", "بيروت", "القاهرة", "الرباط", "مسقط", "طرابلس"],
        ];
        for number in 0..180 {
            let language = number % 3;
            let town = *self.chance.pick(&TOWNS[language]);
            let (a, b, c) = (self.chance.below(35), self.chance.below(20), self.chance.below(100));
            let body = match (language, number / 3 % 3) {
                (0, 0) => format!(
                    "Weather bulletin for {town}: temperature up to {a} degrees, wind of {b} metres a second, humidity of {c} percent, no rain expected before the evening."
                ),
                (0, 1) => format!(
                    "The service warns of strong wind and heavy rain in the area of {town} until late in the evening; drivers are asked to slow down and not to park under trees."
                ),
                (0, _) => format!(
                    "Final score in {town}: the home side won by {b} to {c} in front of {a} thousand spectators, the next match is on Sunday at the same stadium."
                ),
                (1, 0) => format!(
                    "Прогноз погоды в {town}: температура воздуха до {a} градусов, ветер {b} метров в секунду, влажность {c} процентов, осадков до вечера не ожидается."
                ),
                (1, 1) => format!(
                    "Предупреждение о сильном ветре и ливнях в {town} действует до позднего вечера, водителей просят снизить скорость и не оставлять машины под деревьями."
                ),
                (1, _) => format!(
                    "Итог матча в {town}: хозяева выиграли со счётом {b} на {c}, на трибунах было {a} тысяч зрителей, следующая игра в воскресенье на том же стадионе."
                ),
                (_, 0) => format!(
                    "نشرة الطقس في {town}: درجة الحرارة تصل الى {a} درجة والرياح {b} مترا في الثانية والرطوبة {c} في المئة ولا يتوقع هطول المطر قبل المساء."
                ),
                (_, 1) => format!(
                    "تحذير من رياح قوية وامطار غزيرة في منطقة {town} حتى ساعة متأخرة من المساء ويطلب من السائقين تخفيف السرعة وعدم الوقوف تحت الاشجار."
                ),
                _ => format!(
                    "نتيجة المباراة في {town}: فاز الفريق المضيف {b} مقابل {c} امام {a} الف متفرج والمباراة القادمة يوم الاحد في الملعب نفسه."
                ),
            };
            // The same bulletin drawn twice is the same statement.
            let twin =
                self.posts.iter().find(|post| post.kind == "series" && post.text.contains(&body));
            let statement = match twin.map(|post| post.carries[0]) {
                Some(statement) => statement,
                None => self.new_statement(),
            };
            let home = number % 3;
            self.post(home, &body, vec![statement], (Role::Decoy, "series"));
            if self.chance.one_in(2) {
                let channel = 6 + self.chance.below(self.channels - 6);
                self.post(channel, &body, vec![statement], (Role::Decoy, "series"));
            }
        }
    }

    /// Short bodies in long frames.
    fn shorts(&mut self) {
        const SHORT: [&str; 12] = [
            "Trains run on time again",
            "Rain until Friday",
            "The bridge is open",
            "Match postponed to Monday",
            "Поезда идут по расписанию",
            "Дождь до пятницы",
            "Мост снова открыт",
            "Матч перенесли на понедельник",
            "القطارات تسير في موعدها",
            "مطر حتى يوم الجمعة",
            "الجسر مفتوح من جديد",
            "تأجيل المباراة الى الاثنين",
        ];
        let statements: Vec<usize> = SHORT.iter().map(|_| self.new_statement()).collect();
        for _ in 0..120 {
            let which = self.chance.below(SHORT.len());
            let channel = self.chance.below(self.channels);
            self.post(channel, SHORT[which], vec![statements[which]], (Role::Decoy, "short"));
        }
    }
}

/// Joins borrowed strings.
trait ClonedJoin {
    fn cloned_join(self, between: &str) -> String;
}

impl<'a, I: Iterator<Item = &'a T>, T: AsRef<str> + 'a + ?Sized> ClonedJoin for I {
    fn cloned_join(self, between: &str) -> String {
        self.map(AsRef::as_ref).collect::<Vec<_>>().join(between)
    }
}
