"""The English reports, bulletins and long frames: written by hand, so that none is real.

A slot such as {city} is filled from the lists of the language, {n:2-9} by a number (see
templates.py); {body} is the text that a frame surrounds, {quote} what is quoted.
"""

SERIES = (
    (
        "Weather in {city} for {date}: {sky}, high of {n:3-31} degrees, low of {n2:-6-14}. Wind "
        "{n3:2-60} km/h. Humidity {n4:30-98} percent."
    ),
    (
        "FULL TIME | {club} {n:0-5} - {n2:0-5} {club2}. Attendance {n3:1200-48000}. Next match on "
        "{day}."
    ),
    (
        "Exchange rates at {t}: dollar {f:0.70-0.99}, euro {f2:1.00-1.29}, Swiss franc "
        "{f3:0.80-1.19}, gold {n:1700-2600} an ounce."
    ),
    (
        "Update on the fire at {place} in {city}: {n:1-40} people injured, {n2:0-12} still "
        "missing, {n3:10-300} evacuated as of {t}."
    ),
    (
        "The {t} service from {city} to {city2} is running {n:5-95} minutes late because of "
        "{cause}. Please allow extra time for your journey."
    ),
    (
        "Traffic: accident on the {road} near {city}, {n:1-4} lanes closed, delays of about "
        "{n2:10-120} minutes. Drivers are asked to use other routes."
    ),
    (
        "Market prices in {city} this {day}: {goods} {f:0.50-6.99} a kilo, {goods2} "
        "{f2:0.50-6.99} a kilo, {goods3} {f3:0.50-6.99} a kilo."
    ),
    (
        "Power will be off in {street} and nearby streets in {city} on {date} from {n:6-11} am to "
        "{n2:1-8} pm for maintenance work on the network."
    ),
    (
        "Health department daily figures, {date}: {n:10-900} new cases, {n2:0-30} deaths, "
        "{n3:5-700} recoveries, {n4:1-90} patients in intensive care."
    ),
    (
        "Magnitude {f1:3.0-6.8} earthquake reported {n:4-120} km from {city} at {t}. Depth "
        "{n2:5-80} km. No tsunami warning has been issued."
    ),
    (
        "River level at {city} at {t}: {n:110-690} cm, {n2:1-45} cm above yesterday. The flood "
        "warning threshold is 700 cm."
    ),
    (
        "Blood donors needed in {city} on {day}: group {blood_group}, at least {n:3-30} units. "
        "Contact the reception of the central hospital before {t}."
    ),
    (
        "Council vote in {city}, {date}: proposal number {n:11-480} passed by {n2:15-40} votes to "
        "{n3:1-14} after a short debate."
    ),
)

REPORTS = (
    (
        "The central library in {city} reopened this morning after {n:3-18} months of repairs. "
        "The reading hall now has {n2:80-400} seats and a quiet room for students. The director "
        "said the old wooden shelves were kept and restored by local carpenters. Entry stays free "
        "for all residents, and the first lecture will be held on {day}."
    ),
    (
        "Train passengers between {city} and {city2} will get new timetables next month. The "
        "operator adds {n:2-9} services in the morning and removes the late connection at {t}. "
        "Tickets already bought stay valid. Travellers can exchange them without a fee at any "
        "counter."
    ),
    (
        "A retired teacher from {city} has walked {n:300-1900} kilometres along the coast to "
        "raise money for the lifeboat station. {name} set out in spring with a tent and a small "
        "dog. The two slept in {n2:20-70} different villages. On arrival they were met by "
        "neighbours with soup and a brass band."
    ),
    (
        "The winter market in {city} closed yesterday with more visitors than last year. Traders "
        "counted about {n:20-260} thousand guests in four weeks. Roasted chestnuts and candles "
        "sold best, while wooden toys ran out early. The square will be cleaned by {day}, and the "
        "skating rink remains open."
    ),
    (
        "Engineers have finished checking the road bridge at {street} in {city}. They found small "
        "cracks in {n:2-11} of the supports and recommended a lower speed limit until summer. "
        "Lorries must take the ring road from {date}. Buses are not affected by the new rules."
    ),
    (
        "Bakers in {city} expect bread to become dearer this autumn. The price of flour rose by "
        "{n:4-29} percent since January and electricity costs more as well. Several shops plan to "
        "bake fewer kinds of rolls. The guild asks customers for patience and promises not to "
        "shrink the loaves."
    ),
    (
        "The youth team of {club} won the regional cup after a long evening in {city}. It was "
        "level after extra time and the keeper saved {n:2-4} penalties. {name}, who coaches the "
        "team without pay, called it the best day of the season. The trophy will be shown in the "
        "clubhouse from {day}."
    ),
    (
        "A young seal was found on the harbour wall in {city} early on {day}. Volunteers kept "
        "dogs and onlookers away until a vet arrived. The animal weighed {n:9-28} kilos and was "
        "only tired. It was released at high tide near the lighthouse, and {n2:30-200} people "
        "came to watch."
    ),
    (
        "The water company will replace the main pipe under {street} in {city}. Work begins on "
        "{date} and lasts about {n:2-12} weeks. During that time pressure may fall on upper "
        "floors in the evening. A tanker with drinking water will stand beside the school."
    ),
    (
        "Amateur astronomers in {city} invite everyone to look at the moon through {n:3-15} "
        "telescopes. The evening begins at {t} on the hill behind the water tower. Children get a "
        "map of the craters to colour in. If clouds come in, the event moves to {day}."
    ),
    (
        "The city orchestra of {city} starts its season with a free concert in the park. {name} "
        "conducts works for strings and two short pieces by local composers. Chairs are provided "
        "for {n:200-900} guests, and blankets are welcome. In case of rain the musicians will "
        "play in the sports hall."
    ),
    (
        "Gardeners in {city} have planted {n:120-990} trees along the tram line. Lime and maple "
        "were chosen because they stand heat and salt well. Residents of {street} agreed to water "
        "the youngest ones in dry weeks. The department will replace any tree that dies within "
        "{n2:2-5} years."
    ),
)

LONG_FRAMES = (
    (
        'Good evening, dear friends of our channel! It is time for our daily rubric "One line a '
        'day", which we have been running since the spring together with you, our readers, from '
        "more than forty cities.\n\n"
        "{body}\n\n"
        "Send us your own lines through the bot; the best of them will appear here tomorrow at "
        "the same time. Thank you for staying with us and for every kind word!"
    ),
    (
        "EDITOR'S PICK OF THE DAY\n"
        "Every evening our editors choose one message out of the hundreds that reach the newsroom "
        "and publish it without cuts or changes.\n\n"
        '"{body}"\n\n'
        "Do you agree with the choice? Vote under the post with a plus or a minus. The results of "
        "the vote are announced on Sunday in the weekly letter to subscribers."
    ),
    (
        "Notes of the reading club. Every Thursday we meet in the small hall above the bakery, "
        "read one short passage aloud, and let each member say a word about it before tea is "
        "served.\n"
        "---\n"
        "{body}\n"
        "---\n"
        "That was the passage of this week. Bring your own for the next evening and write the "
        "title on the list by the door."
    ),
    (
        "Dear gardeners, here is our garden calendar, in which we note what can be sown, pruned "
        "and picked this week. The beds are small, the weather decides, and nobody needs to "
        "hurry.\n\n"
        "Thought for today: {body}\n\n"
        "Seeds, string and the tables of earlier years lie in the shed behind the greenhouse; "
        "please bring back the small watering can."
    ),
    (
        'Question from a reader, answered in our column "Ask the desk", which appears on weekdays '
        "and is prepared by the volunteers of the reading room.\n\n"
        "A reader writes: {body}\n\n"
        "We thank the author for the letter. If you too have something to ask or to tell, write "
        "to the desk and mention your town; letters without a town are not considered."
    ),
    (
        "Lost and found at the central station. The office is open on weekdays from eight to six, "
        "and keys, umbrellas and gloves are kept there for three months. Note of the day:\n\n"
        "> {body}\n\n"
        "Whoever misses something may describe it at the counter or by telephone. Things that "
        "nobody asks for are given to the charity shop."
    ),
    (
        'We continue the series "Voices of the street", in which passers-by say in one sentence '
        "what moved them this week. No names, no photos, only the words as they were spoken.\n\n"
        "«{body}»\n\n"
        "The series will go on until the end of the month, and afterwards all the voices will be "
        "collected into a small booklet for the library."
    ),
    (
        "Thank you for being with us today! Before you put the phone away, here is the last item "
        "of our programme, as always a short one, as always for thinking over until the "
        "morning.\n\n"
        "{body}\n\n"
        "Good night to all who are at home, on the road and on duty. We meet again at seven with "
        "coffee, weather and the first headlines of the new day."
    ),
    (
        "Translation desk: we publish short items in three languages for readers abroad. The "
        "translation is made by volunteers and may contain mistakes, please report them to the "
        "desk rather than in the comments.\n\n"
        "Item: {body}\n\n"
        "Other languages of the same item are found in our sister rooms, whose list is pinned at "
        "the top."
    ),
    (
        "KITCHEN CORNER! A page from our shared cookbook of the neighbourhood. We do not cook "
        "everything ourselves and print the notes just as the readers handed them to us at the "
        "market.\n\n"
        "{body}\n\n"
        "If you want your own recipe to appear in the cookbook, write it on a card and leave it "
        "at the stall with the honey."
    ),
)

EVENTS = (
    (
        (
            "A tram left the rails at {street} in {city} this morning and hit a lamp post. "
            "{n:2-19} passengers were taken to hospital, none of them in danger, the rescue "
            "service reported."
        ),
        (
            "Rescuers in {city}: nobody died in the derailment. Doctors are treating {n} people "
            "with bruises after the accident on {street}; the driver is giving evidence."
        ),
        (
            'Service on the line through {street} will not resume before evening. "I heard a bang '
            'and saw sparks", says {name}, who was waiting at the stop in {city} when it happened.'
        ),
    ),
    (
        (
            "A fire broke out overnight in {place} in {city}. Crews from {n:3-14} stations fought "
            "the flames until {t} and no one was hurt, according to the duty officer."
        ),
        (
            "Smoke over {city}: residents were told to keep windows shut after {place} burned. "
            "The cause has yet to be found, investigators begin work once the roof is safe."
        ),
        (
            "{n} fire engines, one empty building and a lot of soot. That is the result of last "
            "night in {city}, where the owner now puts the damage at several million."
        ),
    ),
    (
        (
            "{club} have dismissed their head coach after the defeat against {club2}, the club "
            "said on {day}. {name} had been in charge for {n:2-30} matches."
        ),
        (
            '"I wish the players all the best" – with these words {name} said goodbye in the '
            "dressing room at {club}. An assistant takes training for now."
        ),
        (
            "Who follows at {club}? After {n} matches the board lost patience; the shortlist is "
            "said to hold three candidates, none of them from abroad."
        ),
    ),
    (
        (
            "Heavy rain flooded cellars in {city} on {day}. The fire brigade was called out "
            "{n:20-190} times, mostly to the area around {street}."
        ),
        (
            "Pumps are still running near {street}. In {city} shopkeepers carry wet boxes outside "
            "and wait for the insurers, who promised to come by the weekend."
        ),
        (
            "Meteorologists explain the cloudburst over {city}: warm air from the south met a "
            "cold front, and {n2:30-90} litres fell on each square metre within an hour."
        ),
    ),
)

DENIALS = (
    (
        (
            "The transport department of {city} confirmed that tram line {n:2-29} will be closed "
            "from {date} for the repair of the tracks."
        ),
        (
            "The transport department of {city} denied that tram line {n:2-29} will be closed "
            "from {date} for the repair of the tracks."
        ),
    ),
    (
        (
            "{club} have signed {name} from {club2} on a contract of {n:2-5} years, the press "
            "office of the club announced on {day}."
        ),
        (
            "{club} have not signed {name} from {club2} on a contract of {n:2-5} years, the press "
            "office of the club clarified on {day}."
        ),
    ),
    (
        (
            "Schools in {city} will stay closed on {day} because of the storm warning, the "
            "education office told parents in a letter."
        ),
        (
            "Schools in {city} will stay open on {day} despite the storm warning, the education "
            "office told parents in a letter."
        ),
    ),
    (
        (
            "Tap water in {city} is not safe to drink after the burst main at {street}, the water "
            "company warned at {t}."
        ),
        (
            "Tap water in {city} is safe to drink after the burst main at {street}, the water "
            "company assured at {t}."
        ),
    ),
    (
        (
            "The mayor of {city}, {name}, will resign by {date}, two members of the council told "
            "our newspaper on {day}."
        ),
        (
            "The mayor of {city}, {name}, will not resign by {date}, two members of the council "
            "told our newspaper on {day}."
        ),
    ),
)

QUOTING_TEXTS = (
    (
        'Several readers wrote to us about the words "{quote}" that went round the channels '
        "yesterday. We looked for where they come from and will publish what we find once two "
        "independent people have confirmed it. Until then, please do not ask us for names."
    ),
    (
        'An observation on language. The turn "{quote}" appears more and more often in headlines, '
        "and each time it sounds a little emptier. Perhaps editors should take a day off from it "
        "and describe what they have actually seen."
    ),
    (
        'Our weekly quiz: which channel was the first to write "{quote}"? Send the answer to the '
        "bot before midnight. Three winners get a mug with the emblem of the newsroom, and the "
        "correct answer follows on Sunday."
    ),
    (
        '"{quote}" — I keep thinking about this fragment. My grandfather collected newspaper '
        "cuttings in a shoebox and used to say that a phrase shows its worth only after ten "
        "years. I have put this one into the box and closed the lid."
    ),
    (
        'Correction: in our evening summary the quotation "{quote}" was ascribed to the wrong '
        "speaker. The editors apologise to both of them. The summary has been amended, the "
        "recording is kept in the archive and can be heard on request."
    ),
    (
        'A caricature by our artist with the caption "{quote}" won second prize at the exhibition '
        "of press drawings. Visitors can see it in the town hall on weekdays until five, entry is "
        "free, groups should book ahead."
    ),
)
