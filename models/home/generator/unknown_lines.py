"""Wordings outside the domain, in four families. NEAR are the treacherous ones: home words, no command."""

FACTS = """
who (invented|discovered|created|designed|built) the {thing}
(when|where|why) was the {thing} (invented|discovered|built|made)
(what is|what's|define|explain) [a|the] {thing}
what (is|are) {thing} made (of|from)
how (does|do) [a|the] {thing} work
(what's|what is) the (capital|population|currency|president|flag|area code|national dish) of {place}
how (far|long|big|old|tall|deep) is {place}
how far is it (to|from) {place} [to {place}]
(who is|who was|tell me about|what did) {famous} [do|invent|write]
when (was|did) {famous} (born|die)
how (old|tall|rich) (is|was) {famous}
(what's|what is) {number} (plus|minus|times|divided by|multiplied by) {number}
(calculate|compute|what is) {number} (+|-|*|/|x) {number}
(what's|what is) the square root of {number}
{number} (+|-|*|/) {number}
what is {number} percent of {number}
(convert|how much is|what is) {number} (miles|dollars|pounds|inches|gallons|feet|ounces|cups) (to|in|into) (kilometers|euros|kilos|centimeters|liters|meters|grams)
how many (inches|ounces|seconds|feet|teaspoons|days|bones|legs|planets|continents) (are in|are there in|does) a (yard|pound|year|mile|tablespoon|month|human|spider) [have]
how do you (say|spell|pronounce) {word} in {language}
(translate|how do i say) {thing} (to|into|in) {language}
(spell|how do you spell) {word}
what (rhymes with|is the opposite of|is a synonym for|does) {word} [mean]
(what's|what is) the (meaning|plural|definition|origin|history) of {word}
(what's|what is) the (tallest|largest|smallest|longest|deepest|oldest|fastest) (mountain|country|river|building|ocean|animal|city|planet|lake|desert) [in the world|in {place}|on earth]
why (is|are) the (sky|sea|grass|sun|moon|leaves|flamingos|blood) (blue|green|red|yellow|pink|salty|so bright)
(what|how much) does [a|the] {animal} (eat|weigh|sound like|cost)
how long do {animal}s live
is a {thing} a (fruit|vegetable|planet|mammal|fish|verb)
who (won|is winning|plays in) the (world cup|super bowl|election|game|match|oscars|nobel prize|race) [last night|in {number}|yesterday|{day}]
(what's|what is|how high is) the (price|stock price|value|exchange rate) of (bitcoin|gold|apple|tesla|oil|the dollar|silver|{thing})
who (wrote|painted|directed|sang|composed|starred in) {music}
who (wrote|painted|directed|composed) {word} and {word}
(what's|what is) the (recipe|best recipe) for {item}
how (do i|do you|to) (cook|bake|make|prepare|boil|fry|grill) {item}
how many calories (are in|does) {item} [have]
(what|which) (movies|books|shows|songs) (are|were) (popular|good|new) (in {number}|this year|about {topic})
(summarize|tell me about|explain|teach me) {topic}
what (happened|was invented) in {number}
what (causes|is the cause of|are the symptoms of) (headaches|earthquakes|the flu|inflation|tides|hiccups|thunder|a fever)
(can|do) {animal}s (swim|fly|see in the dark|smell fear|climb trees)
(what|which) language do they speak in {place}
what time (is it|will it be) in {place}
what time does (the store|the bank|the supermarket|the pharmacy|the game|the movie|the train|{thing} shop) (open|close|start|leave)
what's the time difference between {place} and {place}
(when|what day) is (easter|thanksgiving|the next full moon|mother's day|ramadan|black friday|the next eclipse|{owner} birthday)
how many days until (christmas|halloween|my birthday|summer|new year)
if (i have|{person} has|a train has) {number} {item} and (gives|eats|loses) {number}, how many are left
a (train|car|plane) travels {number} miles in {number} hours, how fast is it
solve for x: {number} x plus {number} equals {number}
(what's|what is) the (chemical symbol|boiling point|melting point|density|atomic number) of (iron|gold|water|helium|copper|salt)
(who|what) is (the queen of england|the ceo of apple|a llama|the speed of light|pi|the golden ratio|karma|a noun|jazz)
how (long|many years) did {famous} (live|rule|reign)
what (team|party|band) (does|did) {famous} (play for|belong to)
list the (planets|continents|presidents|primary colors|days of the week in {language}|prime numbers below {number})
name (three|five|some|ten) (countries|animals|fruits|rivers|cities) [that start with (a|b|m|s)]
is {number} (a prime number|even|odd|bigger than {number})
(what's|what is) the (area|volume|circumference) of a (circle|cube|triangle|sphere) with (radius|side) {number}
what's the (fastest|best|shortest) way (to|from) {place}
who lives in {place}
(what|which) {noun} (is|was) the (first|biggest|most expensive|most famous|oldest) {noun} (in {place}|ever|of all time)
(what|how) {aux} {subject} {verb} {object}
(when|where|why) {aux} {subject} {verb} {object}
(is|was) {subject} (really|actually|) (a|the) {noun}
(how|why) do people {verb} {object}
(what|who) {past} {object}
which {noun} should {subject} {verb}
(can you explain|i want to know|do you know|i'd like to know) (how|why|when|if) {subject} {past} {object}
what are the (benefits|dangers|rules|side effects|advantages) of {topic}
(compare|contrast) {thing} (and|with|to) {thing}
how many {noun}s (are there|can you fit) in (a|the) {noun}
(what|how much) is {number} {noun}s (in|times) {number}
what (season|year|month|century|era) (is|was) {famous} (born in|from)
what's the (longest|shortest|hardest|funniest) word (in {language}|you know)
"""

TALK = """
how are you [today|doing|feeling|going]
(what's|what is) your (name|age|favorite {thing}|favourite color|purpose|job|opinion on {topic})
(who|what) are you
who (made|created|built|programmed) you
(are|were) you (a robot|human|alive|real|an ai|sentient|listening to me|spying on me|smarter than {famous})
(tell|give) me a (joke|story|riddle|fun fact|secret|poem|bedtime story|limerick) [about {thing}|about a {animal}|about {topic}]
(do|can) you (like|love|know|understand|remember) (me|{thing}|{famous}|{topic}|jokes|music|pizza)
i (love|hate|like|miss|need|trust) (you|my job|{thing}|{person}|{topic}|mondays|my life|chocolate)
(i'm|i am|i feel|we are) {feeling} [today|right now|about {topic}]
(will you|would you) (marry me|be my friend|go out with me|help me with my homework|lie to me)
(what|how) do you think (about|of) {topic}
(what should i|what do i) (wear|eat|cook|watch|read|do|name my {animal}|give {person} for (christmas|their birthday)) [today|tonight|tomorrow]
(sing|sing me) (a song|happy birthday|something|a lullaby)
(let's|can we|do you want to) (play a game|talk|chat|play chess|play twenty questions|be friends|play hide and seek)
my (boss|sister|{animal}|car|back|head|neighbor|phone|brother) (is annoying|hurts|ran away|is broken|is sick|is {feeling}|won't start)
i (had|ate|bought|saw|lost|found|broke|made) (a|my|some) {thing} (yesterday|today|this morning|last week)
{person} (is|was|seems) (really |so |very |){feeling} [today]
(yesterday|last night|this morning) (we|i|they|{person}) (went to|saw|drove to|talked about) (the movies|{place}|a {thing}|{topic})
the {animal} (sat on|chased|ate|slept under|jumped over) the {thing}
(i think|i believe|do you believe) (that {topic} is overrated|in ghosts|in aliens|in love|in god|the earth is flat)
(say|repeat after me|repeat) (something|something funny|something nice|{word} {word})
(can you|could you) (think|dream|feel pain|swim|drive|cook|keep a secret|dance|beatbox|rap)
(what|which) is better(,|) {thing} or {thing}
(should i|would you) (buy|choose|get|learn) [a|the] {thing} or [a|the] {thing}
(what|tell me|is it) (the meaning of life|something interesting|about yourself|what you can do|who your father is)
you (are|look) (funny|stupid|smart|beautiful|useless|weird|boring|crazy|wrong)
(whatever|no way|really|are you serious|are you kidding|i don't believe you|that's not true|what do you mean|you wish)
once upon a time there was a {animal} (with|who had) a {thing}
roses are {color} [violets are {color}]
(knock knock|guess what|you know what|long time no see|i have a question|can i ask you something)
(flip a coin|roll a die|roll the dice|pick a number between {number} and {number}|choose a random number|rock paper scissors)
{person} and {person} (are getting married|broke up|moved to {place}|had a baby|went fishing)
(what's|what is) the (best|worst) {thing} (you've ever seen|in the world|for kids|ever)
(why|how come) (don't you|won't you|can't you) (answer|understand me|talk more|help me with {topic})
i (want|would like|wish) (to be|to become) (a doctor|an astronaut|rich|famous|happy|a {thing})
(do you have|have you got) (feelings|children|a family|a girlfriend|friends|hobbies|any {thing})
the (meeting|movie|party|flight|exam) was (boring|great|terrible|cancelled|a disaster)
{subject} {past} {object} [yesterday|last year|again|in {place}|for {number} years|{day}]
{subject} {past} {object} and {past} {object}
{subject} (never|always|often|rarely|almost) {past} {object}
(our|his|her|their|my neighbor's) {noun} (is|was|looks) (ugly|beautiful|heavy|strange|broken again|older than mine|the best in {place})
(i think|maybe|apparently|they say) {subject} {past} {object}
(the|a|that|this) {adjective} {noun}
{noun} {noun}
{adjective}
(my|her|his) (favourite|favorite) {noun} is [the] {adjective} [one]
(what|it's|that's) (a|such a) (lovely|terrible|strange|beautiful|boring) {noun}
(i wish|if only) {subject} {past} {object}
{subject} (will|would|might|should) {verb} {object} [{day}]
(life|love|time|money|home|truth) is (like|a kind of|just) (a|the) {noun}
the {noun} (of|in|behind|at the end of) the {noun} [is {color}]
don't {verb} {object}
(you should|why don't you|i told you to) {verb} {object}
"""

OTHER_APPS = """
(book|reserve|find|get me) (a flight|a hotel|a table|a ticket|a train|a taxi|a room|a rental car|a cab) (to|in|at|for) {place} [for {number} people|{day}|at {hour}]
(book|reserve) a table for (two|four|six|{number}) at (the|a) {word} (restaurant|bistro|grill) [{day}]
(order|get me) (a pizza|sushi|some chinese food|a taxi|an uber|two burgers|flowers|groceries online|a new {thing}|{item} from amazon)
(call|phone|ring|dial|facetime|video call) (mom|dad|{person}|the doctor|the police|911|the plumber|my boss|{word} {word})
(send|write|compose|forward) (an email|a text|a message|an e-mail|a whatsapp|a letter|a postcard) to {person} [saying {thing}|about {topic}]
(text|email|message) {person} (that i'm late|about {topic}|the report|hello|i'm on my way)
(read|check|open|show|delete) my (emails|e-mail|inbox|messages|texts|notifications|voicemail|facebook|calendar)
(remind|remember) me to {task} [{day}|at {hour}|when i get home]
set (a reminder|an appointment) (to|for) {task} [{day}|at {hour}]
(set|create) an alarm for {hour} [{day}]
wake me [up] at {hour}
(schedule|plan|add|create|cancel|move) (a meeting|an appointment|an event|a call|dinner|the dentist) (with {person}|on {day}|at {hour}|to my calendar) [{day}]
what's on my (calendar|agenda|schedule) [{day}]
(write|create|draft|compose|generate) (a poem|a song|an essay|a haiku|a story|a speech|a cover letter|a tweet|a sonnet|an article) about {thing}
(write|give me|create|show me) (a function|a script|a program|some code|a class|a regex|a query) in {code} (that|to|which) (sorts|reverse|count|parse|print) (a list|a string|a file|numbers|{thing})
(debug|fix|refactor|explain|review) (this|my) {code} (code|program|function|error)
how do i (write|define|declare|install|import|use) (a loop|a function|a class|an array|a package) in {code}
(translate|say) (good morning|i love you|where is the bathroom|thank you|{word}|turn on the light|close the door) (into|in|to) {language}
(navigate|drive me|take me|give me directions|show me the way|directions) to {place}
(find|search for|show me|look up|google) (the nearest|a cheap|a good|the best) (gas station|restaurant|hospital|parking spot|atm|pharmacy|coffee shop|{thing} store) [near me|in {place}]
(search|google|look up|browse) [the web for|the internet for] {topic}
(open|launch|install|uninstall|update|close|download) (facebook|instagram|youtube|chrome|excel|word|photoshop|the calculator app|whatsapp|tiktok|the camera app|windows|the browser)
(post|tweet|share|upload) (this photo|a picture|my status|{thing}|the video) (on|to) (facebook|twitter|instagram|youtube)
take a (photo|picture|selfie|screenshot|note|memo)
(transfer|send|pay|wire) {number} (dollars|euros|pounds) to {person}
(what's|check) my (bank balance|account balance|credit score|order status|flight status|grade)
(buy|sell|trade) {number} shares of (apple|tesla|google|{word})
(what's|read me|tell me) the (news|headlines|latest news|sports results|traffic|stock prices|horoscope) [{day}|in {place}]
how is the traffic (to|in|on the way to) {place}
(summarize|proofread|rewrite|shorten|translate) this (text|article|email|paragraph|document|book)
(make|create|draw|paint|generate) (a picture|an image|a drawing|a logo|a presentation|a spreadsheet) (of|about|for) {thing}
(recommend|suggest) (a movie|a book|a restaurant|a song|a name for my {animal}|a gift for {person}|a {thing}) [for {day}]
(track|where is|when does) my (package|order|parcel|flight|luggage) [arrive]
(cancel|renew|pause) my (subscription|membership|netflix account|gym contract|flight|order|hotel booking|appointment)
(help me|how do i) (lose weight|quit smoking|learn {language}|find a job|write a resume|study for the exam|fix my bike|tie a tie|make friends)
(hire|fire|promote|interview) {person}
(print|scan|save|delete|rename|copy|move) (the document|this file|my homework|page {number}|the folder|the report)
(play|start) a game of (chess|tic tac toe|trivia|hangman|checkers)
(vote for|donate to|sign up for|apply for|register for) (the red cross|{topic}|a marathon|a passport|a visa|the newsletter)
(feed|walk|wash|brush|bathe|pet) the {animal}
(cook|make|bake|fry|prepare) (me |)(dinner|breakfast|a sandwich|a cake|{item}|pancakes) [for {number} people]
(clean|wash|polish|repair|paint|sell|wax|wrap) my (shoes|car|teeth|clothes|bike|{thing}) for me
(do|solve|finish) my (homework|math|taxes|laundry by hand|dishes)
{verb} {object}
{verb} {object} (and|then) {verb} {object}
{verb} {object} (in|to|for|with) (place|{place}|{person}|{number} minutes of fame|a {noun})
(show|tell|teach|give) me (how to|the best way to) {verb} {object}
(help me|i need help to) {verb} {object}
(mail|ship|fax|lend) {object} to {person}
(build|design|invent|draw) (me|us) a {adjective} {noun}
"""

NEAR = """
who invented the (light bulb|lamp|washing machine|thermostat|television|radio|refrigerator|vacuum cleaner|doorbell|window|lock|fan|microwave)
(what's|what is) (a good|the best) (colour|color|paint|wallpaper|carpet|plant|curtain fabric|temperature) for (a|the|my) {room}
how (much|expensive) (is|does|are) [a|the] (new |smart |used |)(lamp|thermostat|fan|fridge|dishwasher|heat pump|vacuum cleaner|tv|{thing}) [cost]
how do i (fix|repair|install|clean|replace|reset|wire|descale|paint|unclog) [a|the|my] (lamp|thermostat|light switch|fan|tap|toilet|fuse|door|window|blind|oven|vacuum|{thing})
(what's|what is) the difference between (a lamp and a light|an led and a halogen bulb|a fan and an ac|celsius and fahrenheit|a window and a door|{thing} and {thing}|oled and lcd)
why (is|does) my (fridge|fan|boiler|dryer|thermostat|radiator|tap|toilet|dishwasher|heating bill|phone|wifi) (so loud|leak|smell|so high|make a strange noise|so slow|keep breaking|drip)
how (much|many) (power|energy|electricity|watts) does a (lamp|tv|fridge|heater|computer|fan|light bulb) use
(which|what) (vacuum cleaner|thermostat|light bulb|smart speaker|tv|air conditioner|lawn mower|lock) should i (buy|get)
(is it|it is) (bad|dangerous|ok|safe|cheaper) to (leave the lights on|sleep with the fan on|open the windows in winter|run the heater all night|drink tap water|leave the oven on)
(i|we) (painted|bought|sold|cleaned|renovated|saw|dreamed about|drew|photographed) (the|a|our) (kitchen|lamp|window|door|light|house|{thing}) (yesterday|last year|last week|in {place})
(my|the|our) (fan|lamp|tv|heater|fridge|oven) (broke|exploded|fell down|was expensive|was a gift from {person}|is from {place})
(what|how) does ("turn on"|"lights out"|thermostat|"dim"|volume|brightness|humidity|"toggle") (mean|translate to) [in {language}]
(write|tell me) a (story|poem|song|joke|haiku) about (a lamp|the light over the sofa|a thermostat|a robot vacuum|a timer|the kitchen|blinds|a locked door)
(where|in which shop) can i buy (a lamp|curtains|a fan|light bulbs|a thermostat|{item}|{thing})
(how|when) (was|were) (the first|) (lamp|television|clock|elevator|window|lock|radio|timer) (invented|made)
(spell|define|translate) (thermostat|light|curtain|vacuum|volume|temperature|timer|kitchen|window|blinds)
how many (light bulbs|rooms|windows|doors|lamps) (does the white house have|are in the empire state building|does it take to fill a {thing}|were sold in {number})
(what's|what is) the (speed|color|colour|wavelength|weight|brightness) of (light|sunlight|sound|the sun|the moon|air)
(what's|what is) the (normal|ideal|average|record|highest|lowest) (temperature|body temperature|humidity) (of|in|for|on) (a human|the sun|{place}|mars|sleeping|a baby|an oven for pizza|a fever)
who (sings|wrote) (turn off the light|blinded by the light|paint it black|open the door|light my fire|the timer song)
(my|the) (door|window|key|lock) (is a metaphor for {topic}|in the painting is {color}|was made in {place})
(how long|how many minutes) (does it take|should i) [to] (boil an egg|bake a cake|roast a chicken|charge a car|dry laundry|fly to {place}|walk to {place}|cook {item})
what (movie|song|book|play) has a (lamp|window|door|kitchen|light|vacuum) in the title
(call|hire|find|email) (an electrician|a plumber|a window cleaner|a locksmith|a painter) (for|to fix) the (kitchen|lamp|door|window)
(order|buy|find) (a new lamp|new curtains|light bulbs|a thermostat|a fan|a vacuum cleaner) (on amazon|online|for me|on ebay)
(is|are) (light|windows|fans|curtains|blinds|thermostats|timers) (a wave|made of glass|expensive|good for the environment|popular in {place})
(turn|switch) (around|over a new leaf|sides|to page {number}|left at the lights|jobs|to another bank account)
(turn left|turn right) (at the traffic light|at the next corner|on {word} street)
(open|close) (a bank account|the pull request|an issue|my account|the deal|your mind|your eyes|a new tab|a business|the file)
(set|lock) (a world record|the price|an example|fire to the {thing}|sail|the date of the wedding|in the mortgage rate|eyes with {person})
(stop|start) (lying|smoking|crying|a business|a band|a family|worrying|being {feeling}|your homework|telling {person} about {topic})
(play|run) (a trick on {person}|for president|a marathon|with matches|devil's advocate|the lottery|around the block)
(dim|bright) (sum restaurants near me|ideas for {topic}|students in my class)
(i|we) (turned|switched) (thirty|forty|{number}) (last week|yesterday|in may)
the (light|door|window|lamp|fan|kitchen) (in the story|in my dream|of my life|on the moon|in the movie) (was {color}|is beautiful|scared me)
(add|multiply|divide|subtract) {number} (and|by|to|from) {number}
(add|put) {number} and {number} together
(pause|resume) (my career|the war|negotiations|my gym membership|the lawsuit|my newspaper subscription)
(increase|raise|lower|decrease) (my salary|the taxes|the rent|your expectations|my cholesterol|my blood pressure|the interest rate)
(cancel|delete) (my flight|my account|netflix|the wedding|the meeting on {day}|my subscription|my doctor's appointment)
(what's|what is) the (forecast|outlook) for (the economy|bitcoin|the election|apple shares|the housing market)
how (warm|cold|hot) (is it on|is|was) (mars|venus|the sun|the moon|the ice age|jupiter)
what (lamp|lights|thermostat|fan|vacuum) (brand|company) (is the best|is from {place}|was founded in {number})
(tell me|explain) how (a thermostat|a light bulb|a vacuum|an air conditioner|a lock|a timer|a dimmer|a heat pump) works
(which|what) (plants|fish|flowers) (grow|live) (in the dark|in a {room}|in cold water|without light)
(how do i|help me) (decorate|renovate|tidy|furnish|organize|declutter|design) (the|my|a small) {room}
(move|carry|sell|repair|assemble) the (sofa|lamp|fridge|table|{thing}) (to {place}|for me|with {person}|down the stairs)
what did {person} say about the (lights|kitchen|thermostat|garage door|{thing})
remind me to (turn off the lights|close the windows|lock the door|water the plants|check the oven) (at {hour}|{day}|when i leave)
"""
