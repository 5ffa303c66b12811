//! Series: one wording day after day, in which only a figure, a date or a place is another.

use super::texts::Lang;
use crate::chance::Chance;

/// Wordings by language. `<<n:LOW:HIGH>>` is a number, `<<f:LOW:HIGH>>` one with two decimals,
/// `<<time>>`, `<<day>>`, `<<team>>`, `<<sky>>` and `<<wind>>` what they say, `<<city>>` and
/// `<<place>>` stay the same within a series or not.
const WORDINGS: [&[&str]; 3] = [
    &[
        "حالة الطقس في <<city>> ليوم <<day>>: <<sky>>، العظمى <<n:18:39>> والصغرى <<n:4:17>>، والرياح <<wind>> بسرعة <<n:5:60>> كم في الساعة، والرطوبة <<n:20:95>> بالمئة.",
        "أسعار الصرف صباح <<day>>: الدولار <<f:3:9>> للشراء و<<f:3:9>> للمبيع، واليورو <<f:4:9>>، وغرام الذهب عيار ٢١ عند <<n:180:420>>.",
        "ارتفع عدد المصابين في حوادث السير في <<city>> خلال الساعات الأربع والعشرين الماضية إلى <<n:2:60>> مصابا بحسب الدفاع المدني.",
        "انتهت مباراة <<team>> و<<team>> ضمن الجولة <<n:5:34>> من الدوري بنتيجة <<n:0:5>> مقابل <<n:0:5>> وحضرها <<n:900:24000>> متفرجا.",
        "يغادر القطار رقم <<n:11:99>> من <<city>> إلى <<city>> عند الساعة <<time>> من الرصيف <<n:1:9>>، ويصل بعد ساعتين ونصف، ولا يتوقف في المحطات الصغيرة.",
        "مواقيت الصلاة في <<city>> ليوم <<day>>: الفجر <<time>> والظهر <<time>> والعصر <<time>> والمغرب <<time>> والعشاء <<time>>.",
        "تنقطع المياه عن حي <<place>> يوم <<day>> من الساعة <<time>> حتى الساعة <<time>> بسبب أعمال الصيانة، نرجو من الأهالي تخزين ما يكفيهم ونعتذر عن الإزعاج.",
        "بلغ منسوب النهر عند جسر <<place>> هذا الصباح <<n:120:480>> سنتيمترا، أي أقل من حد الإنذار، ولا خطر على البيوت القريبة حتى الآن.",
        "سجلت محطة الرصد هزة خفيفة بقوة <<f:2:4>> درجات قرب <<city>> عند الساعة <<time>> ولم يشعر بها معظم السكان ولا أضرار.",
    ],
    &[
        "Погода в городе <<city>> на <<day>>: <<sky>>, днём до <<n:2:29>> градусов, ночью <<n:-9:12>>, ветер <<wind>>, <<n:1:19>> м/с, влажность <<n:30:98>> процентов.",
        "Курс на <<day>>: доллар <<f:70:99>>, евро <<f:80:110>>, юань <<f:9:14>>. Покупка и продажа в отделениях могут отличаться.",
        "За минувшие сутки в ДТП на дорогах области пострадали <<n:2:60>> человек, сообщает дежурная часть. Водителей просят соблюдать дистанцию.",
        "«<<team>>» и «<<team>>» завершили матч <<n:5:34>>-го тура со счётом <<n:0:5>>:<<n:0:5>>, на стадионе было <<n:900:24000>> зрителей.",
        "Электричка <<n:6001:6990>> до станции <<place>> отправится в <<time>> с пути <<n:1:9>>. Остановки по всем пунктам, кроме платформ без касс, последние два вагона закрыты.",
        "Уровень воды у моста на улице <<place>> утром составил <<n:120:480>> см, это ниже опасной отметки. Следующее измерение вечером.",
        "Плановое отключение горячей воды: улица <<place>>, <<day>>, с <<time>> до <<time>>. Приносим извинения за неудобства, аварийная служба работает круглосуточно.",
        "Качество воздуха в районе <<place>>: индекс <<n:12:180>>, замер в <<time>>. Окна можно держать открытыми, прогулки с детьми не ограничены.",
        "На перевале <<place>> по состоянию на <<time>> проезд открыт для легковых машин, на границе стоят <<n:3:240>> автомобилей, ожидание до трёх часов.",
    ],
    &[
        "Weather for <<city>> on <<day>>: <<sky>>, high of <<n:2:29>>, low of <<n:-9:12>>, wind <<wind>> at <<n:5:60>> km/h, humidity <<n:30:98>> per cent.",
        "Rates this morning, <<day>>: dollar <<f:1:3>>, euro <<f:1:3>>, franc <<f:1:3>>, a barrel of crude at <<f:60:99>>. Banks may charge more at the counter.",
        "The number of people hurt on the county's roads over the past day has risen to <<n:2:60>>, the rescue service says.",
        "Full time: <<team>> <<n:0:5>>, <<team>> <<n:0:5>>. Match day <<n:5:34>>, attendance <<n:900:24000>>. Next round on Saturday.",
        "The <<time>> from <<city>> to <<city>> is running <<n:4:95>> minutes late because of a signal fault. Tickets are valid on the next service, staff are on the platform.",
        "High water at <<place>> quay on <<day>> is at <<time>> and <<time>>, height <<f:2:7>> metres. Please keep off the lower steps.",
        "Road works on <<place>> Street: one lane closed on <<day>> between <<time>> and <<time>>. Buses take the usual diversion past the market and the school.",
        "Air quality in <<place>> at <<time>>: index <<n:12:180>>, pollen moderate. No advice for sensitive groups at this hour.",
        "Lost and found at <<place>> station: <<n:2:60>> items handed in this week, the office is open from nine to five and closed on holidays.",
    ],
];

const CITIES: [[&str; 8]; 3] = [
    ["حلب", "صور", "البصرة", "الإسكندرية", "إربد", "قابس", "صحار", "طنجة"],
    ["Псков", "Вологда", "Рязань", "Томск", "Сызрань", "Выборг", "Елец", "Кунгур"],
    ["Dover", "Leeds", "Cork", "Galway", "Bangor", "Whitby", "Oban", "Truro"],
];

const PLACES: [[&str; 8]; 3] = [
    ["الزيتون", "النخيل", "الورود", "السلام", "الربيع", "البساتين", "القلعة", "المرجان"],
    ["Садовая", "Луговая", "Речная", "Полевая", "Мельничная", "Каменка", "Озёрная", "Сосновая"],
    ["Mill", "Chapel", "Orchard", "Castle", "Meadow", "Quarry", "Abbey", "Ferry"],
];

const TEAMS: [[&str; 8]; 3] = [
    ["النسور", "الأمواج", "الفرسان", "الصقور", "الواحة", "الرواد", "الشراع", "النجم"],
    ["Маяк", "Волна", "Луч", "Заря", "Ласточка", "Нива", "Прибой", "Гранит"],
    ["Rovers", "Albion", "Wanderers", "United", "Athletic", "Harriers", "Rangers", "Town"],
];

const SKIES: [[&str; 5]; 3] = [
    ["مشمس", "غائم جزئيا", "أمطار متفرقة", "ضباب صباحي", "صاف"],
    ["ясно", "облачно", "местами дождь", "туман", "снег с дождём"],
    ["sunny", "partly cloudy", "scattered showers", "morning fog", "clear"],
];

const WINDS: [[&str; 4]; 3] = [
    ["شمالية", "جنوبية", "غربية", "شرقية"],
    ["северный", "южный", "западный", "восточный"],
    ["from the north", "from the south", "from the west", "from the east"],
];

const MONTHS: [&str; 3] = ["آذار", "марта", "March"];

/// A series of a channel: one wording, and what stays the same in it.
pub(super) struct Series {
    lang: Lang,
    wording: &'static str,
    /// The city and the place of a daily series; a series that goes around has none.
    fixed: Option<(&'static str, &'static str)>,
    /// Only the first slot changes from one post to the next, the others stay.
    one_slot: Option<String>,
}

impl Series {
    pub(super) fn new(lang: Lang, chance: &mut Chance) -> Self {
        let at = lang as usize;
        let wording = chance.word(WORDINGS[at]);
        let fixed =
            (!chance.one_in(3)).then(|| (chance.word(&CITIES[at]), chance.word(&PLACES[at])));
        let mut series = Self { lang, wording, fixed, one_slot: None };
        if chance.one_in(4) {
            series.one_slot = series.with_one_open_slot(chance);
        }
        series
    }

    /// Everything filled in but one figure; none where the wording has only times.
    fn with_one_open_slot(&self, chance: &mut Chance) -> Option<String> {
        let open = self.wording.find("<<n:").or_else(|| self.wording.find("<<f:"))?;
        let (before, from) = self.wording.split_at_checked(open)?;
        let end = from.find(">>").map_or(from.len(), |end| end + 2);
        let (slot, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let (before, after) = (self.fill(before, 4, chance), self.fill(after, 4, chance));
        Some(format!("{before}{slot}{after}"))
    }

    /// The post of a day of the month.
    pub(super) fn write(&self, day: usize, chance: &mut Chance) -> String {
        let wording = self.one_slot.as_deref().unwrap_or(self.wording);
        self.fill(wording, day, chance)
    }

    fn fill(&self, wording: &str, day: usize, chance: &mut Chance) -> String {
        let mut out = String::new();
        let mut rest = wording;
        while let Some((before, after)) = rest.split_once("<<") {
            out.push_str(before);
            let (slot, after) = after.split_once(">>").unwrap_or((after, ""));
            out.push_str(&self.slot(slot, day, chance));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn slot(&self, slot: &str, day: usize, chance: &mut Chance) -> String {
        let at = self.lang as usize;
        let mut parts = slot.split(':');
        let name = parts.next().unwrap_or("");
        let mut number = || parts.next().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0);
        let (low, high) = (number(), number());
        match name {
            "n" => (low + chance.below((high - low + 1) as usize) as i64).to_string(),
            "f" => {
                let cents = low * 100 + chance.below(((high - low) * 100) as usize) as i64;
                format!("{}.{:02}", cents / 100, cents % 100)
            }
            "time" => format!("{:02}:{:02}", chance.below(24), chance.below(60)),
            "day" => format!("{day} {}", MONTHS[at]),
            "team" => chance.word(&TEAMS[at]).to_owned(),
            "sky" => chance.word(&SKIES[at]).to_owned(),
            "wind" => chance.word(&WINDS[at]).to_owned(),
            "city" => self.fixed.map_or_else(|| chance.word(&CITIES[at]), |(c, _)| c).to_owned(),
            _ => self.fixed.map_or_else(|| chance.word(&PLACES[at]), |(_, p)| p).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wording_is_filled() {
        let mut chance = Chance::new(9);
        for lang in Lang::ALL {
            for wording in WORDINGS[lang as usize] {
                let mut series = Series { lang, wording, fixed: None, one_slot: None };
                let one = series.write(3, &mut chance);
                assert!(!one.contains("<<") && !one.contains(">>"), "{one}");
                series.one_slot = series.with_one_open_slot(&mut chance);
                let open = series.one_slot.as_deref().unwrap_or("");
                assert!(open.matches("<<").count() <= 1, "{open}");
                assert!(!series.write(3, &mut chance).contains("<<"));
            }
        }
    }
}
