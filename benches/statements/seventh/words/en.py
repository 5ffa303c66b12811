"""The English material: what fills slots, what is put round, into and out of a text.

The reports and bulletins themselves are in en_reports.py.
"""

from . import en_reports as reports
from .material import Material

LISTS = {
    "city": (
        "Leeds", "Bristol", "Halifax", "Dayton", "Cardiff", "Boise", "Perth", "Dundee",
        "Tulsa", "Cork", "Exeter", "Fresno", "Hobart", "Norwich", "Akron", "Galway",
    ),
    "street": (
        "Mill Road", "Station Street", "Park Lane", "Harbour Way", "Elm Avenue",
        "Queen Street", "Bridge Road", "Hill Rise", "Canal Walk", "Church Row",
        "Orchard Close", "Market Place",
    ),
    "name": (
        "Helen Marsh", "Tom Whitlock", "Grace Odell", "Peter Lang", "Nadia Rowe",
        "Colin Firthman", "Rosa Bell", "Ian Caldwell", "Moira Finn", "Sam Delgado",
        "Ruth Ames", "Victor Shaw",
    ),
    "team": (
        "Rovers", "Harbour United", "Northside", "Valley FC", "Kingsmen", "Lakers Town",
        "Old Mill Athletic", "Castle Park", "Rangers XI", "Seaview", "Ironworks", "Wanderers",
    ),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "wday": (
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ),
    "sky": (
        "sunny spells", "heavy showers", "overcast", "light drizzle", "dense fog",
        "thunderstorms", "clear skies", "sleet",
    ),
    "wind": (
        "north", "south", "west", "east", "north-west", "south-east",
    ),
    "goods": (
        "wheat", "copper", "coffee", "sugar", "cocoa", "rice", "cotton", "soybeans", "maize",
        "palm oil",
    ),
    "line": (
        "Northern", "Coastal", "Central", "Harbour", "Riverside", "Airport", "Valley",
        "Circle",
    ),
}

SHORT_SUBJECTS = (
    "Bridge reopened", "Ice rink closed", "Match postponed", "Concert cancelled",
    "Lost cat found", "Hailstorm passing", "Heating back on", "Fountain working again",
    "First swallows seen", "Lilac in bloom", "Town clock repaired", "Scooter stolen",
    "Tiger cub born", "Water main burst", "Snow falling", "Market moved indoors",
    "Ferry running again", "Library open late", "Bakery sold out", "Lift out of order",
)

SHORT_PLACES = (
    "in {city}",
    "on {street}",
    "near {city} station",
    "at {x:noon|dawn|midnight} in {city}",
)

COMMENTS = (
    "What do you make of it?",
    "Well, that escalated quickly.",
    "You could not make this up.",
    "Told you so, several times over.",
    "Let us know in the comments what you think about this.",
    "No comment needed, honestly.",
    "We will keep an eye on how this develops.",
    "I, for one, love stories like this!",
    "Curious to see where this ends.",
    "Save this one for later.",
    "That is how my morning is going.",
    "Nothing further is known at this point.",
    "Fair or unfair? You decide.",
    "Thanks to the reader who sent this in.",
)

LABELS = (
    "BREAKING", "🚨 BREAKING", "JUST IN", "⚡️Urgent", "UPDATE", "🔴 ALERT", "Developing",
)

SOURCES_BEFORE = (
    "Northern Herald reports:",
    "According to the Daily Beacon:",
    "From our friends at @beacon_wire:",
    "Port Agency writes:",
    "Via Morning Lamp:",
)

SOURCES_AFTER = (
    "Source: Northern Herald", "(the Daily Beacon)", "via @beacon_wire", "— Port Agency",
    "Source: Morning Lamp", "h/t Harbour Chat",
)

FORWARDED = (
    "Forwarded from Beacon Wire",
    "Forwarded from: Morning Lamp News",
    "Fwd: Harbour Chat",
    "↪️ Forwarded from The Quiet Desk",
)

READ_MORE = (
    "Read more",
    "Read the full story",
    "Continue reading 👉 https://t.me/{h}/{n}",
    "Full text: https://telegra.ph/{h}-{n}",
    "Read on →",
)

DIGEST_HEADINGS = (
    "Today in brief",
    "Good morning! Here is what you missed:",
    "The week in short",
    "Evening round-up",
    "News digest",
    "Five minutes of news",
    "What everyone talked about today:",
)

SYNONYMS = {
    "about": "around", "around": "about", "said": "stated", "says": "states", "big": "large",
    "large": "big", "began": "started", "started": "began", "many": "numerous",
    "show": "display", "shows": "demonstrates", "however": "but", "near": "close to",
    "often": "frequently", "almost": "nearly", "nearly": "almost", "after": "following",
    "entire": "whole", "small": "little", "little": "small", "great": "grand", "upon": "on",
    "while": "whilst", "among": "amongst", "until": "till", "found": "discovered",
    "children": "kids", "tool": "utility", "fast": "quick", "quick": "fast",
    "perhaps": "maybe", "several": "a number of", "thus": "so", "therefore": "hence",
    "report": "account", "reports": "accounts",
}

WORDS_TO_LEAVE_OUT = (
    "also", "very", "just", "already", "quite", "really", "now", "indeed", "simply", "rather",
    "then", "perhaps", "however", "still", "actually", "certainly", "completely", "even",
)

WORDS_TO_PUT_IN = (
    "Also, ", "Meanwhile, ", "As it turns out, ", "Notably, ", "By the way, ", "In fact, ",
    "And so, ", "For the record, ",
)

ADVERTISEMENTS = (
    (
        "💸 Trade smarter with NorthCoin! Zero commission for the first 30 days, instant "
        "withdrawals and round-the-clock support. Sign up today with the code LAMP20 and "
        "receive a welcome bonus of twenty dollars. Capital at risk. 👉 "
        "https://northcoin.example/join"
    ),
    (
        "🛏 SleepWell mattresses: one hundred nights to try, free delivery and a ten-year "
        "guarantee. Readers of this channel get a pillow on the house. Order by Sunday at "
        "https://sleepwell.example and wake up happy. Sponsored."
    ),
    (
        "🎓 Learn Python from scratch in eight weeks. Live classes, real projects, a mentor for "
        "every student and a certificate at the end. Only fifteen places left — book a free "
        "trial lesson now: @pyschool_bot #ad"
    ),
)

TAGS = (
    "#news", "#local", "#update", "#economy", "#sport", "#culture", "#transport", "#weather",
    "#science", "#daily",
)

EDITORS = (
    "J. Pell", "K. Osei", "M. Hart",
)

MATERIAL = Material(
    lists=LISTS,
    series=reports.SERIES,
    neutral_reports=reports.NEUTRAL_REPORTS,
    two_reports=reports.TWO_REPORTS,
    opposites=reports.OPPOSITES,
    quotes=reports.QUOTES,
    short_subjects=SHORT_SUBJECTS,
    short_places=SHORT_PLACES,
    comments=COMMENTS,
    labels=LABELS,
    sources_before=SOURCES_BEFORE,
    sources_after=SOURCES_AFTER,
    forwarded=FORWARDED,
    read_more=READ_MORE,
    digest_headings=DIGEST_HEADINGS,
    synonyms=SYNONYMS,
    words_to_leave_out=WORDS_TO_LEAVE_OUT,
    words_to_put_in=WORDS_TO_PUT_IN,
    advertisements=ADVERTISEMENTS,
    tags=TAGS,
    editors=EDITORS,
    earlier_note='\n\nEarlier in the feed: "{quote}"',
    typing_errors="aeiotnr",
)
