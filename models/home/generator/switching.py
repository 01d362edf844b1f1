"""On, off, toggle, open, close, lock, unlock, scenes: everything Home Assistant files under HassTurnOn and HassTurnOff."""

from . import words as w
from .grammar import rule
from .names import area, bare_area, compound, floor, in_area, invented_word, named, target, with_article, strip_article

_COVER_CLASSES = {"blinds": "blind", "curtains": "curtain", "drapes": "curtain", "shades": "shade", "shutters": "shutter",
                  "awnings": "awning", "windows": "window", "doors": "door", "garage doors": "garage", "gates": "gate",
                  "roller blinds": "blind", "roller shutters": "shutter"}
COVER_NOUNS = """blind,curtain,shade,shutter,awning,garage door,gate,window,door,skylight,roller shutter,roller blind,drapes,
front door,back door,sliding door,patio door,garden gate,roof window,sun shade,vent,pet door,cat flap,projector screen,
driver's window,passenger window,driver window,sunroof,moonroof,trunk,boot,tailgate,hood,bonnet,left rear window,right rear window,
rear window,fuel flap,charge port,charging port,glovebox,glove box,tonneau cover,convertible top,roof,roof hatch,hatch,
valve,inlet valve,outlet valve,drain valve,water valve,gas valve,bypass valve,damper,louver,sluice,dock door,roller door,
shutter door,main valve,air vent,lid,silo hatch,hopper gate""".replace("\n", "").split(",")
_LOCK_NOUNS = """front door,back door,door,garage door,lock,side door,gate,car,doors of the car,truck,van,shed,safe,cabinet,locker,
garden gate,patio door,gun safe,child lock,deadbolt,smart lock,cellar door,car doors,glove box,charge port,tool cabinet,bike shed,
screen door,porch door,main entrance,letterbox,mailbox,padlock,driver's door,rear doors""".replace("\n", "").split(",")

_anything = w.LIGHT_NOUNS * 3 + w.SWITCH_NOUNS * 2 + w.VEHICLE_NOUNS + w.MACHINE_NOUNS
_on_target = target(_anything, ("lights",) * 6 + ("lamps", "fans", "switches", "lights"), "light")


def _class_of_plural(rng):
    """As _on_target, with the domain corrected for the plurals that are not lights."""
    spoken, slots = _on_target(rng)
    if "domain" in slots:
        for word, domain in (("fans", "fan"), ("switches", "switch")):
            if word in spoken.split():
                slots = {**slots, "domain": domain}
    return spoken, slots


def _lock_target(rng):
    roll = rng.random()
    if roll < 0.25:
        spoken = rng.choice(("all the doors", "the doors", "every door", "all doors", "all the locks", "everything"))
        return spoken, {"domain": "lock"}
    if roll < 0.35:
        words, slots = in_area(rng)
        return f"the doors {words}", {**slots, "domain": "lock"}
    name = compound(rng, _LOCK_NOUNS) if rng.random() < 0.6 else rng.choice(_LOCK_NOUNS)
    return with_article(name, rng), {"name": strip_article(name), "domain": "lock"}


def _scene(kind):
    def fill(rng):
        roll = rng.random()
        name = rng.choice(w.SCENES) if roll < 0.65 else rng.choice(w.NOUNS) if roll < 0.8 else invented_word(rng)
        return name, {"name": name, "domain": kind}
    return fill


def _defroster(rng):
    pane = rng.choice(("windshield", "windscreen", "rear window", "back window", "front window", "mirrors", "side mirrors", "rear windshield", "front windscreen", "back glass"))
    return pane, {"name": f"{pane} defroster"}


FILLERS = {
    "target": _class_of_plural,
    "light": target(w.LIGHT_NOUNS, ("lights",) * 5 + ("lamps",), "light"),
    "machine": named(w.MACHINE_NOUNS),
    "appliance": named(w.SWITCH_NOUNS + w.VEHICLE_NOUNS),
    "cover": target(COVER_NOUNS, tuple(_COVER_CLASSES), "cover", _COVER_CLASSES.get),
    "moving": target(COVER_NOUNS, tuple(_COVER_CLASSES), "cover", _COVER_CLASSES.get),
    "locked": _lock_target,
    "scene": _scene("scene"),
    "script": _scene("script"),
    "area": area, "bare_area": bare_area, "in_area": in_area, "floor": floor,
    "defroster": _defroster,
}

RULES = [
    rule("HassTurnOn", """
        (turn|switch|put) on {target}
        (turn|switch|put|flip|power) {target} on
        (activate|enable|start|engage) {target}
        (power up|fire up|boot up|start up|light up) {target}
        {target} on
        (get|bring) {target} (going|running|on|up and running|online)
        hit {target}
        (let's have|give me|i want|i need|i'd like|i would like) {target} (on|switched on|turned on|running)
        make sure {target} (is|are) (on|running|turned on)
        see to it that {target} (is|are) (on|switched on)
        (turn|switch|power) on {target} and leave it on
        {target} should be on
        set {target} to on
        (have|get) {target} (turned|switched|powered) on
        (would you mind|how about) (turning|switching|putting) on {target}
        (would you mind|what about) (turning|switching) {target} on
        i want you to (turn|switch) {target} on
        bring {target} to life
        crank up {target}
        kick on {target}
        (stick|pop|whack|flick) {target} on
        (stick|pop|flick) on {target}
        illuminate {light}
        i could use {target}
        (can|could|may) (i|we) have {target} (on|switched on)
        (help me|i want to|let me) see better, {target} on
        start {machine}
        (start|run|spin up|restart|launch) {machine}
        run {appliance}
        start {appliance}
        get {machine} going
        bring up {machine}
    """, 9),
    rule("HassTurnOn", """
        it's (too |so |really |pretty |awfully |)(dark|gloomy|dim) in here
        i can't see (a thing|anything|a damn thing) [in here]
        i can't see what i'm doing
        (it is|it's getting) (dark|gloomy) [in here]
        (let there be|give me some|give us some|i need some|i need more|some|we need some) light [please|in here]
        (light up|brighten up) (this room|the place|this place)
        why is it so dark [in here]
        lights on
        (it's|this room is) pitch black [in here]
        (we could use|could use) (some|a bit of) light [here]
    """, 0.8, "say", domain="light"),
    rule("HassTurnOn", """
        it's (too |so |really |pretty |)(dark|gloomy) {in_area}
        i can't see (a thing|anything) {in_area}
        (i need|we need|give me) [some|more] light {in_area}
        (light up|illuminate) {area}
        {bare_area} lights on
        {area} is (too|so|really) (dark|gloomy)
        (let there be|some) light {in_area}
    """, 0.8, "say", domain="light"),
    rule("HassTurnOn", """
        (turn|switch) on everything {in_area}
        (turn|switch) everything on {in_area}
        everything on {in_area}
    """, 0.2),
    rule("HassTurnOn", """
        (turn|switch) (on everything|everything on)
        everything on
    """, 0.1, name="all"),
    rule("HassTurnOff", """
        (turn|switch|shut|put) off {target}
        (turn|switch|shut|put|flip|power) {target} off
        (deactivate|disable|stop|disengage) {target}
        (power down|shut down|kill|cut) {target}
        {target} off
        (turn|switch) {target} off again
        (let's have|i want|i need|i'd like|i would like) {target} (off|switched off|turned off)
        make sure {target} (is|are) (off|switched off|turned off)
        see to it that {target} (is|are) (off|switched off)
        (cut|kill) the power to {target}
        (i|we) don't need {target} (anymore|any more|any longer|right now)
        (we're|i'm) (done|finished) with {target}
        (i|someone|somebody|dad|the kids) (left|forgot) {target} on
        {target} should be off
        set {target} to off
        (i|we) forgot to (turn|switch) off {target}
        (why is|why are) {target} still on
        (no more|no need for) {target}
        (would you mind|how about) (turning|switching|shutting) off {target}
        (would you mind|what about) (turning|switching|shutting) {target} off
        {target} can go off [now]
        (have|get) {target} (turned|switched|shut) off
        put {target} out
        (douse|extinguish) {light}
        (can|could) (i|we) have {target} off
        let {target} rest
        {target} is wasting (power|electricity|energy), switch it off
        (turn|switch) {target} off before (you|we|i) (forget|leave|go)
        (stop|halt|shut down|kill|emergency stop) {machine}
        (stop|halt|pause the power of) {machine} (now|immediately|at once)
        bring {machine} to a (stop|halt)
        shut {machine} down
        stop running {machine}
        {machine} (must|has to|needs to) stop
        take {machine} offline
    """, 9),
    rule("HassTurnOff", """
        lights (out|off)
        (kill|cut|douse|get) the lights
        (time for bed|i'm going to bed|we're going to sleep), lights (out|off)
    """, 0.4, "do", domain="light"),
    rule("HassTurnOff", """
        {bare_area} lights (out|off)
        (kill|cut) the lights {in_area}
        lights (out|off) {in_area}
        make {area} dark
    """, 0.5, "do", domain="light"),
    rule("HassTurnOff", """
        (turn|switch|shut) off everything {in_area}
        (turn|switch|shut) everything off {in_area}
        everything off {in_area}
        (turn|switch) off (the whole|all of) {bare_area}
    """, 0.4),
    rule("HassTurnOff", """
        (turn|switch|shut|power) (off everything|everything off)
        everything off
        (turn|switch) off all (devices|the devices|appliances)
        shut (everything|it all) down
    """, 0.3, name="all"),
    rule("HassToggle", """
        toggle {target}
        (flip|toggle) {target} [over]
        toggle the (state|power) of {target}
        (flip|toggle) the switch (of|for) {target}
        {target} toggle
        (change|reverse|invert) the state of {target}
        switch {target} to the (other|opposite) state
        (toggling|flipping) {target} would be (nice|great)
        (if {target} is on turn it off, otherwise turn it on|turn {target} on if off and off if on)
        do the opposite with {target}
    """, 1.5),
    rule("HassTurnOn", """
        (open|raise|lift) {cover}
        (open|pull|roll) up {cover}
        (open|pull) {cover} (up|all the way|fully|completely|wide|right up)
        (roll|wind|pull|lift|draw) {cover} (up|open)
        {cover} (open|up)
        (crack|pop|slide|swing) {cover} open
        pop {cover}
        (draw back|pull back) {cover}
        uncover {cover}
        (i want|i'd like|i need) {cover} (open|opened|raised|up)
        let some (air|light|sun) in through {cover}
        (get|have) {cover} (opened|raised)
        retract {cover}
        (would you mind|how about) (opening|raising) {cover}
        make sure {cover} (is|are) (open|up|fully open)
        set {cover} to open
        unseal {cover}
    """, 3.2, verb="Opening"),
    rule("HassTurnOff", """
        (close|shut|lower) {cover}
        (close|pull|roll|bring) down {cover}
        (close|shut) {cover} (all the way|fully|completely|tight)
        (roll|wind|pull|bring|let) {cover} (down|shut|closed)
        {cover} (closed|shut|down)
        (slide|swing|push) {cover} (closed|shut)
        (draw|drop) {cover}
        (i want|i'd like|i need) {cover} (closed|shut|lowered|down)
        (get|have) {cover} (closed|shut|lowered)
        extend {cover}
        (would you mind|how about) (closing|shutting|lowering) {cover}
        make sure {cover} (is|are) (closed|shut|down|fully closed)
        (someone|i|the kids) left {cover} open
        set {cover} to closed
        there's a draft from {cover}
        seal {cover}
    """, 3.2, verb="Closing"),
    rule("HassTurnOn", """
        lock {locked}
        lock up {locked}
        (bolt|secure|latch) {locked}
        make sure {locked} (is|are) locked
        {locked} (lock|locked) please
        (close and lock|shut and lock) {locked}
        did (i|we) lock {locked}? (if not lock it|lock it if not)
        (i|we) forgot to lock {locked}
        (is|are) {locked} locked? if not lock (it|them)
        (keep|get|have) {locked} locked
        (would you mind|how about) locking {locked}
        i want {locked} locked
        engage the lock (of|on) {locked}
    """, 1.3),
    rule("HassTurnOff", """
        unlock {locked}
        (unbolt|unlatch|unsecure) {locked}
        make sure {locked} (is|are) unlocked
        (let me|let him|let her|let them|let us) in through {locked}
        undo the lock (of|on) {locked}
        {locked} (unlock|unlocked) please
        (would you mind|how about) unlocking {locked}
        i want {locked} unlocked
        (release|open) the lock (of|on) {locked}
        take the lock off {locked}
    """, 1.2),
    rule("HassTurnOn", """
        (activate|start|set|turn on|apply|load|enable|switch to) [the] {scene} scene
        (activate|start|set|turn on|apply) [the] scene {scene}
        {scene} scene [on|please|now]
        (go to|change to|put on|bring up) [the] {scene} scene
        set the scene (for|to) {scene}
        (i'd like|i want|give me) [the] {scene} scene
        turn [the] {scene} scene on
    """, 1.1),
    rule("HassTurnOn", """
        (run|execute|start|launch|trigger|call|fire) [the|my] {script} script
        (run|execute|start|launch|trigger) [the] script {script}
        {script} script [now|please]
    """, 0.7),
    rule("HassTurnOn", """
        defrost [the] {defroster}
        (defog|demist|de-ice|clear|defrost) the {defroster}
        the {defroster} (is|are) (fogged up|frozen over|all iced up|foggy|frosted|steamed up)
        melt the ice (on|off) the {defroster}
        i can't see through the {defroster}
        turn on the {defroster} defroster
        get the (fog|frost|ice) off the {defroster}
    """, 0.5),
    rule("HassStopMoving", """
        (stop|halt|freeze|hold) {moving}
        (stop|halt) moving {moving}
        (stop|halt) {moving} (right there|there|where it is|from moving|now|halfway)
        {moving} stop
        stop (opening|closing|raising|lowering) {moving}
        hold {moving} (right there|where it is|in place)
        keep {moving} where (it is|they are)
        don't move {moving} any further
        leave {moving} where (it is|they are)
        interrupt {moving}
    """, 1.5),
]
