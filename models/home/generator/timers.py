"""Timers: start, cancel, lengthen, shorten, pause, resume, ask; and commands to be carried out later."""

from . import words as w
from .grammar import rule, speak
from .names import bare_area, in_area, invented_word
from .numbers import duration


def _name(rng):
    roll = rng.random()
    name = rng.choice(w.TIMER_NAMES) if roll < 0.7 else rng.choice(w.NOUNS) if roll < 0.85 else invented_word(rng)
    return name, {"name": name}


def _area(rng):
    words, slots = bare_area(rng)
    return words, slots


def _which(rng):
    """Which timer: "my timer", "the pizza timer", "the 10 minute timer", "the timer in the kitchen"."""
    roll = rng.random()
    article = rng.choice(("the ", "the ", "the ", "my ", "", "that "))
    if roll < 0.25:
        return rng.choice(("the timer", "my timer", "timer", "that timer", "the countdown", "the current timer")), {}
    if roll < 0.62:
        words, slots = _name(rng)
        return rng.choice((f"{article}{words} timer", f"{article}timer for {rng.choice(('', 'the '))}{words}", f"{article}{words} timer",
                           f"the timer (named|called) {words}".replace("(named|called)", rng.choice(("named", "called"))))), slots
    if roll < 0.82:
        words, slots = duration("start_", plural=False)(rng)
        return f"{article}{words} timer", slots
    if roll < 0.92:
        words, slots = _area(rng)
        return f"{article}{words} timer", slots
    words, slots = in_area(rng)
    return f"{article}timer {words}", slots


def _later(rng):
    """A complete order to be carried out when the timer ends, kept as spoken."""
    from . import household, media, settings, switching

    if rng.random() < 0.5:
        text = speak(rng.choice(_ORDERS), switching.FILLERS, rng).text()
    else:
        room = rng.choice((household, media, settings, switching))
        rule = rng.choice([rule for rule in room.RULES if rule.form == "do" and rule.intent not in ("HassNevermind", "HassBroadcast")])
        text = speak(rng.choice(rule.lines), room.FILLERS, rng).text()
    return text, {"conversation_command": text}


_ORDERS = ("(turn|switch) (on|off) {target}", "(open|close) {cover}", "(lock|unlock) {locked}", "(turn|switch) {target} (on|off)",
           "pause the music", "stop the vacuum", "set the thermostat to 20 degrees", "start {machine}", "stop {machine}",
           "play some music", "toggle {target}", "shut off {target}", "close the blinds", "dim the lights to 30%")


def _chore(rng):
    chore = rng.choice(w.TASKS)
    return chore, {"name": chore}


FILLERS = {
    "chore": _chore, "time": duration(), "adjective": duration(plural=False), "name": _name, "which": _which, "later": _later, "bare_area": bare_area,
    "in_area": in_area,
}

RULES = [
    rule("HassStartTimer", """
        (set|start|create|make|put|run|begin) a timer for {time}
        (set|start|create|begin) a {adjective} timer
        timer for {time}
        (set|start) [the] timer (to|for|at) {time}
        {adjective} timer [please]
        {time} timer
        (set|start) a countdown (of|for|from) {time}
        (count down|countdown) [from] {time}
        (i need|give me|i want|i'd like) a {adjective} timer
        (i need|give me) a timer for {time}
        (ping|alert|notify|buzz|tell) me in {time}
        (time|timer) {time}
        let me know (when {time} have passed|in {time})
        (would you mind|how about) setting a timer for {time}
        (remind|wake|ping) me (in|after) {time}
        (time|count|measure) {time} for me
        can you time {time}
        timer on for {time}
        start timing {time}
        beep (after|in) {time}
        new timer {time}
    """, 3.2),
    rule("HassStartTimer", """
        (set|start|create|make) a {name} timer for {time}
        (set|start|create) a timer for {time} (named|called|labeled|for the|for) {name}
        (set|start) a {adjective} timer (for|for the|named|called) {name}
        (set|start) a {adjective} {name} timer
        {name} timer for {time}
        {adjective} timer for [the] {name}
        {name} timer {time}
        timer for the {name} {time}
        (i need|give me) a {adjective} timer for [the|my] {name}
        the {name} (needs|takes) {time}, set a timer
        put the {name} timer on for {time}
        (start|set) a {name} timer (of|with) {time}
        (i need|set) a timer for [the|my] {name}, {time}
        the {name} [timer]: {time}
        {time} for the {name}
        {time} timer for [the|my] {name}
        remind me in {time} to {chore}
        remind me to {chore} in {time}
    """, 2.6),
    rule("HassStartTimer", """
        {later} in {time}
        in {time} {later}
        {later} (after|{time} from now after) {time}
        (after|wait) {time} [then|and then] {later}
        {time} from now {later}
        {later} {time} from now
        wait {time} and [then] {later}
    """, 1.7),
    rule("HassCancelTimer", """
        (cancel|stop|delete|remove|end|clear|kill|abort|dismiss|drop) {which}
        turn off {which}
        i don't need {which} (anymore|any more)
        (get rid of|forget) {which}
        (please|) no {which} anymore
        (would you mind|how about) (cancelling|canceling|stopping) {which}
        {which} (cancel|off)
        scrap {which}
        call off {which}
    """, 2.2),
    rule("HassCancelAllTimers", """
        (cancel|stop|delete|remove|end|clear|kill|dismiss) (all|every|all the|all my|all of the|all of my) timers
        (cancel|stop|delete|clear) every (timer|single timer)
        (get rid of|forget) all [the|my] timers
        no more timers
        (clear|wipe) the timers
        all timers off
        turn off all [the|my] timers
        cancel each and every timer
        (cancel|stop|clear) all [the|my] timers {in_area}
        (cancel|stop|clear|delete) all [the] {bare_area} timers
        i don't need any [of the] timers anymore
    """, 1.4),
    rule("HassIncreaseTimer", """
        add {time} to {which}
        (increase|extend|lengthen|prolong) {which} by {time}
        (put|tack|throw) (another|an extra|) {time} on {which}
        give {which} (another|an extra) {time}
        {time} more (on|for) {which}
        make {which} {time} longer
        add (another|an extra) {time} to {which}
        extend {which} {time}
        {which} needs {time} more
        plus {time} on {which}
    """, 1.9),
    rule("HassIncreaseTimer", """
        add {time}
        (another|an extra) {time} please
        add (another|an extra) {time}
        {time} longer
        give me {time} more
    """, 0.3),
    rule("HassDecreaseTimer", """
        (take|remove|subtract|knock|cut|shave) {time} (off|from|off of) {which}
        (decrease|reduce|shorten|cut) {which} by {time}
        {time} less on {which}
        make {which} {time} shorter
        take {time} away from {which}
        (lower|drop) {which} by {time}
        minus {time} on {which}
        deduct {time} from {which}
        speed up {which} by {time}
    """, 1.9),
    rule("HassPauseTimer", """
        (pause|hold|freeze|halt|suspend) {which}
        put {which} on (hold|pause)
        {which} (pause|hold)
        stop {which} for a (moment|second|bit)
        (would you mind|how about) pausing {which}
        wait, pause {which}
        interrupt {which}
    """, 1.6),
    rule("HassUnpauseTimer", """
        (resume|unpause|continue|restart|unfreeze) {which}
        start {which} again
        let {which} (continue|run again|go on|keep going)
        {which} (resume|continue|go on)
        keep {which} going
        take {which} off (hold|pause)
        (would you mind|how about) resuming {which}
    """, 1.6),
    rule("HassTimerStatus", """
        how (much time|long) is left on {which}
        how (much time|long) (does|has) {which} (have|got) left
        how (much longer|long) (for|on|until) {which} [is done|ends|goes off]
        (what's|what is) the status of {which}
        (when|how soon) (does|will|is) {which} (end|go off|finish|ring|done)
        (check|show|read) {which}
        time (left|remaining) on {which}
        how many minutes (left|are left|remain) on {which}
        is {which} (done|finished|still running|over)
        how is {which} doing
        {which} status
        how much of {which} is left
        where (is|are we on) {which} at
    """, 1.8, "ask"),
    rule("HassTimerStatus", """
        (what|which) timers (are running|do i have|are active|are set)
        (are there|do i have) any timers (running|active|set|going)
        (list|show|check) [all|all my|my|the] timers
        how (much time|long) (is left|do i have left)
        how many timers (are running|do i have|are there)
        timer status
    """, 0.5, "ask"),
]
