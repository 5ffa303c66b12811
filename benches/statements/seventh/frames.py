"""The frames of channels: what a channel puts round each of its posts.

Headers, footers, slogans in mid-text and signatures are what a channel adds of its own, and
what recognition must see through. Slots: {date}, {time}, {no} (a counter that rises),
{tag}, {tag2}, {tag3} and {ed} (an editor).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """Each part is a choice of wordings, one of which is drawn for each post; none if empty."""

    header: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    is_long: bool = False


ARABIC = (
    Frame(
        header=("🔴 الضحى نيوز 🔴\n\n",),
        footer=(
            (
                "\n\n━━━━━━━━━━━━\n📡 تابعونا على تيليجرام: https://t.me/duha_news\n📩 للتواصل: "
                "@duha_bot"
            ),
        ),
    ),
    Frame(
        footer=(
            "\n\nأخبار الساحل أولا بأول 👇\n@sahel_news",
            "\n\nاشترك في أخبار الساحل @sahel_news",
        ),
    ),
    Frame(
        header=("بسم الله الرحمن الرحيم\n\n",),
        footer=(
            (
                "\n\n❂❂❂❂❂❂❂❂❂❂\nقناة ديوان الأخبار\nتيليجرام: t.me/diwan_akhbar\nتام تام: "
                "tt.me/diwan_akhbar\nماكس: max.ru/diwan_akhbar\nروكيت شات: "
                "diwan.rocket.example\n\nانشروا القناة بين أصدقائكم فالدال على الخير كفاعله، "
                "ولا تنسونا من صالح دعائكم. تقبل الله منا ومنكم صالح الأعمال. جميع الحقوق "
                "متاحة للنشر مع ذكر المصدر."
            ),
        ),
        is_long=True,
    ),
    Frame(
        header=("{date} - {time}\n",),
        footer=("\n\nموقع المجلس - العدد {no}",),
    ),
    Frame(
        footer=(" | قناة النخلة t.me/nakhla",),
    ),
    Frame(
        header=("#المرصد_المحلي | ",),
        footer=(" .. تابعونا",),
    ),
    Frame(
        header=("╔══════════════╗\n   صدى المدينة\n╚══════════════╝\n\n",),
        footer=(
            (
                "\n\n╔══════════════╗\nأعزاءنا المتابعين، صدى المدينة منكم وإليكم. فعلوا جرس "
                "التنبيهات، وأرسلوا أخبار أحيائكم وصوركم إلى المحرر المناوب {ed} عبر الحساب "
                "@sada_editor، ولا تنسوا مشاركة المنشور مع الأهل والجيران لتعم الفائدة على "
                "الجميع.\n╚══════════════╝"
            ),
        ),
        is_long=True,
    ),
    Frame(
        footer=("\n\n{tag} {tag2} {tag3}",),
    ),
    Frame(
        middle=("\n\n🌙 قناة الهلال: اشترك الآن t.me/hilal_ch 🌙\n\n",),
        footer=("\n\nالهلال، خبرك بين يديك",),
    ),
    Frame(
        header=("**بريد القراء** ✉️\n",),
        footer=(
            "\n\n__وصلنا من متابع كريم، أرسل خبرك__ [هنا](https://t.me/barid_bot)",
        ),
    ),
    Frame(
        header=("🕊 Levant Feed | رافد\n",),
        footer=("\n\nEnglish: @rafid_en\nFrançais: @rafid_fr\nJoin us ✅ انضم إلينا",),
    ),
    Frame(
        footer=("\n\n✍️ {ed}\n👁 {no} مشاهدة",),
    ),
)

RUSSIAN = (
    Frame(
        header=("🔴 ГОРОДОК СЕГОДНЯ 🔴\n\n",),
        footer=(
            (
                "\n\n➖➖➖➖➖➖\n👉 Подписывайся на «Городок сегодня»: https://t.me/+gorodok_today\n"
                "📩 Прислать новость: @gorodok_bot"
            ),
        ),
    ),
    Frame(
        footer=(
            "\n\n❗️ Подписывайся на Вести Севера",
            "\n\n❗️ Вести Севера. Подписаться",
        ),
    ),
    Frame(
        header=("{tag} {tag2}\n",),
        footer=(
            (
                "\n\n🌐 Мы в MAX: https://max.ru/tihiychas\n🌐 Мы в TamTam: "
                "https://tamtam.chat/tihiychas\n🌐 Мы ВКонтакте: https://vk.com/tihiychas\n🌐 Мы "
                "в Дзене: https://dzen.ru/tihiychas\n\n"
                "💛 Поддержать редакцию: карта 0000 1111 2222 3333\n🤝 По вопросам рекламы: "
                "@tihiy_ads\n\nОставайтесь с нами — с нами не скучно! Делитесь постом с "
                "друзьями и ставьте реакции 👍🔥❤️"
            ),
        ),
        is_long=True,
    ),
    Frame(
        header=("{date} | {time}\n",),
        footer=("\n\n© Портал 24 · выпуск № {no}",),
    ),
    Frame(
        footer=(" @banknote_ru",),
    ),
    Frame(
        header=("Новости за чаем ☕️ | ",),
        footer=(" — читайте нас каждый день: t.me/chay_news",),
    ),
    Frame(
        header=("▬▬▬▬▬▬▬▬▬▬▬▬\n  📰 УТРЕННИЙ ТЕЛЕГРАФ 📰\n▬▬▬▬▬▬▬▬▬▬▬▬\n\n",),
        footer=(
            (
                "\n\n▬▬▬▬▬▬▬▬▬▬▬▬\nУважаемые читатели! Наш канал существует только благодаря "
                "вам. Расскажите о нас друзьям, включите уведомления и пишите в обратную связь "
                "@telegraf_fb. Мы отвечаем каждому.\nРедакция «Утреннего телеграфа», дежурный "
                "редактор {ed}."
            ),
        ),
        is_long=True,
    ),
    Frame(
        footer=("\n\n{tag} {tag2} {tag3}",),
    ),
    Frame(
        middle=("\n\n👉 Не забудь подписаться: @volna_live 👈\n\n",),
        footer=("\n\nВолна Live",),
    ),
    Frame(
        header=("**Народный корреспондент**\n\n",),
        footer=(
            (
                "\n\n__Прислал подписчик. Хотите стать автором? Жмите__ "
                "[сюда](https://t.me/narkor_bot)"
            ),
        ),
    ),
    Frame(
        header=("🇷🇺 Вести / 🇬🇧 News feed\n",),
        footer=(
            (
                "\n\nRead in English: @vesti_eng\nПо-русски: @vesti_rus\n\n"
                "✅ Subscribe | Подписаться | اشترك"
            ),
        ),
    ),
    Frame(
        footer=("\n\nПодписаться | Прислать новость | Чат",),
    ),
)

ENGLISH = (
    Frame(
        header=("🔴 BEACON WIRE\n\n",),
        footer=("\n\n➡️ Join us: https://t.me/beacon_wire\n💬 Discuss: @beacon_chat",),
    ),
    Frame(
        footer=(
            "\n\nFollow @morning_lamp for more",
            "\n\n@morning_lamp — news with your coffee",
        ),
    ),
    Frame(
        header=("{tag} {tag2} {tag3}\n\n",),
        footer=(
            (
                "\n\n———————————————\n📲 Telegram: t.me/quietdesk\n📲 MAX: max.ru/quietdesk\n📲 "
                "Matrix: #quietdesk:matrix.example\n📲 Rocket.Chat: "
                "open.rocket.example/channel/quietdesk\n\n"
                "☕️ Like what we do? Buy the desk a coffee: https://pay.example/quietdesk\n✉️ "
                "Tips, corrections and complaints: tips@quietdesk.example\n\n"
                "The Quiet Desk is written by people who read everything twice. Share freely, "
                "credit kindly, and never trust a headline."
            ),
        ),
        is_long=True,
    ),
    Frame(
        header=("[{date} {time} UTC] ",),
    ),
    Frame(
        footer=(" | Subscribe: t.me/harbourchat",),
    ),
    Frame(
        header=("HARBOUR REPORT ⚓️ ",),
        footer=(" #harbour #news",),
    ),
    Frame(
        header=("★━━━━━━━━━━━━━━★\n   THE TOWN CRIER\n★━━━━━━━━━━━━━━★\n\n",),
        footer=(
            (
                "\n\n★━━━━━━━━━━━━━━★\nHear ye, hear ye! You are reading the only channel that "
                "still rings a bell. Turn on notifications, forward this to three neighbours "
                "and visit our archive at https://crier.example where every bulletin since the "
                "founding day is kept. Edited by {ed}."
            ),
        ),
        is_long=True,
    ),
    Frame(
        footer=("\n\n{tag} {tag2}",),
    ),
    Frame(
        middle=("\n\n🔔 JOIN → @daybreak_daily ← JOIN\n\n",),
        footer=("\n\nDaybreak Daily",),
    ),
    Frame(
        header=("**Reader's Corner**\n",),
        footer=(
            "\n\n_Sent in by a subscriber._ [Send yours](https://t.me/corner_bot)",
        ),
    ),
    Frame(
        header=("🌍 World in two tongues | العالم بلغتين\n\n",),
        footer=(
            "\n\nEnglish: @twotongues\nالعربية: @twotongues_ar\nРусский: @twotongues_ru",
        ),
    ),
    Frame(
        footer=("\n\n👁 {no} views · ✍️ {ed} · {date}",),
    ),
    Frame(
        header=("No. {no}\n",),
        footer=("\n—\nThe Ledger. Plain facts, plainly told.",),
    ),
)

FRAMES: dict[str, tuple[Frame, ...]] = {"ar": ARABIC, "ru": RUSSIAN, "en": ENGLISH}
