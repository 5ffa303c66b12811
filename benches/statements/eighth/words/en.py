"""The English material: what fills slots, what is put round, into and out of a text.

The reports and bulletins themselves are in en_reports.py.
"""

from . import en_reports as reports
from .material import Material

SLOTS = {
    "city": (
        "Norwich", "Leeds", "Galway", "Cork", "Portland", "Halifax", "Dundee", "Bristol", "Tampa",
        "Boise", "Perth", "Adelaide", "Ottawa", "Swansea", "Derby", "Tulsa", "Reading", "Plymouth",
    ),
    "club": (
        "Rovers", "United", "City", "Athletic", "Wanderers", "Albion", "Harriers", "Town",
        "Rangers", "Olympic", "Stanley", "Borough",
    ),
    "name": (
        "Tom Hadley", "Ruth Okafor", "Peter Lindqvist", "Maria Costello", "Sam Whitby",
        "Helen Prior", "Dan Abara", "Lucy Fenwick", "Owen Price", "Grace Mbeki",
    ),
    "street": (
        "Mill Lane", "Station Road", "Harbour Street", "Kings Avenue", "Orchard Road",
        "Bridge Street", "Chapel Hill", "Market Square",
    ),
    "sky": (
        "sunny spells", "light rain", "heavy showers", "thick fog", "overcast skies",
        "scattered snow", "a dry, windy day", "thunderstorms",
    ),
    "day": (
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ),
    "cause": (
        "a signalling fault", "a fallen tree", "overrunning engineering work",
        "a broken-down freight train", "flooding on the line", "a power failure",
        "a staff shortage",
    ),
    "goods": (
        "tomatoes", "eggs", "butter", "flour", "potatoes", "rice", "olive oil", "onions",
    ),
    "road": (
        "M4", "A12", "M62", "A90", "N7", "A1(M)", "M25", "A38",
    ),
    "place": (
        "the warehouse", "the bus depot", "the old market hall", "a block of flats",
        "the ferry terminal", "the textile plant", "the sports centre",
    ),
    "blood_group": (
        "A positive", "A negative", "B positive", "B negative", "O positive", "O negative",
        "AB negative",
    ),
}

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)

CHANNEL_FIRST_WORDS = (
    "Daily", "Metro", "Harbor", "Open", "Night", "North", "Rapid", "Free", "Global", "Clear",
    "First",
)

CHANNEL_LAST_WORDS = (
    "Wire", "Dispatch", "Herald", "Desk", "Pulse", "Monitor", "Observer", "Feed", "Bulletin",
    "Watch", "Lens",
)

HEADERS = (
    "{name}",
    "📢 {name} 📢",
    "#{tag}",
    "🔴 {name}:",
    "[{name}]",
    "—— {name} ——",
    "🗞 {name} | {date}",
    "News of the day from {name}",
    "▪️▪️▪️ {name} ▪️▪️▪️",
    "📅 {date}",
    "No. {number}",
    "Good news, bad news, all news – {name}",
)

FOOTERS = (
    "Subscribe: {link}",
    "👉 Join us {link}",
    "{name} | Subscribe",
    "➡️ Follow {handle} for more",
    "Stay informed with {name}!",
    "Share the channel with your friends 🙏",
    "{handle} — first with the news",
    "Our bot for tips: {bot}",
    "Website: {site}",
    "Backup channel: {link}",
    "✅ {name} ✅\n🔗 {link}\n📩 {bot}",
    "━━━━━━━━━━━━\n{name} in TamTam: {tamtam}\nin Matrix: {matrix}",
    "© {name}. Copying allowed with a link to the source.",
    "#{tag} #news #today",
    "TG {link} | TT {tamtam} | MAX {max}",
    "__{name}. The truth is always near__",
    "Send us news: {bot} | Advertising: {handle}_ads",
    "Do not forget to turn on notifications 🔔",
    "Give us a boost: {link}?boost",
)

TAGS = (
    "#news", "#world", "#video", "#city", "#politics", "#local", "#today", "#photo", "#media",
)

LABELS = (
    "BREAKING:",
    "URGENT |",
    "Breaking news —",
    "JUST IN:",
    "🔴 LIVE:",
    "UPDATE:",
    "❗️Important:",
    "FLASH:",
    "⚡️",
    "NEWS |",
    "Now:",
    "#breaking",
    "Developing:",
)

SOURCES_BEFORE = (
    "Reuters:",
    "Agencies:",
    "Local media report:",
    "According to AP:",
    "From the city desk:",
    "Our source says:",
)

SOURCES_AFTER = (
    "— Reuters",
    "(via AP)",
    "Source: local media",
    "— agencies",
    "according to the press service",
    "/ BBC",
    "Source: Telegram channels",
    "— our correspondent",
    "Via: City Desk",
    "(photo: social media)",
    "— news wire",
    "Source: @citywire_feed",
)

COMMENTS_BEFORE = (
    "Worth reading:",
    "Finally some clarity.",
    "Readers asked, here it is:",
    "And this as well",
    "Look at this",
    "In case you missed it:",
    "Just in from our correspondent:",
    "No comment needed:",
    "So, as we expected:",
    "This is being discussed a lot today:",
    "Posting it as is.",
    "Remember this one",
    "Interesting:",
)

COMMENTS_AFTER = (
    "What do you think?",
    "We will keep you posted.",
    "Let that sink in.",
    "Hard to believe.",
    "More details later.",
    "Write in the comments.",
    "About time.",
    "Share it with your friends!",
    "We are following the story.",
    "Draw your own conclusions.",
    "That is all you need to know.",
    "Sad but true",
    "Who would have thought.",
)

GREETINGS = (
    "Good morning, dear subscribers! Peace and health to every home.",
    "Good evening to all who are with us tonight, at home and on the road!",
    "In the name of God, the Most Gracious, the Most Merciful",
    "Dear brothers and sisters, peace be upon you and the mercy of God and His blessings.",
    "Hello everyone, we wish you a calm and happy day wherever you are!",
    "Happy Friday, dear readers, may your weekend be warm and peaceful!",
)

CLOSINGS = (
    "Take care of yourselves and of those near to you. Stay with us!",
    "Have a good day, everyone, and thank you for reading us.",
    "And praise be to God, Lord of the worlds.",
    "Peace be upon you and the mercy of God and His blessings.",
    "All the best to you and your families, see you tomorrow!",
)

DIGEST_HEADINGS = (
    "Main news of the day:",
    "What happened while you were asleep:",
    "DIGEST",
    "Evening summary 👇",
    "Top stories this hour:",
    "The day in short",
    "Read today in our channel:",
    "Headlines at this hour",
    "📌 Weekly round-up",
)

DIGEST_ENDINGS = (
    "",
    "",
    "That was the day. Good night!",
    "Details in the posts above.",
    "Have we forgotten anything? Write to us.",
)

SYNONYMS = {
    "said": "stated",
    "says": "states",
    "big": "large",
    "people": "persons",
    "police": "officers",
    "killed": "slain",
    "shows": "demonstrates",
    "begin": "start",
    "begins": "starts",
    "because": "since",
    "about": "around",
    "children": "kids",
    "near": "close to",
    "help": "assist",
    "wants": "wishes",
    "again": "once more",
    "only": "just",
    "after": "following",
    "gets": "receives",
    "get": "receive",
    "shop": "store",
    "injured": "hurt",
    "found": "discovered",
    "many": "numerous",
    "whole": "entire",
    "buy": "purchase",
    "plans": "intends",
    "car": "vehicle",
    "great": "excellent",
    "use": "employ",
    "often": "frequently",
    "thus": "so",
    "upon": "on",
    "cannot": "can not",
    "arrested": "detained",
}

WORDS_TO_PUT_IN = (
    "reportedly", "also", "already", "now", "once again", "actually", "in fact", "apparently",
)

WORDS_TO_LEAVE_OUT = frozenset(
    (
        "the", "a", "an", "also", "very", "just", "now", "even", "still", "really", "own", "such",
        "recently", "today", "again", "well", "quite", "ever", "already",
    )
)

NEGATIONS = frozenset(
    (
        "not", "no", "never", "none", "nor", "without", "cannot", "deny", "denied", "denies",
        "isn't", "don't", "won't", "wasn't", "didn't", "can't", "except", "unless", "against",
    )
)

QUOTING_LINES = (
    '\n\nCompare what others wrote: "{quote}".',
    '\n\nBy the way, somebody said about another matter: "{quote}"',
    ' And to those who write "{quote}" we answer another time.',
)

MATERIAL = Material(
    language="en",
    slots=SLOTS,
    months=MONTHS,
    date_orders=("{day} {month}", "{month} {day}"),
    decimal_mark=".",
    series=reports.SERIES,
    reports=reports.REPORTS,
    long_frames=reports.LONG_FRAMES,
    events=reports.EVENTS,
    denials=reports.DENIALS,
    quoting_texts=reports.QUOTING_TEXTS,
    quoting_lines=QUOTING_LINES,
    channel_first_words=CHANNEL_FIRST_WORDS,
    channel_last_words=CHANNEL_LAST_WORDS,
    headers=HEADERS,
    footers=FOOTERS,
    tags=TAGS,
    habits=("emoji", "md", "hashtag", "mathbold", "lines", "link"),
    labels=LABELS,
    sources_before=SOURCES_BEFORE,
    sources_after=SOURCES_AFTER,
    comments_before=COMMENTS_BEFORE,
    comments_after=COMMENTS_AFTER,
    greetings=GREETINGS,
    closings=CLOSINGS,
    digest_headings=DIGEST_HEADINGS,
    digest_endings=DIGEST_ENDINGS,
    synonyms=SYNONYMS,
    words_to_put_in=WORDS_TO_PUT_IN,
    words_to_leave_out=WORDS_TO_LEAVE_OUT,
    negations=NEGATIONS,
    forwarded="Forwarded from {}:",
    link_label="Read",
    read_more="Read more",
)
