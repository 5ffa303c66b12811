//! Bulletins, adverts and updates: one form, other facts.

use super::channels::{date, time};
use super::lexicon::Language;
use crate::chance::Chance;

/// Forms with slots. A slot is filled anew for each issue, or for one or two of them.
struct Forms {
    bulletins: &'static [&'static str],
    adverts: &'static [&'static str],
    /// Stages of one event in the same words but for a few.
    updates: &'static [&'static [&'static str]],
    cities: &'static [&'static str],
    teams: &'static [&'static str],
    people: &'static [&'static str],
    winds: &'static [&'static str],
    skies: &'static [&'static str],
    goods: &'static [&'static str],
}

static RUSSIAN: Forms = Forms {
    bulletins: &[
        "Погода в городе {city} на {date}: днём +{n1}, ночью +{n1}, ветер {wind}, {n1} м/с, влажность {n2}%, {sky}.",
        "{city}. Температура воздуха +{n2}, давление {n3} мм рт. ст., ветер {wind}, {sky}. Водителей просят соблюдать дистанцию и не превышать скорость на мокрых участках дороги. Следующий прогноз выйдет в {time}.",
        "Поезд № {n3} {city} — {city} задерживается на {n2} минут. Отправление перенесено на {time}, платформа {n1}. Приносим извинения за неудобства.",
        "Завершился матч {n2}-го тура: «{team}» — «{team}» {n1}:{n1}. Голы забили {person} ({n2}-я минута) и {person} ({n2}-я минута). На стадионе было {n2} тысяч зрителей.",
        "Курсы на {date}: доллар {n2},{n2}, евро {n2},{n2}, юань {n2},{n2}, лира {n1},{n2}.",
        "Землетрясение магнитудой {n1},{n1} зарегистрировано в {n2} км от города {city} в {time}. Пострадавших и разрушений нет.",
        "Уровень воды у города {city} на {date}: {n3} см, за сутки прибавилось {n2} см. До опасной отметки остаётся {n3} см, наблюдения продолжаются, паводковая комиссия работает в обычном режиме.",
        "Сегодня в расписании автобусов города {city} изменения: маршрут {n2} идёт с интервалом {n2} минут, последний рейс в {time}.",
    ],
    adverts: &[
        "Продаём: {good}. Состояние отличное, гарантия {n2} месяцев, доставка по городу {city}. Цена {n3}0 рублей, звоните до {time}.",
        "🔥 Скидка {n2}% на {good}! Только до {date}, количество ограничено. Заказывайте у нашего менеджера, самовывоз — {city}.",
        "Ищем сотрудника на склад, где хранятся {good}. График сменный, оплата {n3}00 рублей за смену, город {city}, обучение за наш счёт.",
    ],
    updates: &[
        &[
            "Рейс {n3} из города {city} готовится к посадке в аэропорту города {city}, сообщила служба движения.",
            "Рейс {n3} из города {city} совершил посадку в аэропорту города {city}, сообщила служба движения.",
        ],
        &[
            "Движение по мосту у города {city} закрыто из-за сильного ветра, водителям советуют объезд через {city}.",
            "Движение по мосту у города {city} открыто после сильного ветра, водителям больше не нужен объезд через {city}.",
        ],
        &[
            "«{team}» и «{team}» начали матч, на трибунах аншлаг, счёт {n1}:0 после первых {n2} минут.",
            "«{team}» и «{team}» ушли на перерыв, на трибунах аншлаг, счёт {n1}:1 после первых 45 минут.",
            "«{team}» и «{team}» закончили матч, на трибунах аншлаг, счёт {n1}:3 после всех 90 минут.",
        ],
        &[
            "В городе {city} объявлено штормовое предупреждение, занятия в школах {date} отменены.",
            "В городе {city} снято штормовое предупреждение, занятия в школах {date} состоятся.",
        ],
    ],
    cities: &[
        "Воронеж",
        "Томск",
        "Псков",
        "Омск",
        "Калуга",
        "Тверь",
        "Пермь",
        "Саратов",
        "Рязань",
        "Уфа",
        "Чита",
        "Вологда",
        "Кострома",
        "Тула",
    ],
    teams: &[
        "Локомотив",
        "Ракета",
        "Волна",
        "Горняк",
        "Маяк",
        "Энергия",
        "Север",
        "Металлист",
        "Заря",
        "Спутник",
    ],
    people: &["Иванов", "Соколов", "Ветров", "Лебедев", "Морозов", "Зайцев", "Громов", "Попов"],
    winds: &["северный", "южный", "западный", "восточный", "северо-западный", "юго-восточный"],
    skies: &[
        "без осадков",
        "небольшой дождь",
        "снег с дождём",
        "туман утром",
        "гроза к вечеру",
        "ясно",
        "метель",
    ],
    goods: &[
        "зимние шины",
        "велосипеды",
        "кухонные столы",
        "книжные полки",
        "тёплые пледы",
        "садовые качели",
        "детские коляски",
        "чайные сервизы",
        "газонокосилки",
        "настольные лампы",
    ],
};

static ARABIC: Forms = Forms {
    bulletins: &[
        "حالة الطقس في {city} يوم {date}: العظمى {n2} والصغرى {n1}، رياح {wind} بسرعة {n2} كم في الساعة، {sky}.",
        "{city}: درجة الحرارة {n2} والرطوبة {n2} بالمئة والرياح {wind}، {sky}. ندعو السائقين إلى الحذر وترك مسافة كافية على الطرق المبتلة. تصدر النشرة القادمة الساعة {time}.",
        "القطار رقم {n3} من {city} إلى {city} يتأخر {n2} دقيقة، موعد الانطلاق الجديد {time} من الرصيف {n1}. نعتذر من الركاب الكرام.",
        "انتهت مباراة الجولة {n2}: {team} {n1} - {n1} {team}. سجل {person} في الدقيقة {n2} و{person} في الدقيقة {n2} أمام {n2} ألف متفرج.",
        "أسعار الصرف يوم {date}: الدولار {n2}.{n2}، اليورو {n2}.{n2}، الجنيه {n2}.{n2}، الريال {n1}.{n2}.",
        "سجلت محطات الرصد هزة أرضية بقوة {n1}.{n1} درجات على بعد {n2} كم من {city} الساعة {time} ولم ترد أنباء عن أضرار.",
        "منسوب النهر عند {city} يوم {date} بلغ {n3} سم بزيادة {n2} سم عن أمس، والمراقبة مستمرة ولا خطر على السكان.",
    ],
    adverts: &[
        "للبيع {good} بحالة ممتازة مع ضمان {n2} شهرا والتوصيل داخل {city}، السعر {n3} فقط، اتصل قبل الساعة {time}.",
        "🔥 خصم {n2}% على {good} حتى {date} والكمية محدودة، احجز الآن واستلم من فرع {city}.",
        "مطلوب عامل لمستودع {good} في {city}، دوام {n1} ساعات وراتب {n3}0 شهريا مع التدريب والسكن.",
    ],
    updates: &[
        &[
            "الرحلة رقم {n3} القادمة من {city} تستعد للهبوط في مطار {city} بعد قليل",
            "الرحلة رقم {n3} القادمة من {city} هبطت في مطار {city} قبل قليل",
        ],
        &[
            "إغلاق الجسر قرب {city} بسبب الرياح الشديدة وتحويل السير عبر طريق {city}",
            "إعادة فتح الجسر قرب {city} بعد الرياح الشديدة وانتهاء تحويل السير عبر طريق {city}",
        ],
        &[
            "انطلاق مباراة {team} و{team} في ملعب {city} أمام مدرجات ممتلئة والنتيجة حتى الآن {n1} مقابل صفر",
            "نهاية مباراة {team} و{team} في ملعب {city} أمام مدرجات ممتلئة والنتيجة النهائية {n1} مقابل أربعة",
        ],
    ],
    cities: &[
        "عمان",
        "الرباط",
        "طنجة",
        "صفاقس",
        "أسوان",
        "حلب",
        "البصرة",
        "جدة",
        "مسقط",
        "وهران",
        "صيدا",
        "الموصل",
    ],
    teams: &[
        "النجم",
        "الساحل",
        "الاتحاد",
        "الوحدة",
        "الشباب",
        "السكة",
        "البحارة",
        "الفجر",
        "الشعلة",
    ],
    people: &["سالم", "كريم", "ياسين", "حمزة", "طارق", "ماهر", "نادر", "بلال"],
    winds: &["شمالية", "جنوبية", "غربية", "شرقية", "شمالية غربية", "جنوبية شرقية"],
    skies: &["سماء صافية", "غيوم متفرقة", "أمطار خفيفة", "ضباب صباحي", "عواصف رعدية", "غبار عالق"],
    goods: &[
        "إطارات شتوية",
        "دراجات هوائية",
        "طاولات مطبخ",
        "رفوف كتب",
        "مصابيح مكتب",
        "كراسي حديقة",
        "عربات أطفال",
        "أباريق شاي",
        "سجاد يدوي",
    ],
};

static ENGLISH: Forms = Forms {
    bulletins: &[
        "Weather for {city} on {date}: high {n2}, low {n1}, {wind} wind at {n2} km/h, humidity {n2}%, {sky}.",
        "{city}: {n2} degrees, pressure {n3} hPa, {wind} wind, {sky}. Drivers are asked to keep their distance and slow down on wet parts of the road. The next forecast comes at {time}.",
        "Train {n3} from {city} to {city} is delayed by {n2} minutes and now leaves at {time} from platform {n1}. We are sorry for any inconvenience.",
        "Full time in round {n2}: {team} {n1}, {team} {n1}. Goals by {person} ({n2}') and {person} ({n2}') before a crowd of {n2} thousand.",
        "Rates on {date}: dollar {n2}.{n2}, euro {n2}.{n2}, pound {n2}.{n2}, yen {n1}.{n2}.",
        "A magnitude {n1}.{n1} earthquake was recorded {n2} km from {city} at {time}. There are no reports of damage.",
        "River level at {city} on {date}: {n3} cm, up {n2} cm in a day. The warning mark is {n3} cm away and the flood board works as usual.",
    ],
    adverts: &[
        "For sale: {good} in excellent condition, {n2} months of warranty, delivery within {city}. Price {n3} dollars, call before {time}.",
        "🔥 {n2}% off {good} until {date} while stocks last! Order from our manager and pick up in {city}.",
        "We are hiring at a warehouse for {good} in {city}: shifts of {n1} hours, {n3} a day, training is on us.",
    ],
    updates: &[
        &[
            "Flight {n3} from {city} is about to land at the airport of {city}, the tower says.",
            "Flight {n3} from {city} has landed at the airport of {city}, the tower says.",
        ],
        &[
            "The bridge near {city} is closed because of strong wind, take the road through {city}.",
            "The bridge near {city} is open again after strong wind, no need for the road through {city}.",
        ],
        &[
            "{team} and {team} have kicked off before a full house, it is {n1} to nil after {n2} minutes.",
            "{team} and {team} are at half time before a full house, it is {n1} to one after 45 minutes.",
            "{team} and {team} have finished before a full house, it is {n1} to three after 90 minutes.",
        ],
    ],
    cities: &[
        "Leeds", "Cork", "Turin", "Ghent", "Bergen", "Lyon", "Porto", "Graz", "Utrecht", "Malmo",
        "Split", "Bath",
    ],
    teams: &[
        "Rovers",
        "United Rail",
        "Harbour Town",
        "Northside",
        "Athletic",
        "Wanderers",
        "Old Mill",
        "Rangers",
    ],
    people: &["Hill", "Brook", "Marsh", "Stone", "Wood", "Field", "Rivers", "Banks"],
    winds: &["northerly", "southerly", "westerly", "easterly", "north-westerly", "south-easterly"],
    skies: &[
        "dry and clear",
        "light rain",
        "sleet later",
        "morning fog",
        "thunder by evening",
        "some snow",
    ],
    goods: &[
        "winter tyres",
        "bicycles",
        "kitchen tables",
        "book shelves",
        "desk lamps",
        "garden chairs",
        "prams",
        "tea sets",
        "lawn mowers",
    ],
};

fn forms(language: Language) -> &'static Forms {
    match language {
        Language::Arabic => &ARABIC,
        Language::Russian => &RUSSIAN,
        Language::English => &ENGLISH,
    }
}

/// A form cut at its slots: what stands between them, and their names.
fn slots(form: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut between, mut names) = (Vec::new(), Vec::new());
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        between.push(before);
        names.push(name);
        rest = after;
    }
    between.push(rest);
    (between, names)
}

fn fill(between: &[&str], values: &[String]) -> String {
    let mut out = String::new();
    for (at, text) in between.iter().enumerate() {
        out.push_str(text);
        out.push_str(values.get(at).map_or("", String::as_str));
    }
    out
}

fn value(name: &str, language: Language, chance: &mut Chance) -> String {
    let forms = forms(language);
    match name {
        "n1" => (1 + chance.below(9)).to_string(),
        "n2" => (10 + chance.below(89)).to_string(),
        "n3" => (100 + chance.below(899)).to_string(),
        "time" => time(chance.below(1440) as i64 * 60_000),
        "date" => date(language, chance.below(360) as i64 * 86_400_000),
        "city" => chance.word(forms.cities).to_owned(),
        "team" => chance.word(forms.teams).to_owned(),
        "person" => chance.word(forms.people).to_owned(),
        "wind" => chance.word(forms.winds).to_owned(),
        "sky" => chance.word(forms.skies).to_owned(),
        _ => chance.word(forms.goods).to_owned(),
    }
}

/// Texts of one form that all differ: in every slot, or (one series of three) in one or two.
fn issues(form: &str, count: usize, language: Language, chance: &mut Chance) -> Vec<String> {
    let (between, names) = slots(form);
    let mut values: Vec<String> = names.iter().map(|name| value(name, language, chance)).collect();
    let few = chance.one_in(3);
    let mut texts: Vec<String> = vec![fill(&between, &values)];
    for _ in 0..count * 8 {
        if few {
            // The hour of the next issue alone would make no other statement.
            let facts: Vec<usize> = (0..names.len()).filter(|at| names[*at] != "time").collect();
            for _ in 0..=chance.below(2) {
                let at = *chance.pick(&facts);
                values[at] = value(names[at], language, chance);
            }
        } else {
            values = names.iter().map(|name| value(name, language, chance)).collect();
        }
        let text = fill(&between, &values);
        if texts.len() < count && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

pub(super) fn bulletins(language: Language, chance: &mut Chance) -> Vec<String> {
    let form = chance.word(forms(language).bulletins);
    let count = 4 + chance.below(6);
    issues(form, count, language, chance)
}

/// Adverts of one form: always for other goods.
pub(super) fn adverts(language: Language, chance: &mut Chance) -> Vec<String> {
    let form = chance.word(forms(language).adverts);
    let mut goods: Vec<&str> = forms(language).goods.to_vec();
    super::texts::shuffle(&mut goods, chance);
    let count = 3 + chance.below(4);
    let other = |good: &&str, chance: &mut Chance| {
        issues(&form.replace("{good}", good), 1, language, chance).remove(0)
    };
    goods.iter().take(count).map(|good| other(good, chance)).collect()
}

/// The stages of one event.
pub(super) fn updates(language: Language, chance: &mut Chance) -> Vec<String> {
    let all = forms(language).updates;
    let stages = all[chance.below(all.len())];
    let (_, names) = slots(stages[0]);
    let values: Vec<String> = names.iter().map(|name| value(name, language, chance)).collect();
    stages.iter().map(|stage| fill(&slots(stage).0, &values)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_issues_and_no_two_stages_are_alike() {
        for seed in 0..200 {
            for language in super::super::lexicon::LANGUAGES {
                let chance = &mut Chance::new(seed);
                for texts in [
                    bulletins(language, chance),
                    adverts(language, chance),
                    updates(language, chance),
                ] {
                    assert!(texts.len() >= 2, "{texts:?}");
                    assert!(texts.iter().all(|text| !text.contains(['{', '}'])), "{texts:?}");
                    let mut one_of_each = texts.clone();
                    one_of_each.sort();
                    one_of_each.dedup();
                    assert_eq!(one_of_each.len(), texts.len());
                }
            }
        }
    }
}
