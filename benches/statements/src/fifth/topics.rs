//! The same event told in other words by different people: no statement twice.

use super::texts::Lang;
use crate::chance::Chance;

/// Events by language, each told in three ways. `<<a>>` is a street, `<<b>>` a number, `<<c>>` a
/// time: all tellings of one event agree in them.
const EVENTS: [&[[&str; 3]]; 3] = [
    &[
        [
            "اندلع حريق في مستودع للأخشاب في شارع <<a>> عند الساعة <<c>>، وأخمدته <<b>> سيارات إطفاء دون إصابات.",
            "فرق الدفاع المدني تسيطر على نيران التهمت مخزنا للألواح قرب <<a>>، وقد شاركت <<b>> آليات في العملية التي بدأت <<c>>، والجميع بخير.",
            "شهود من أهل <<a>>: رأينا الدخان حوالي <<c>> ثم جاءت المطافئ سريعا، وعددها <<b>>، ولم يتأذ أحد والحمد لله.",
        ],
        [
            "تأخرت رحلات القطار على خط <<a>> نحو <<b>> دقيقة هذا الصباح بسبب عطل في الإشارات أصلح عند <<c>>.",
            "بعد خلل فني في لوحة التحكم عادت الحركة إلى سكة <<a>> اعتبارا من <<c>>، وكان الركاب قد انتظروا قرابة <<b>> دقيقة على الأرصفة.",
            "من كان ينتظر في محطة <<a>> اليوم يعرف القصة: <<b>> دقيقة بلا خبر، ثم أعلنوا في <<c>> أن الطريق سالك.",
        ],
        [
            "افتتحت البلدية حديقة جديدة في <<a>> تضم <<b>> شجرة زيتون وملعبا للأطفال، وتفتح أبوابها عند <<c>>.",
            "متنفس أخضر لسكان <<a>>: مراجيح ومقاعد و<<b>> زيتونة غرسها متطوعون، والدخول مجاني ابتداء من <<c>>.",
            "وأخيرا صار لنا مكان نلعب فيه مع أولادنا في <<a>>، عددت أشجاره فكانت <<b>>، يفتح الحارس الباب في <<c>>.",
        ],
        [
            "ألغيت مباراة الحي في ملعب <<a>> المقررة عند <<c>> بعدما غمرت الأمطار أرضه، وتعاد التذاكر وعددها <<b>>.",
            "المطر يهزم الفريقين معا: لا كرة في <<a>> مساء اليوم، ومن اشترى إحدى البطاقات <<b>> يسترد ثمنها، وكان الموعد <<c>>.",
            "بركة كبيرة بدل العشب، هكذا بدا ملعب <<a>> قبل <<c>>، فقرر الحكم التأجيل وعاد <<b>> مشجعا إلى بيوتهم.",
        ],
    ],
    &[
        [
            "На улице <<a>> в <<c>> загорелся склад досок, пожар тушили <<b>> машин, никто не пострадал.",
            "Огонь охватил хранилище пиломатериалов возле <<a>>: по словам спасателей, вызов поступил в <<c>>, работали <<b>> расчётов, жертв нет.",
            "Соседи с <<a>> рассказали, что дым увидели около <<c>>, а потом насчитали <<b>> красных автомобилей. Все целы, горели только брёвна.",
        ],
        [
            "Поезда на линии <<a>> утром задерживались на <<b>> минут из-за сбоя сигнализации, устранили его в <<c>>.",
            "Пассажиры ветки <<a>> прождали почти <<b>> минут: отказала автоматика. По данным дороги, к <<c>> движение наладили.",
            "Кто сегодня стоял на платформе <<a>>, тот поймёт. <<b>> минут тишины, и только в <<c>> объявили, что можно ехать.",
        ],
        [
            "В районе <<a>> открыли сквер: <<b>> лип, фонтан и детская площадка, вход свободный с <<c>>.",
            "Зелёный уголок появился у жителей <<a>>. Волонтёры посадили <<b>> деревьев, включили воду, сторож пускает гуляющих с <<c>>.",
            "Наконец есть где погулять с коляской на <<a>>! Липы пока маленькие, их <<b>>, зато уже в <<c>> ворота открыты.",
        ],
        [
            "Матч на стадионе <<a>>, назначенный на <<c>>, отменён: поле залило дождём, вернут деньги за <<b>> билетов.",
            "Ливень победил обе команды: футбола на <<a>> не будет, кассы принимают обратно <<b>> проданных мест. Начать хотели в <<c>>.",
            "Вместо газона озеро. Судья посмотрел на <<a>> незадолго до <<c>> и махнул рукой, <<b>> болельщиков пошли домой сушиться.",
        ],
    ],
    &[
        [
            "A timber store on <<a>> caught fire at <<c>>; <<b>> engines attended and nobody was hurt.",
            "Crews have put out a blaze that destroyed planks in a warehouse near <<a>>, sending <<b>> vehicles after a call logged at <<c>>. No casualties.",
            "People living by <<a>> say they saw smoke around <<c>> and then counted <<b>> red trucks go past. Only wood was lost, everyone is fine.",
        ],
        [
            "Trains on the <<a>> line ran <<b>> minutes late this morning after a signal fault that was fixed at <<c>>.",
            "Passengers through <<a>> waited close to <<b>> minutes when the control panel failed; normal service resumed from <<c>>, the operator says.",
            "If you stood on the platform at <<a>> today you know how it felt: <<b>> minutes of nothing, then at <<c>> a voice told us to board.",
        ],
        [
            "The council opened a park in <<a>> with <<b>> lime trees, a fountain and a playground, free from <<c>> daily.",
            "Green space at last for residents of <<a>>: volunteers planted <<b>> saplings, water is on, and the gates are unlocked at <<c>>.",
            "We can finally push a pram somewhere quiet in <<a>>. I made it <<b>> little limes, and the keeper lets you in by <<c>>.",
        ],
        [
            "The match at <<a>> due to start at <<c>> is off because the pitch is flooded, and <<b>> tickets will be refunded.",
            "Rain beat both sides: no football at <<a>> tonight. Holders of the <<b>> seats sold get their money back. Kick-off had been set for <<c>>.",
            "A lake where the grass should be. The referee took one look at <<a>> shortly before <<c>> and <<b>> fans walked home wet.",
        ],
    ],
];

const STREETS: [[&str; 12]; 3] = [
    [
        "الكرمة",
        "الينابيع",
        "الفنار",
        "التلة",
        "الغدير",
        "الطاحونة",
        "السنديان",
        "البحيرة",
        "الحرفيين",
        "الميزان",
        "الرياحين",
        "العين",
    ],
    [
        "Липки",
        "Заречье",
        "Горка",
        "Ключи",
        "Бугры",
        "Лесная",
        "Родники",
        "Дубки",
        "Причал",
        "Сады",
        "Выселки",
        "Берёзки",
    ],
    [
        "Elm Road",
        "Kiln Lane",
        "Priory Green",
        "Weir Walk",
        "Tanner's Row",
        "Beacon Hill",
        "Ropewalk",
        "Saddle Street",
        "Corn Market",
        "Fuller's Yard",
        "Swan Lane",
        "Gate End",
    ],
];

/// The tellings of one event.
pub(super) fn tellings(lang: Lang, chance: &mut Chance) -> Vec<String> {
    let event = chance.pick(EVENTS[lang as usize]);
    let street = chance.word(&STREETS[lang as usize]);
    let number = (4 + chance.below(90)).to_string();
    let time = format!("{:02}:{:02}", 5 + chance.below(17), chance.below(60));
    let fill = |telling: &&str| {
        telling.replace("<<a>>", street).replace("<<b>>", &number).replace("<<c>>", &time)
    };
    event.iter().map(fill).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tellings_of_an_event_share_its_figures_and_hold_no_slot() {
        for seed in 0..60 {
            let mut chance = Chance::new(seed);
            for lang in Lang::ALL {
                let tellings = tellings(lang, &mut chance);
                assert_eq!(tellings.len(), 3);
                assert!(tellings.iter().all(|t| !t.contains("<<") && t.contains(':')));
            }
        }
    }
}
