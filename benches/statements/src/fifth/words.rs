//! What channels say around their texts, in Arabic, Russian and English. All of it is invented.

/// "Read on".
pub(super) const MORE: [&[&str]; 3] = [
    &["البقية في الرابط", "للمزيد", "تابع القراءة هنا", "التتمة في القناة"],
    &["Читать дальше", "Продолжение по ссылке", "Полностью в канале", "далее"],
    &["Read on", "Full text here", "More in the channel", "Continue reading"],
];

/// Words that a hasty editor puts in.
pub(super) const FILLERS: [&[&str]; 3] = [
    &["أيضا", "اليوم", "تقريبا", "حاليا", "مجددا", "فعلا"],
    &["также", "сегодня", "примерно", "сейчас", "снова", "именно"],
    &["also", "today", "about", "now", "again", "indeed"],
];

/// Words that an edit never takes away.
pub(super) const NEGATIONS: [&str; 16] = [
    "لا", "لم", "لن", "ليس", "ما", "غير", "не", "нет", "ни", "без", "not", "no", "never", "t",
    "without", "nor",
];

/// A channel's word about what it posts again.
pub(super) const COMMENTS: [&[&str]; 3] = [
    &[
        "كما نقل زملاؤنا قبل قليل",
        "شاركوا الخبر مع الجيران",
        "وصلنا هذا من قارئ",
        "ننشره كما جاء دون تعليق",
        "ما رأيكم؟ اكتبوا لنا",
    ],
    &[
        "Коллеги пишут, передаём дословно",
        "Перешлите соседям, пригодится",
        "Пришло от читателя",
        "Публикуем как есть, без комментариев",
        "А вы что думаете? Пишите",
    ],
    &[
        "Seen at our neighbours, passed on as it stands",
        "Share it with those next door",
        "A reader sent us this",
        "Posted without comment",
        "What do you think? Write to us",
    ],
];

/// Greetings and formulas that many channels use.
pub(super) const GREETINGS: [&[&str]; 3] = [
    &[
        "بسم الله الرحمن الرحيم",
        "السلام عليكم ورحمة الله وبركاته",
        "صباح الخير والسعادة لكل متابعينا الكرام",
        "عاجل | نوافيكم بالتفاصيل أولا بأول",
        "الحمد لله رب العالمين والصلاة والسلام على نبيه الكريم وبعد",
    ],
    &[
        "Доброе утро, дорогие друзья и соседи!",
        "ВНИМАНИЕ! Важное сообщение",
        "Добрый вечер всем, кто с нами",
        "Здравствуйте, уважаемые подписчики нашего канала!",
        "Срочно. Подробности по мере поступления",
    ],
    &[
        "Good morning to all our readers near and far!",
        "BREAKING - details as they come in",
        "Hello everyone and welcome back",
        "Dear subscribers, please note the following",
        "Good evening from the news desk",
    ],
];

/// Long formulas of twelve words and more, before bodies that have little to do with each other.
pub(super) const FORMULAS: [&[&str]; 3] = [
    &[
        "الحمد لله الذي بنعمته تتم الصالحات والصلاة والسلام على خير خلقه وعلى آله وصحبه أجمعين أما بعد",
        "تتقدم إدارة القناة إليكم بأطيب التحيات وتتمنى لكم أسبوعا هادئا وتوافيكم بما يلي",
        "إلى أهلنا الكرام في الأحياء كلها نحييكم ونضع بين أيديكم ما وصلنا هذا المساء",
    ],
    &[
        "Уважаемые жители и гости нашего района, от всей души приветствуем вас и сообщаем следующее",
        "Друзья, спасибо, что остаётесь с нами в это непростое и дождливое время года. Итак",
        "Редакция напоминает, что все сообщения проверены дежурным и публикуются в порядке поступления",
    ],
    &[
        "Dear neighbours and guests of our town, we greet you warmly and would like to announce this",
        "Thank you for staying with us through another long and rainy week by the water. Now then",
        "The desk reminds you that every message is checked on duty and posted in order of arrival",
    ],
];

/// The two halves of a channel's name.
pub(super) const NAMES: [([&str; 8], [&str; 8]); 3] = [
    (
        ["نبض", "صوت", "نشرة", "مجلة", "دفتر", "شرفة", "مفكرة", "بريد"],
        ["الميناء", "الجسر", "الوادي", "السهل", "الضفاف", "المحطة", "البيدر", "المنارة"],
    ),
    (
        ["Вести", "Голос", "Хроника", "Листок", "Окно", "Записки", "Табло", "Почта"],
        ["гавани", "долины", "вокзала", "набережной", "слободы", "перевала", "маяка", "заставы"],
    ),
    (
        ["Harbour", "Valley", "Station", "Ridge", "Riverside", "Lantern", "Quarry", "Orchard"],
        ["Notes", "Herald", "Wire", "Bulletin", "Courier", "Ledger", "Post", "Window"],
    ),
];

/// Slogans of a channel.
pub(super) const SLOGANS: [&[&str]; 3] = [
    &[
        "الخبر كما هو لا كما يقال",
        "معكم في كل شارع",
        "نرى البحر قبل غيرنا",
        "قليل من الكلام كثير من الخبر",
        "كل ما يهم المدينة في مكان واحد",
    ],
    &[
        "О городе без спешки",
        "Видим дальше, пишем короче",
        "Всё, что случилось рядом с вами",
        "Ни слова лишнего",
        "Мы там, где ходят поезда",
    ],
    &[
        "The town in plain words",
        "First on the platform, last to leave",
        "Everything that happened next door",
        "Less noise, more news",
        "We read the tide tables so you need not",
    ],
];

/// Invitations, before a link of the channel's own.
pub(super) const INVITATIONS: [&[&str]; 3] = [
    &[
        "اشترك في القناة ليصلك كل جديد",
        "انضموا إلينا وادعوا أصدقاءكم",
        "للتواصل والمشاركات",
        "قناتنا الاحتياطية",
        "تابعونا أيضا على المنصات الأخرى",
    ],
    &[
        "Подписывайтесь, чтобы ничего не пропустить",
        "Наш запасной канал",
        "Присылайте новости сюда",
        "Мы есть и в других местах",
        "Позовите друзей",
    ],
    &[
        "Subscribe and miss nothing",
        "Our spare channel",
        "Send us your news",
        "We are elsewhere too",
        "Bring a friend along",
    ],
];

/// Hashtags of a channel.
pub(super) const TAGS: [&[&str]; 3] = [
    &["#أخبار", "#المدينة", "#الساحل", "#اليوم", "#متابعات", "#قطارات", "#الطقس"],
    &["#новости", "#город", "#важное", "#сегодня", "#лента", "#поезда", "#погода"],
    &["#news", "#town", "#today", "#localnews", "#trains", "#weather", "#live"],
];

/// Headings of digests.
pub(super) const HEADINGS: [&[&str]; 3] = [
    &["حصاد اليوم", "أبرز ما نشرناه اليوم:", "نشرة المساء | أهم العناوين", "موجز الأنباء"],
    &["Главное к этому часу", "Итоги дня:", "Коротко о том, что было сегодня", "Вечерняя подборка"],
    &[
        "The day in brief",
        "What we posted today:",
        "Evening round-up",
        "Five things to know tonight",
    ],
];
