//! Texts that look like another statement and are their own.

/// One sentence of each language with a slot for a word that turns its meaning.
pub(crate) const FLIPS: [&str; 24] = [
    "The town council {approved|rejected} the plan for a second tram line to the harbour after a long meeting on Tuesday evening, the mayor's office said.",
    "The ferry between the two islands will {run|stop} during the whole of the coming weekend because of the forecast, the port authority told passengers.",
    "The home team {won|lost} the last match of the season in front of a full stadium and will play in the first division next autumn.",
    "Meteorologists expect the winter in the northern valleys to be {warmer|colder} than usual, with snow in the second half of December at the earliest.",
    "The mountain road to the observatory will be {opened|closed} for cars from the first of June, the regional road service said on its page.",
    "The railway will {raise|lower} the price of day tickets on all suburban lines from the beginning of next month, as announced by its press office.",
    "The museum of navigation says that it has {found|lost} the old map of the lighthouse which was shown at the exhibition last summer.",
    "Swimming in the city lake is {allowed|forbidden} again after new samples of the water were examined by the laboratory on Monday morning.",
    "Городской совет {одобрил|отклонил} проект второй трамвайной линии до порта после долгого заседания во вторник вечером, сообщили в мэрии.",
    "Паром между двумя островами все выходные {будет|не будет} ходить из-за прогноза погоды, предупредили пассажиров в администрации порта.",
    "Хозяева поля {выиграли|проиграли} последний матч сезона на заполненном стадионе и осенью сыграют уже в первом дивизионе.",
    "Синоптики ожидают, что зима в северных долинах будет {теплее|холоднее} обычной, а снег ляжет не раньше второй половины декабря.",
    "Горную дорогу к обсерватории {откроют|закроют} для машин с первого июня, сообщили на странице областной дорожной службы.",
    "Железная дорога {повысит|снизит} стоимость дневных билетов на всех пригородных линиях с начала следующего месяца, объявила её пресс-служба.",
    "Музей мореплавания сообщил, что старая карта маяка, которую показывали прошлым летом на выставке, {найдена|потеряна} сотрудниками архива.",
    "Купаться в городском озере снова {разрешили|запретили} после того, как лаборатория в понедельник утром проверила новые пробы воды.",
    "{وافق|اعترض} مجلس المدينة على مشروع خط الترام الثاني الى المرفأ بعد جلسة طويلة مساء الثلاثاء حسب مكتب رئيس البلدية",
    "اعلنت ادارة الميناء ان العبارة بين الجزيرتين سوف {تعمل|تتوقف} طوال عطلة نهاية الاسبوع القادم بسبب توقعات الطقس",
    "{فاز|خسر} فريق اصحاب الارض في المباراة الاخيرة من الموسم امام ملعب ممتلئ وسيلعب في الدرجة الاولى في الخريف",
    "يتوقع خبراء الارصاد ان يكون الشتاء في الوديان الشمالية {ادفأ|ابرد} من المعتاد وان يتأخر الثلج الى النصف الثاني من الشهر",
    "سيتم {فتح|اغلاق} الطريق الجبلي المؤدي الى المرصد امام السيارات من بداية الشهر القادم حسب دائرة الطرق في المنطقة",
    "قررت السكك الحديدية {رفع|خفض} اسعار التذاكر اليومية على جميع خطوط الضواحي من بداية الشهر القادم حسب مكتبها الصحفي",
    "قال متحف الملاحة انه {وجد|فقد} الخريطة القديمة للمنارة التي عرضت في معرض الصيف الماضي امام الزوار",
    "اصبحت السباحة في بحيرة المدينة {مسموحة|ممنوعة} من جديد بعد ان فحص المختبر عينات المياه الجديدة صباح الاثنين",
];

/// Three reports of one event each, in other words.
pub(crate) const TOPICS: [[&str; 3]; 9] = [
    [
        "A goods train left the rails near the bridge this morning; nobody was hurt, and the line will be free by the evening, the railway says.",
        "Traffic over the bridge came to a halt on Monday when several wagons of a goods train derailed; engineers hope to reopen the track tonight.",
        "Derailed near the river: wagons block the bridge, passengers are taken by bus until the crane has finished its work late in the day.",
    ],
    [
        "The first snow of the season fell on the pass overnight and the road service asked drivers to use winter tyres from today.",
        "Drivers crossing the pass woke up to white roads today: ten centimetres of snow came down during the night, the earliest in years.",
        "Winter has come early to the mountains, where snow surprised walkers on the pass and closed two of the huts until the weekend.",
    ],
    [
        "The captain scored twice in the second half and the visitors took all three points home after a match full of chances.",
        "Two late goals by their captain gave the visitors the win in a lively game that the hosts had led until the break.",
        "The hosts threw away their lead after the break; the visitors' captain turned the match with a double in twenty minutes.",
    ],
    [
        "Грузовой поезд сошёл с рельсов утром у моста, пострадавших нет, движение обещают восстановить к вечеру, сообщили на железной дороге.",
        "Движение через мост остановлено: несколько вагонов товарного состава съехали с путей, инженеры надеются закончить работы ночью.",
        "Пассажиров везут автобусами в обход моста, где утром опрокинулись вагоны; кран уже на месте, разбор завала займёт весь день.",
    ],
    [
        "Первый снег сезона выпал ночью на перевале, дорожная служба просит водителей с сегодняшнего дня ехать на зимней резине.",
        "Водители на перевале проснулись среди белых дорог: за ночь намело десять сантиметров, так рано снега не было много лет.",
        "Зима пришла в горы раньше срока: снегопад застал туристов на перевале врасплох, два приюта закрыты до выходных.",
    ],
    [
        "Капитан забил дважды после перерыва, и гости увезли три очка после матча, в котором было много опасных моментов.",
        "Два поздних гола капитана принесли гостям победу в живой игре, где хозяева вели в счёте до самого перерыва.",
        "Хозяева упустили преимущество во втором тайме: дубль капитана гостей за двадцать минут перевернул встречу с ног на голову.",
    ],
    [
        "خرج قطار بضائع عن السكة صباح اليوم قرب الجسر ولم يصب احد وستعود الحركة في المساء حسب ادارة السكك الحديدية",
        "توقفت الحركة فوق الجسر بعد ان انقلبت عدة عربات من قطار شحن ويأمل المهندسون في انهاء العمل خلال الليل",
        "ينقل الركاب بالحافلات حول الجسر الذي سدته العربات وقد وصلت الرافعة الى المكان ويستمر رفعها طوال النهار",
    ],
    [
        "سقطت اول ثلوج الموسم ليلا على الممر الجبلي وطلبت دائرة الطرق من السائقين استعمال اطارات الشتاء بدءا من اليوم",
        "استيقظ السائقون على طرق بيضاء في الجبل بعد ان بلغ ارتفاع الثلج عشرة سنتيمترات في وقت مبكر لم يعرف منذ سنين",
        "جاء الشتاء مبكرا الى المرتفعات وفاجأ الثلج المتنزهين هناك واغلقت استراحتان حتى نهاية الاسبوع",
    ],
    [
        "سجل القائد هدفين بعد الاستراحة وعاد الضيوف بالنقاط الثلاث بعد مباراة مليئة بالفرص على الجانبين",
        "منح هدفان متأخران من قائدهم الفوز للضيوف في لقاء حافل كان اصحاب الارض متقدمين فيه حتى نهاية الشوط الاول",
        "فرط اصحاب الملعب في تقدمهم خلال الشوط الثاني اذ قلب قائد الفريق الضيف النتيجة بثنائية في عشرين دقيقة",
    ],
];

/// Openings that press offices put before everything.
pub(crate) const OPENINGS: [[&str; 3]; 3] = [
    [
        "The press service of the regional ministry of transport reports on its official page that",
        "As our correspondent was told today by the duty officer of the weather service,",
        "According to the evening bulletin of the football federation and its spokesman,",
    ],
    [
        "Пресс-служба областного министерства транспорта сообщает на своей официальной странице, что",
        "Как рассказал сегодня нашему корреспонденту дежурный метеорологической службы,",
        "Согласно вечернему сообщению футбольной федерации и её представителя,",
    ],
    [
        "افاد المكتب الصحفي لوزارة النقل في المنطقة على صفحته الرسمية بان",
        "كما قال اليوم لمراسلنا الضابط المناوب في دائرة الارصاد الجوية",
        "وفقا للنشرة المسائية لاتحاد كرة القدم والمتحدث باسمه",
    ],
];

/// Short texts, each beside one that differs in a word.
pub(crate) const SHORTS: [[&str; 2]; 12] = [
    ["Rain until Friday", "Rain until Sunday"],
    ["The tunnel is open", "The tunnel is closed"],
    ["Trams on line two are late", "Trams on line nine are late"],
    ["Kick-off at seven", "Kick-off at eight"],
    ["Дождь до пятницы", "Дождь до воскресенья"],
    ["Тоннель открыт", "Тоннель закрыт"],
    ["Трамваи второй линии опаздывают", "Трамваи девятой линии опаздывают"],
    ["Начало матча в семь", "Начало матча в восемь"],
    ["مطر حتى يوم الجمعة", "مطر حتى يوم الاحد"],
    ["النفق مفتوح", "النفق مغلق"],
    ["تأخر ترام الخط الثاني", "تأخر ترام الخط التاسع"],
    ["تبدأ المباراة في السابعة", "تبدأ المباراة في الثامنة"],
];

/// Bulletins: `{p}` a place, `{n}` a figure, `{w}` a figure in words.
pub(crate) const SERIES: [&str; 15] = [
    "River level at the {p} gauge this morning: {n} centimetres, {n} less than yesterday. The next reading follows at noon; boats may pass under the low bridge.",
    "Departure board of {p} station: train {n} to the coast leaves from platform {n} with a delay of about {n} minutes, passengers are asked to wait in the hall.",
    "Rescuers brought {w} walkers down from the mountain near {p} last night, all of them are well and have returned to their hotels, the mountain guard says.",
    "Exchange office in {p}: one euro is bought at {n}.{n} and sold at {n}.{n} crowns today, the office is open from nine to five without a break.",
    "Works on the water main: houses {n} to {n} of the long street in {p} will have no water between eight and noon, tankers stand at the corner.",
    "Уровень реки на посту {p} утром: {n} сантиметров, на {n} меньше, чем вчера. Следующее измерение в полдень, лодки могут проходить под низким мостом.",
    "Табло вокзала {p}: поезд {n} на побережье отправляется с пути {n} с опозданием около {n} минут, пассажиров просят подождать в зале.",
    "Спасатели ночью спустили с горы близ города {p} {w} туристов, все они здоровы и вернулись в гостиницы, сообщает горная служба.",
    "Обменный пункт {p}: евро сегодня покупают по {n},{n} и продают по {n},{n} кроны, пункт работает с девяти до пяти без перерыва.",
    "Ремонт водопровода: в домах с {n} по {n} на длинной улице в районе {p} воды не будет с восьми до полудня, цистерны стоят на углу.",
    "منسوب النهر في محطة {p} صباح اليوم {n} سنتيمترا اي اقل من امس بمقدار {n} والقياس التالي عند الظهر ويمكن للقوارب المرور تحت الجسر المنخفض",
    "لوحة المغادرة في محطة {p} القطار {n} الى الساحل يغادر من الرصيف {n} متأخرا نحو {n} دقيقة ويرجى من الركاب الانتظار في القاعة",
    "انزل رجال الانقاذ ليلا {w} من المتنزهين من الجبل قرب {p} وهم جميعا بخير وعادوا الى فنادقهم حسب حرس الجبال",
    "مكتب الصرافة في {p} سعر شراء اليورو اليوم {n}.{n} وسعر البيع {n}.{n} كرونة والمكتب مفتوح من التاسعة حتى الخامسة دون استراحة",
    "اصلاح شبكة المياه لن تصل المياه الى المنازل من {n} الى {n} في الشارع الطويل في {p} بين الثامنة والظهر والصهاريج عند الزاوية",
];

/// Places of each language.
pub(crate) const PLACES: [[&str; 8]; 3] = [
    [
        "Aldermere",
        "Brackwell",
        "Corrimoor",
        "Dunhaven",
        "Eastleigh",
        "Fernhill",
        "Gorsey",
        "Hallow",
    ],
    ["Алёшино", "Берёзовка", "Ветлуга", "Горки", "Дубна", "Ельня", "Жуково", "Зареченск"],
    ["الزيتونة", "الرملة", "الوادي", "العين", "الكرمة", "النخيل", "السدرة", "الهضبة"],
];

/// Figures in words.
pub(crate) const NUMERALS: [[&str; 6]; 3] = [
    ["two", "three", "five", "seven", "nine", "eleven"],
    ["двух", "трёх", "пятерых", "семерых", "девятерых", "одиннадцать"],
    ["اثنين", "ثلاثة", "خمسة", "سبعة", "تسعة", "احد عشر"],
];
