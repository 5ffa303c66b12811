"""The English reports and bulletins: written by hand, so that none of them is real.

A slot such as {city} is filled from the lists of the language, {n1:2-9} by a number,
{x:a|b} by one of the choices (see templates.py).
"""

SERIES = (
    (
        "{city} weather for {wday}, {month} {day}: {sky}, high {n2:8-31}°C, low {n3:1-7}°C, "
        "wind {wind} {n4:5-55} km/h."
    ),
    (
        "Full time: {team1} {n1:0-5}-{n2:0-5} {team2}. Attendance {n3:800-9800}. Next fixture "
        "on {month} {day}."
    ),
    (
        "The {t:06|07|08|09|15|16|17|18|19}:{n1:10-59} {line} line train from {city1} to "
        "{city2} is delayed by {n2:6-95} minutes owing to {x:a signal fault|a points "
        "failure|staff shortage|flooding|a trespasser|leaves on the line}."
    ),
    (
        "Spot {goods} closed at ${d2a:12-480} a tonne on {wday}, {x:up|down} {d2b:0-6} percent "
        "from the previous session."
    ),
    (
        "Gold {d2a:1900-2700} | Silver {d2b:22-34} | Brent {d2c:64-98} | EUR/USD "
        "1.{n1:1010-1299} — closing rates for {month} {day}."
    ),
    (
        "Planned power cut: {street}, {city}, {wday} {month} {day}, from 0{n2:6-9}:00 until "
        "{n3:12-19}:30. Please switch off sensitive equipment."
    ),
    (
        "Earthquake of magnitude {d1a:3-6} recorded {n1:8-190} km {wind} of {city} at a depth "
        "of {n2:5-110} km. No damage reported so far."
    ),
    (
        "Job alert: {x:nurse|welder|bus driver|cook|electrician|teacher|accountant|cleaner} "
        "wanted in {city}, {n1:20-40} hours a week, pay from £{n2:12-29} an hour. Apply before "
        "{month} {day}."
    ),
    (
        "Flight {x:BA|LH|EK|QF|AC} {n1:100-999} to {city} now departs at {n2:10-23}:{nn:10-59} "
        "from gate {g:A|B|C|D}{n3:1-48}. Boarding closes 20 minutes before."
    ),
    (
        "Lottery results, draw {n0:1000-3999}: {n1:1-9}, {n2:10-19}, {n3:20-29}, {n4:30-39}, "
        "{n5:40-49}, bonus ball {n6:50-59}. Check your tickets."
    ),
    (
        "House prices in {city} {x:rose|fell} by {d1a:0-5} percent in {month}; the average "
        "home now costs £{n1:140-590},000, the land registry said."
    ),
    (
        "River level at {street}, {city}: {d2a:0-5} metres and {x:rising|falling|steady}. "
        "Flood warning status: {y:none|amber|red|under review}."
    ),
    (
        "Parkrun {city}, week {n1:20-480}: {n2:90-640} finishers, first man "
        "{n3:15-17}:{nn:10-59}, first woman {n4:17-19}:{nm:10-59}. Thanks to all volunteers."
    ),
    (
        "Version {n1:1-9}.{n2:0-19}.{n3:0-30} of the {x:Quill|Heron|Basil|Tundra|Copperleaf} "
        "editor is out, with {n4:3-60} fixes and {n5:1-9} new features. Update from the "
        "settings menu."
    ),
)

NEUTRAL_REPORTS = (
    (
        "The old swimming baths in {city} will reopen after a restoration that took {n1:2-7} "
        "years.\n\nBuilders replaced the glass roof, saved most of the Victorian tiles and "
        "added a small café by the shallow end. Local schools will have the pool to themselves "
        "on Tuesday and Thursday mornings.\n\n"
        "Admission will cost £{n2:3-9}."
    ),
    (
        "A bakery on {street} has stopped selling sliced bread and queues have doubled. The "
        "owner, {name}, says customers now stay to talk while their loaves are cut by hand. "
        "She has hired {n1:2-6} more assistants and ordered a bench for the pavement."
    ),
    (
        "Rail passengers will see new timetables from the middle of {month}. Trains on the "
        "{line} line will run every {n1:12-30} minutes instead of twice an hour, and the last "
        "departure moves to {n2:22-23}:45. Season tickets remain valid without any change."
    ),
    (
        "Researchers counted hedgehogs in {n1:40-300} gardens this spring and found more than "
        "anyone expected. Gaps under fences seem to matter most. The team asks residents to "
        "leave one corner wild and to check bonfires before lighting them.\n\n"
        "A second count is planned for the autumn."
    ),
    (
        "The city orchestra has announced its season: {n1:14-32} concerts, two premieres and "
        "an evening of film music conducted by {name}. Tickets for students start at "
        "${n2:5-15}. The hall will also open its rehearsals to the public on the first Friday "
        "of each month."
    ),
    (
        "Apple growers expect a late harvest after a cold spring. Blossom came almost {n1:2-4} "
        "weeks behind schedule, and bees were slow to leave their hives. Prices may climb a "
        "little before Christmas, but shortages are unlikely, the growers' union believes."
    ),
    (
        "A lighthouse keeper's diary from {n1:1820-1899} has turned up in a charity shop in "
        "{city}. It lists storms, ships and the price of lamp oil, together with sketches of "
        "gulls. The county archive bought it for £{n2:40-400} and is scanning every page."
    ),
    (
        "Teenager {name} won the regional chess open without losing a game. The deciding round "
        "lasted {n1:3-6} hours and ended with a rook sacrifice that the commentators took "
        "several minutes to understand. The prize will go towards a trip to the national "
        "finals."
    ),
    (
        "Cyclists in {city} get a covered lane along the river. It has solar lamps, two repair "
        "stations and a counter that showed {n1:1200-8800} riders on the first day. "
        "Pedestrians asked for a wider path, and the council promised to look at it again in "
        "the summer."
    ),
    (
        "Sheep escaped from a lorry near {street} and spent the morning in a garden centre. "
        "Staff guided all {n1:14-60} of them back with buckets of feed. Nothing was broken, "
        "although several trays of pansies were eaten. The driver bought replacements out of "
        "his own pocket."
    ),
    (
        "The library will lend telescopes from next week. Each comes in a padded case with a "
        "star chart and a red torch, and can be kept for {n1:7-21} nights. An astronomer will "
        "show beginners how to find Saturn on the roof every clear Wednesday."
    ),
    (
        "Fish and chips now costs more than £{n1:9-14} in most seaside towns, a survey of "
        "{n2:80-400} shops suggests. Owners blame the price of cod and sunflower oil. Some "
        "have switched to hake, which regulars say tastes much the same once there is vinegar "
        "on it."
    ),
    (
        "Archaeologists digging ahead of a car park in {city} have found a Roman kitchen. They "
        "uncovered an oven, {n1:20-90} oyster shells and a dog's paw print in a floor tile. "
        "The car park will be built anyway, but the tile goes to the museum."
    ),
    (
        "A storm brought down trees across the valley overnight. Crews cleared {n1:12-70} "
        "roads by breakfast, and electricity was restored to all but a few farms. Forecasters "
        "say the wind will drop by the afternoon, with a frost to follow."
    ),
    (
        "The volunteer ferry across the estuary has carried its {n1:10-90},000th passenger, a "
        "retired nurse on her way to buy strawberries. She was given a life jacket with her "
        "name on it. The service runs from Easter until the end of {month}."
    ),
    (
        "Film students from {city} shot a comedy in one take, in a lift. It lasts {n1:4-11} "
        "minutes and stars their caretaker as himself. The picture won an audience prize in "
        "Vienna, and the lift has since been repaired."
    ),
    (
        "A new variety of potato that needs less water has been approved for sale. In trials "
        "it gave {n1:8-35} percent more than older sorts during a dry summer. Seed should "
        "reach shops by {month}, and allotment holders can join a tasting panel."
    ),
    (
        "Harbour authorities in {city} will dredge the channel for the first time in "
        "{n1:11-40} years.\n\nThe work starts after the herring season, so that the fleet is "
        "not delayed. Mud from the bottom is to be spread on an old quarry and planted with "
        "willow. Engineer {name} expects some noise at low tide and apologises in advance.\n\n"
        "Yachts must use the north entrance meanwhile.\n\n"
        "A public meeting takes place in the chapel hall."
    ),
    (
        "Wheat futures slipped for a third week as rain arrived on the plains.\n\n"
        "Traders had priced in a drought that never came. Mills are now buying only what they "
        "need for {n1:3-8} weeks ahead. Exporters complain that ships are waiting with empty "
        "holds.\n\nFlour should stay at its present price until the new crop, analyst {name} "
        "reckons."
    ),
    (
        "Goalkeeper {name} has retired at the age of {n1:36-43}.\n\n"
        "She played {n2:210-640} matches for one club and never received a red card. Her last "
        "save, from a penalty in driving rain, kept the side in the league. From the summer "
        "she will train the under-twelves.\n\n"
        "Supporters collected for a bronze pair of gloves, which will hang by the tunnel."
    ),
    (
        "Night buses return to {city} after a break of two years. There will be {n1:3-9} "
        "routes, all meeting at the clock tower on the hour. Drivers asked for better lighting "
        "at the terminus, and got it. Students welcomed the news, while taxi owners were less "
        "pleased.\n\nThe trial is to be reviewed at Christmas."
    ),
    (
        "A mosaic by schoolchildren now covers the underpass on {street}.\n\n"
        "It took {n1:4000-9900} pieces of broken crockery, most of them donated by pensioners. "
        "The picture shows a heron, a tram and what the artists insist is a dragon. Rain "
        "brings out the colours.\n\nCouncillors had planned grey paint."
    ),
    (
        "Beekeepers have traced a mystery of blue honey to a sweet factory. Their hives stood "
        "{n1:2-5} kilometres from an open container of coloured sugar shells. The factory has "
        "put a lid on it. About {n2:30-300} jars cannot be sold, but a gallery has asked for "
        "them.\n\nThe bees, said {name}, look perfectly content."
    ),
    (
        "The regional museum in {city} is moving {n1:12-90} thousand objects to a new "
        "store.\n\nEvery teaspoon and tractor gets a barcode. Volunteers wrap glass in old "
        "theatre curtains, because they do not shed lint. A stuffed walrus travelled alone in "
        "a furniture van and arrived with both tusks.\n\n"
        "Visitors can watch the packing through a window on weekdays."
    ),
)

TWO_REPORTS = (
    (
        (
            "A fire broke out at a timber yard on {street} in {city} shortly after midnight; "
            "{n1:30-90} firefighters attended and nobody was hurt."
        ),
        (
            "Flames lit the sky over the docks while crews fought for {n2:3-9} hours to save "
            "neighbouring workshops, and the watchman got out unharmed."
        ),
    ),
    (
        "{team1} lost at home to {team2} and are out of the county cup.",
        (
            "A goal in stoppage time ended the hosts' run in the competition, after their "
            "keeper dropped a harmless cross in front of a stunned crowd."
        ),
    ),
    (
        (
            "Bus fares in {city} will go up by {n1:10-60} pence from Monday, the council "
            "announced."
        ),
        (
            "Travelling to work is about to get dearer: operators won their argument for a "
            "higher tariff, though concessions for pupils and pensioners stay."
        ),
    ),
    (
        "A minke whale {n1:4-9} metres long swam into {city} harbour on {wday} morning.",
        (
            "Crowds lined the quay to watch a huge visitor circle the moored yachts before "
            "volunteers in kayaks coaxed it back towards open sea."
        ),
    ),
    (
        (
            "The {city} town clock stopped at {n1:1-11}:{nn:10-59} after lightning struck the "
            "tower."
        ),
        (
            "Residents woke to silence: a bolt during the storm burned out the motor that "
            "drives the bells, and repairs may take until autumn."
        ),
    ),
    (
        (
            "Fog closed the runway at {city} airport overnight and {n1:4-30} flights were "
            "diverted."
        ),
        (
            "Hundreds of travellers slept on the terminal floor as visibility shrank to a few "
            "paces, and the first planes came back only after dawn."
        ),
    ),
    (
        "{name} has found {n1:60-700} silver coins while digging a pond in {city}.",
        (
            "A hobby gardener's spade hit a clay jar of medieval money; experts at the museum "
            "called the hoard the finest of the decade."
        ),
    ),
)

OPPOSITES = (
    (
        (
            "The bridge at {street} in {city} will reopen to traffic on {month} {n1:1-28}, "
            "engineers said."
        ),
        (
            "The bridge at {street} in {city} will not reopen to traffic on {month} {n1}, "
            "engineers said."
        ),
    ),
    (
        "Council leaders in {city} confirmed that the street market is moving to {street}.",
        "Council leaders in {city} denied that the street market is moving to {street}.",
    ),
    (
        (
            "Petrol prices in {city} rose by {n1:2-9} percent over the past week, according to "
            "the motoring club."
        ),
        (
            "Petrol prices in {city} fell by {n1} percent over the past week, according to the "
            "motoring club."
        ),
    ),
    (
        "{team1} beat {team2} after extra time and go through to the semi-final.",
        "{team1} lost to {team2} after extra time and miss out on the semi-final.",
    ),
    (
        "Striker {name} has signed a new {n1:2-5}-year contract with {team}.",
        "Striker {name} has refused to sign a new {n1}-year contract with {team}.",
    ),
    (
        "Schools in {city} will close on {wday} because of the heating failure, officials say.",
        (
            "Schools in {city} will stay open on {wday} despite the heating failure, officials "
            "say."
        ),
    ),
    (
        (
            "Drinking coffee before breakfast is good for the heart, a study of {n1:200-900} "
            "nurses has found."
        ),
        (
            "Drinking coffee before breakfast is bad for the heart, a study of {n1} nurses has "
            "found."
        ),
    ),
    (
        (
            "The folk festival in {city} is going ahead and tickets for {month} {n1:1-28} "
            "remain valid."
        ),
        (
            "The folk festival in {city} is cancelled and tickets for {month} {n1} are no "
            "longer valid."
        ),
    ),
    (
        (
            "The glass works in {city} plans to hire {n1:100-900} people before the end of the "
            "year."
        ),
        "The glass works in {city} plans to dismiss {n1} people before the end of the year.",
    ),
    (
        (
            "Museum director {name} said the stolen painting is genuine and worth {n1:2-20} "
            "million."
        ),
        "Museum director {name} said the stolen painting is a fake and not worth {n1} million.",
    ),
)

QUOTES = (
    (
        'Our readers cannot agree on what the words "{q}" were supposed to mean. Linguist '
        "{name} points out that a scrap without its beginning proves little and suggests "
        "counting to {n1:5-50} before replying."
    ),
    (
        'Overheard on the number {n1:2-99} bus to {city}: "{q}". We never learned how the '
        "story ended, because the speaker got off at {street} and took her shopping with her."
    ),
    (
        'Evening host {name} opened the show by quoting "{q}" and then spent {n1:5-50} minutes '
        "taking calls about allotments, fishing and the price of cat food."
    ),
    (
        'A sub-editor begs contributors to stop starting articles with "{q}". She counted '
        "{n1:4-30} of them this month, none of which named a person, a place or a date."
    ),
    (
        'Contestants at the reading prize in {city} were handed the line "{q}" and asked to '
        "say it with joy, with grief and in a whisper. A pupil from year {n1:5-11} won."
    ),
)
