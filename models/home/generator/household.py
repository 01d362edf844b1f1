"""Lists, robots, announcements, and the small words of conversation."""

from . import words as w
from .grammar import rule
from .names import area, bare_floor, floor, in_area, bare_area, invented_word, named

_VACUUMS = "rover,dusty,roomba,rosie,robbie,deebot,dobby,wall-e,roborock,marvin,scooba,bissell,upstairs vacuum,kitchen vacuum,mop robot,big vacuum,dirt devil,hoover,braava".split(",")
_MOWERS = "automower,mowbot,shaun,robo mower,back yard mower,front mower,luba,husky,worx,lawn robot,grass cutter,garden robot,goat".split(",")
_VACUUM = "(vacuum|vacuum cleaner|robot vacuum|vacuum robot|robot cleaner|vac|vacuum bot)"
_MOWER = "(mower|lawn mower|lawnmower|robot mower|mowing robot|robotic lawn mower)"


def _robot(names):
    def fill(rng):
        name = rng.choice(names) if rng.random() < 0.6 else invented_word(rng) if rng.random() < 0.7 else f"{rng.choice(w.ADJECTIVES)} {rng.choice(('robot', 'bot', 'vacuum' if names is _VACUUMS else 'mower'))}"
        return (rng.choice(("", "the ")) if " " in name else "") + ("the " if name.split()[0] in w.ADJECTIVES else "") + name, {"name": name}
    return fill


def _cleanup(fill):
    def clean(rng):
        spoken, slots = fill(rng)
        return spoken.replace("the the ", "the "), slots
    return clean


def _item(rng):
    roll = rng.random()
    if roll < 0.62:
        item = rng.choice(w.ITEMS)
    elif roll < 0.72:
        item = f"{rng.choice(w.ADJECTIVES)} {rng.choice(w.ITEMS + w.NOUNS)}"
    elif roll < 0.8:
        item = invented_word(rng)
    elif roll < 0.9:
        item = f"{rng.choice(('two', '3', 'a pack of', 'some', 'four', '12', 'a box of', 'a jar of', 'one', 'a can of'))} {rng.choice(w.ITEMS)}".replace(" a ", " ")
    else:
        item = f"{rng.choice(w.ITEMS)} and {rng.choice(w.ITEMS)}"
    value = item[5:] if item.startswith("some ") else item
    return (rng.choice(("", "", "", "some ")) if not item.startswith(("some", "a ", "two", "one", "four", "3", "12")) else "") + item, {"item": value}


def _task(rng):
    task = rng.choice(w.TASKS) if rng.random() < 0.8 else f"{rng.choice(('fix', 'buy', 'clean', 'paint', 'call', 'check', 'order', 'sell', 'return'))} the {rng.choice((rng.choice(w.NOUNS), invented_word(rng)))}"
    if rng.random() < 0.35:
        return _item(rng)
    return task, {"item": task}


def _list(rng):
    name = rng.choice(w.LISTS) if rng.random() < 0.82 else rng.choice((f"{rng.choice(w.PEOPLE)}'s", invented_word(rng), rng.choice(w.NOUNS)))
    return name, {"name": name}


def _message(rng):
    roll = rng.random()
    if roll < 0.6:
        message = rng.choice(w.MESSAGES)
    elif roll < 0.8:
        message = rng.choice((f"{rng.choice(w.PEOPLE)} {rng.choice(('is here', 'has arrived', 'needs help', 'is at the door', 'wants to talk to you', 'won the game', 'is leaving', 'passed the exam', 'got a new bike'))}",
                              f"{rng.choice(('please', 'do not forget to', 'someone has to', 'we have to', 'who wants to'))} {rng.choice(w.TASKS)}",
                              f"{rng.choice(('we are', 'i am', 'they are'))} {rng.choice(('leaving', 'eating', 'starting', 'back', 'closing'))} {rng.choice(('now', 'in ten minutes', 'at six', 'soon', 'in half an hour', 'at the ' + rng.choice(w.NOUNS)))}",
                              f"no {rng.choice(w.NOUNS + w.ITEMS)} {rng.choice(('in the bedrooms', 'before dinner', 'on the sofa', 'today', 'left'))}"))
    else:
        message = f"{rng.choice(('the', 'our', 'your'))} {rng.choice((rng.choice(w.NOUNS), rng.choice(w.ITEMS), invented_word(rng)))} {rng.choice(('is ready', 'is broken', 'is on fire', 'has arrived', 'needs cleaning', 'is missing', 'is in the garage', 'is getting cold'))}"
    return message, {"message": message}


FILLERS = {
    "item": _item, "task": _task, "list": _list, "message": _message, "area": area, "in_area": in_area, "bare_area": bare_area,
    "floor": floor, "bare_floor": bare_floor, "vacuum": _cleanup(_robot(_VACUUMS)), "mower": _cleanup(_robot(_MOWERS)),
}

_SHOPPING = "[the|my|our] (shopping|shopping|grocery|groceries) list"

RULES = [
    rule("HassShoppingListAddItem", f"""
        (add|put|write|throw|stick) {{item}} (to|on|onto|on to) {_SHOPPING}
        (we need|we're out of|i need|we ran out of|we are low on) {{item}}
        (buy|get|pick up) {{item}}
        (don't forget to|remember to|we have to|i have to|we should) (buy|get) {{item}}
        (put|add) {{item}} on the list
        {{item}} (on|to|for) {_SHOPPING}
        {_SHOPPING}[:|,] add {{item}}
        (put|add) {{item}} to (the groceries|my shopping|the weekly shop)
        (we|i) (used up|finished|drank|ate) the last of the {{item}}
        (running|we're running|i'm running) (low on|out of) {{item}}
        add to {_SHOPPING} {{item}}
        (we need|i need) to (buy|get|pick up) [some|more] {{item}}
        (jot|note) down {{item}} for (the shopping|groceries)
        (there's no|there is no|no) more {{item}} [left|in the fridge]
        i (want|need) {{item}} on {_SHOPPING}
        next time at the store get {{item}}
        {_SHOPPING} needs {{item}}
    """, 2.2),
    rule("HassShoppingListCompleteItem", f"""
        (check|tick|cross|mark) off {{item}} (from|on) {_SHOPPING}
        (check|tick|cross|mark) {{item}} off {_SHOPPING}
        (mark|set) {{item}} as (done|bought|complete|purchased|completed) [on {_SHOPPING}]
        i (bought|got|have) the {{item}}, (check|tick|cross|take) (it|them) off {_SHOPPING}
        cross {{item}} off
        i (bought|got|picked up|already have) {{item}}[, check it off]
        {{item}} (is|are) (bought|in the cart|in the trolley|in the basket)
        (complete|finish) {{item}} on {_SHOPPING}
        got {{item}} from {_SHOPPING}
        {_SHOPPING} {{item}} (done|bought)
    """, 1.3),
    rule("HassShoppingListRemoveItem", f"""
        (remove|delete|take|erase|drop|strike) {{item}} (from|off) {_SHOPPING}
        (we don't|i don't) need {{item}} (anymore|any more|after all)
        (get|take) {{item}} off {_SHOPPING}
        (no need for|forget about|never mind the) {{item}} on {_SHOPPING}
        don't buy {{item}}
        {_SHOPPING} remove {{item}}
        scratch {{item}} from {_SHOPPING}
    """, 1.3),
    rule("HassShoppingListLastItems", f"""
        (what's|what is) on {_SHOPPING}
        (read|show|list|tell) [me|out] {_SHOPPING}
        what (do we|do i|should i|should we) (need to buy|have to buy|need from the store|buy)
        (what did i|what have we) (put on|add to) {_SHOPPING}
        (go through|read back) {_SHOPPING}
        what's (left|still) on {_SHOPPING}
        what are the last items on {_SHOPPING}
    """, 0.7, "ask"),
    rule("HassListAddItem", """
        (add|put|write|throw|stick) {task} (to|on|onto) [the|my|our] {list} list
        {task} (on|to) [the|my] {list} list
        [the|my] {list} list[:|,] add {task}
        add to [the|my] {list} list {task}
        (jot|note) down {task} on [the|my] {list} list
        i (want|need) {task} on [the|my] {list} list
        (add|create) a new item {task} (to|on) [the|my] {list} list
        new entry on [the|my] {list} list {task}
        (would you mind|how about) adding {task} to [the|my] {list} list
        [the|my] {list} list needs {task}
    """, 2.0),
    rule("HassListCompleteItem", """
        (check|tick|cross|mark) off {task} (from|on) [the|my|our] {list} list
        (check|tick|cross|mark) {task} off [the|my|our] {list} list
        (mark|set) {task} as (done|complete|finished|completed) on [the|my|our] {list} list
        (complete|finish) {task} on [the|my|our] {list} list
        {task} on [the|my] {list} list is done
        i've done {task} from [the|my] {list} list
        [the|my] {list} list {task} done
    """, 1.5),
    rule("HassListRemoveItem", """
        (remove|delete|take|erase|drop|strike|scratch) {task} (from|off) [the|my|our] {list} list
        (get|take) {task} off [the|my|our] {list} list
        {task} can come off [the|my] {list} list
        [the|my] {list} list remove {task}
        i don't want {task} on [the|my] {list} list
        (forget about|no need for) {task} on [the|my] {list} list
    """, 1.5),
    rule("HassVacuumStart", f"""
        (start|run|turn on|launch|begin|activate) [the|my] {_VACUUM}
        (start|begin) (vacuuming|cleaning|hoovering)
        (vacuum|hoover) [the house|everything|everywhere|the floors|the whole house]
        [the] {_VACUUM} on
        (send|let) [the] {_VACUUM} (out|run|clean)
        (the floor is|the floors are) (dirty|filthy|dusty)
        (time to|let's) (vacuum|hoover)
        get [the] {_VACUUM} (going|to work|started)
        clean the (floors|house|whole house)
    """, 0.9),
    rule("HassVacuumStart", """
        (start|run|launch) {vacuum}
        (send|let) {vacuum} (out|clean|run)
        get {vacuum} (going|to work|cleaning|vacuuming)
        {vacuum} start cleaning
        tell {vacuum} to (start|clean|vacuum|get to work)
        {vacuum} clean up
        {vacuum} should (vacuum|clean)
        have {vacuum} vacuum the floors
    """, 1.0),
    rule("HassVacuumStart", """
        (vacuum|hoover|clean) the {bare_floor}
        (vacuum|hoover) {floor}
        (start|run) the vacuum {floor}
        clean the floors {floor}
    """, 0.4),
    rule("HassVacuumCleanArea", f"""
        (vacuum|hoover) {{area}}
        clean {{area}} [floor]
        (vacuum|hoover|clean up) {{in_area}}
        (send|get) [the] {_VACUUM} to {{area}}
        {{area}} needs (vacuuming|a vacuum|hoovering|cleaning)
        (run|start) [the] {_VACUUM} {{in_area}}
        (have|let) [the] {_VACUUM} clean {{area}}
        there are crumbs {{in_area}}
        (spot clean|mop) {{area}}
        vacuum just {{area}}
        {{area}} floor is (dirty|dusty|a mess)
    """, 1.2),
    rule("HassVacuumCleanArea", """
        (send|get) {vacuum} to [clean|vacuum] {area}
        (have|let) {vacuum} (clean|vacuum) {area}
        tell {vacuum} to (clean|vacuum) {area}
        {vacuum} (clean|vacuum) {area}
        use {vacuum} to (clean|vacuum) {area}
        run {vacuum} {in_area}
    """, 0.8),
    rule("HassVacuumReturnToBase", f"""
        (send|return|bring) [the|my] {_VACUUM} (home|back|to base|to its base|to the dock|to its dock|back to base|to its charger)
        (dock|park|stop) [the] {_VACUUM}
        [the] {_VACUUM} (go home|back to base|home)
        stop (vacuuming|cleaning|hoovering)
        (that's|that is) enough (vacuuming|cleaning)
        [the] {_VACUUM} (needs to charge|should charge|should go home)
        have [the] {_VACUUM} return to its (base|station|dock)
    """, 0.9),
    rule("HassVacuumReturnToBase", """
        (send|return|bring) {vacuum} (home|back|to base|to its base|to the dock|to its dock|back to base|to its charger)
        (dock|park) {vacuum}
        {vacuum} (go home|go back to base|return home|return to base)
        tell {vacuum} to (go home|stop cleaning|dock|return to base|go charge)
        {vacuum} should (go home|return to its base|charge)
        stop {vacuum} and send it home
    """, 0.9),
    rule("HassLawnMowerStartMowing", f"""
        (start|run|launch|activate|turn on) [the|my] {_MOWER}
        (mow|cut) the (lawn|grass|yard|garden)
        (start|begin) mowing [the (lawn|grass)]
        the (grass|lawn) is (too long|getting long|too high)
        (send|let) [the] {_MOWER} (out|mow|cut the grass)
        [the] {_MOWER} should (start|mow|mow the lawn)
        (time to|let's) (mow|cut) the (lawn|grass)
        get [the] {_MOWER} going
    """, 0.8),
    rule("HassLawnMowerStartMowing", """
        (start|launch|run) {mower} mowing
        (send|let) {mower} (mow|mow the lawn|cut the grass)
        tell {mower} to (mow|start mowing|cut the grass)
        {mower} (mow the lawn|start mowing|cut the grass)
        have {mower} mow the (lawn|grass|yard)
        get {mower} mowing
    """, 0.8),
    rule("HassLawnMowerDock", f"""
        (send|return|bring) [the|my] {_MOWER} (home|back|to base|to its base|to the dock|to its dock|back to base|to its charging station)
        (dock|park|stop) [the] {_MOWER}
        stop mowing [the (lawn|grass)]
        (that's|that is) enough mowing
        [the] {_MOWER} (go home|back to base|home)
        it's raining, (bring in|stop|dock) the {_MOWER}
        (quit|cease) mowing
    """, 0.8),
    rule("HassLawnMowerDock", """
        (send|return|bring) {mower} the mower (home|back|to its dock)
        tell {mower} to stop mowing
        {mower} (stop mowing|stop cutting the grass and go home)
        (dock|park) the mower {mower}
        have {mower} stop mowing and (dock|go home|charge)
    """, 0.6),
    rule("HassBroadcast", """
        (broadcast|announce) {message}
        (broadcast|announce) that {message}
        (tell|let) everyone [know] [that] {message}
        (make an announcement|send an announcement|send a broadcast) [that|saying] {message}
        (announcement|make an announcement|broadcast this|attention everyone|message to everyone): {message}
        (broadcast|send) the message {message} [to everyone]
        (say|announce) {message} (on all speakers|everywhere|throughout the house|in every room)
        (shout|call) {message} (through the house|to everybody)
        (tell|inform) (the family|everybody|the whole house|all rooms|the crew|the team) [that] {message}
        let (the whole house|the family|everybody) know [that] {message}
        announcement {message}
        broadcast a message {message}
        relay to everyone that {message}
    """, 2.0),
    rule("HassNevermind", """
        (never mind|nevermind)
        (forget it|forget about it|cancel|cancel that|stop that|scratch that|abort|ignore that|disregard|disregard that)
        (no|oh|oops|sorry|actually|ok)[,] (never mind|nevermind|forget it|cancel that)
        (nothing|it's nothing|it was nothing|no it's fine)
        (i changed my mind|changed my mind|don't bother|no need|leave it|let it be)
        (that's|that was) not (what i meant|for you|what i wanted)
        (i wasn't talking to you|not you|i didn't mean you)
        (stop|quit) listening
        (forget|ignore) what i (said|just said)
        don't worry about it
        (i take it back|take that back)
        skip that
    """, 1.3),
    rule("HassRespond", """
        (hello|hi|hey|hi there|hello there|hey there|howdy|greetings|good day|hiya)
        good (morning|afternoon|evening)
        (are you there|can you hear me|do you hear me|you there|are you listening|anybody there)
        (testing|test|one two three testing|is this thing on)
        (hello|hi|hey|good morning) (house|home|computer|assistant|minnow|car|everybody)
        (hi|hello|hey)[,] (are you there|can you hear me|are you on|are you awake)
        (what's up|sup|yo)
        (i'm home|i'm back|honey i'm home|we're back)
    """, 0.9, "say"),
    rule("HassRespond", """
        (thanks|thank you|thank you so much|thanks a lot|many thanks|cheers|much appreciated|ta|thanks a million|i appreciate it)
        (thanks|thank you) (house|minnow|assistant|computer|buddy|for that|for your help|very much|so much)
        (well done|good job|great job|nice work|nice one|you're the best|you're awesome|perfect|great|awesome|excellent|brilliant)
        (that's|that was) (great|perfect|helpful|very kind|just right)
        good (bot|robot|assistant|house|work)
    """, 0.8, "say", verb="You're welcome."),
    rule("HassRespond", """
        (bye|goodbye|see you|see you later|good bye|bye bye|so long|farewell|talk to you later)
        good night [everyone|house]
        (sleep well|have a nice day|have a good one|sweet dreams|see you tomorrow)
    """, 0.5, "say", verb="Goodbye."),
]
