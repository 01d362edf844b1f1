"""What a home assistant should decline: the whole rest of the world, and sentences that only sound like the home."""

from . import words as w
from .grammar import rule
from .names import area_name, invented_word, owner, rare_word
from .numbers import in_words


def _split(text):
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


_THINGS = w.NOUNS + w.SWITCH_NOUNS + w.LIGHT_NOUNS + w.ITEMS + """volcano,black hole,glacier,comet,airplane,submarine,telephone,internet,printing press,
penicillin,steam engine,democracy,inflation,gravity,photosynthesis,evolution,electricity,magnet,rainbow,vaccine,blockchain,bitcoin,stock market,
mortgage,passport,marathon,chess,football,basketball,opera,ballet,novel,poem,sonnet,haiku,algorithm,database,neural network,compiler,virus,
dolphin,elephant,kangaroo,platypus,octopus,eagle,mosquito,dinosaur,mammoth,pyramid,colosseum,great wall,eiffel tower,statue of liberty,
moon landing,french revolution,world war two,roman empire,renaissance,cold war,constitution,parliament,president,prime minister,pope""".replace("\n", "").split(",")
_TOPICS = """quantum physics,ancient egypt,the stock market,machine learning,gardening,philosophy,the civil war,jazz history,vegan cooking,knitting,
climate change,space travel,taxes,insurance,dating,marathon training,public speaking,chess openings,photography,astronomy,economics,
the roman empire,psychology,football,cricket,formula one,politics,religion,fashion,makeup,vintage cars,home insurance,interior design,
electric cars,smart homes,light bulbs,energy prices,heat pumps,solar panels,thermostats,robot vacuums,air conditioning,kitchen design""".replace("\n", "").split(",")
_PLACES = w.CITIES + "france,germany,brazil,japan,australia,canada,kenya,norway,spain,india,peru,iceland,china,egypt,texas,florida,mars,the moon,the amazon,antarctica".split(",")
_LANGUAGES = "french,german,spanish,italian,japanese,chinese,latin,portuguese,dutch,russian,korean,arabic,swedish,polish,greek,turkish".split(",")
_FAMOUS = """albert einstein,marie curie,shakespeare,napoleon,cleopatra,leonardo da vinci,isaac newton,mozart,picasso,julius caesar,abraham lincoln,
charles darwin,frida kahlo,nelson mandela,ada lovelace,alan turing,socrates,queen victoria,elvis presley,beyonce,messi,serena williams""".replace("\n", "").split(",")
_FEELINGS = "happy,sad,bored,lonely,tired,angry,excited,nervous,hungry,thirsty,in love,stressed,confused,sick,jealous,proud".split(",")
_LANGS = "python,javascript,rust,java,c++,sql,bash,go,html,css,haskell,typescript".split(",")
_FOREIGN = _split("""
schalte das licht im wohnzimmer ein
wie spät ist es in berlin
allume la lumière de la cuisine
quelle heure est-il
enciende la luz del salón
qué tiempo hace hoy
accendi la luce in cucina
zet het licht aan in de keuken
tänd lampan i köket
acenda a luz da sala
wo ist der bahnhof
je voudrais un café
hola cómo estás
guten morgen zusammen
mi piace la pizza
ik heb honger
""")


def _number(rng):
    number = rng.choice((rng.randint(2, 20), rng.randint(2, 100), rng.randint(100, 5000)))
    return in_words(number) if number < 1000 and rng.random() < 0.25 else str(number)


def _gibberish(rng):
    roll = rng.random()
    if roll < 0.35:
        return " ".join(invented_word(rng) for _ in range(rng.randint(1, 6)))
    if roll < 0.55:
        return "".join(rng.choice("asdfghjklqwertyuiopzxcvbnm") for _ in range(rng.randint(2, 18)))
    if roll < 0.65:
        return "".join(rng.choice("0123456789!?#+*.,-/ ") for _ in range(rng.randint(1, 10))) or "?"
    if roll < 0.85:
        return " ".join(rng.choice(w.NOUNS + w.ADJECTIVES + w.ITEMS) for _ in range(rng.randint(1, 6)))
    return rng.choice(("uh", "um", "hmm", "blah blah", "la la la", "ah", "oh", "ha ha ha", "yes", "no", "maybe", "sure", "ok", "okay", "the", "what", "why", "who", "and then", "so i was like"))


# A small grammar of things people say about the world; verbs that no device obeys.
_VERBS = _split("""
eat
paint
sell
write
draw
marry
visit
study
cook
photograph
teach
invent
fight
chase
kiss
hide
steal
publish
translate
measure
review
hunt
worship
plant
carry
borrow
repair
elect
describe
""")
_PAST = _split("""
ate
painted
bought
sold
wrote
drew
married
visited
studied
cooked
met
taught
invented
fought
chased
kissed
hid
stole
published
forgot
dreamed about
laughed at
lost
found
planted
carried
borrowed
repaired
talked about
complained about
""")
_SUBJECTS = "i,you,we,they,he,she,my uncle,the teacher,the king,our neighbor,nobody,everyone,a scientist,the mayor,my cousin,the children,the vikings,a friend of mine,the president".split(",")


def _object(rng):
    return f"{rng.choice(('the', 'a', 'my', 'his', 'their', 'that', 'some'))} {rng.choice((rng.choice(w.ADJECTIVES) + ' ', '', ''))}{rng.choice(_THINGS)}"


FILLERS = {
    "verb": lambda rng: (rng.choice(_VERBS), {}), "past": lambda rng: (rng.choice(_PAST), {}), "object": lambda rng: (_object(rng), {}),
    "subject": lambda rng: (rng.choice(_SUBJECTS) if rng.random() < 0.75 else rng.choice(w.PEOPLE[:46] + _FAMOUS), {}),
    "noun": lambda rng: (rng.choice(w.NOUNS + w.LIGHT_NOUNS + w.SWITCH_NOUNS[:60] + w.AREAS[:30]), {}), "adjective": lambda rng: (rng.choice(w.ADJECTIVES + _FEELINGS), {}),
    "aux": lambda rng: (rng.choice(("did", "does", "do", "would", "can", "should", "will")), {}),
    "thing": lambda rng: (rng.choice(_THINGS) if rng.random() < 0.85 else invented_word(rng), {}),
    "topic": lambda rng: (rng.choice(_TOPICS), {}),
    "place": lambda rng: (rng.choice(_PLACES), {}),
    "room": lambda rng: (area_name(rng), {}),
    "language": lambda rng: (rng.choice(_LANGUAGES), {}),
    "famous": lambda rng: (rng.choice(_FAMOUS) if rng.random() < 0.8 else f"{invented_word(rng)} {invented_word(rng)}", {}),
    "person": lambda rng: (rng.choice(w.PEOPLE[:46]), {}),
    "owner": lambda rng: (owner(rng), {}),
    "feeling": lambda rng: (rng.choice(_FEELINGS), {}),
    "code": lambda rng: (rng.choice(_LANGS), {}),
    "number": lambda rng: (_number(rng), {}),
    "item": lambda rng: (rng.choice(w.ITEMS), {}),
    "task": lambda rng: (rng.choice(w.TASKS), {}),
    "music": lambda rng: (rng.choice(w.MUSIC), {}),
    "color": lambda rng: (rng.choice(w.COLORS), {}),
    "word": lambda rng: (rare_word(rng), {}),
    "animal": lambda rng: (rng.choice("cat dog horse cow whale penguin spider snake bear wolf shark tiger owl frog bat hedgehog".split()), {}),
    "gibberish": lambda rng: (_gibberish(rng), {}),
    "foreign": lambda rng: (rng.choice(_FOREIGN), {}),
    "hour": lambda rng: (rng.choice((f"{rng.randint(1, 12)}", f"{rng.randint(1, 12)} pm", f"{rng.randint(1, 12)} am", f"{rng.randint(1, 12)}:30", "noon", "midnight", "half past six")), {}),
    "day": lambda rng: (rng.choice("today tomorrow monday tuesday wednesday thursday friday saturday sunday tonight".split() + ["next week", "the weekend"]), {}),
}

from .unknown_lines import FACTS, NEAR, OTHER_APPS, TALK  # noqa: E402  (the wordings are long; they have a file of their own)

RULES = [
    rule("unknown", FACTS, 8, "ask"),
    rule("unknown", TALK, 6, "say"),
    rule("unknown", OTHER_APPS, 7, "do"),
    rule("unknown", NEAR, 9, "ask"),
    rule("unknown", "{gibberish}\n{gibberish} {gibberish}", 1.6, "say"),
    rule("unknown", "{foreign}", 0.5, "say"),
]
