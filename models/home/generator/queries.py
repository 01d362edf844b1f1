"""Questions about the house: states, temperatures, weather, time and date."""

from . import words as w
from .grammar import rule
from .household import _MOWERS, _VACUUMS
from .media import PLAYERS
from .names import area, bare_area, compound, floor, in_area, invented_word, named, rare_word, strip_article, with_article
from .settings import _CLIMATE
from .switching import COVER_NOUNS, _COVER_CLASSES, _LOCK_NOUNS

_CLASSES = {"humidity": "humidity", "battery level": "battery", "battery": "battery", "power consumption": "power", "power usage": "power",
            "energy usage": "energy", "co2 level": "carbon_dioxide", "carbon dioxide level": "carbon_dioxide", "air quality": "aqi",
            "pressure": "pressure", "voltage": "voltage", "current": "current", "light level": "illuminance", "illuminance": "illuminance",
            "moisture": "moisture", "noise level": "sound_pressure", "signal strength": "signal_strength", "speed": "speed", "charge": "battery",
            "energy consumption": "energy", "weight": "weight", "water level": "volume_storage", "fuel level": "volume_storage",
            "flow rate": "volume_flow_rate", "frequency": "frequency", "wind speed": "wind_speed", "power draw": "power",
            "tire pressure": "pressure", "tyre pressure": "pressure", "oil pressure": "pressure", "air pressure": "atmospheric_pressure"}
_AREA_CLASSES = ("humidity", "co2 level", "air quality", "light level", "noise level", "moisture", "carbon dioxide level", "power usage",
                 "air pressure", "energy usage", "power consumption")
_ALARMS = {"motion": "motion", "movement": "motion", "smoke": "smoke", "a leak": "moisture", "a water leak": "moisture", "gas": "gas",
           "carbon monoxide": "carbon_monoxide", "water": "moisture", "anyone": "occupancy", "somebody": "occupancy", "vibration": "vibration", "mold": "moisture"}
_BATTERY_OWNERS = """phone,tablet,laptop,front door lock,doorbell,remote,motion sensor,window sensor,car,scooter,drill,watch,headphones,
smoke detector,robot,forklift,e-bike,camera,thermostat,mouse,drone,power bank,solar battery,house battery,temperature sensor""".replace("\n", "").split(",")
_GAUGED = _BATTERY_OWNERS + """left front tire,right rear tire,boiler,tank,fuel tank,water tank,compressor,pump,main line,server,fridge,
washing machine,solar panels,inverter,oil,hydraulic system,silo,hopper,greenhouse sensor,well,scale,motor,turbine,generator,spindle,
front left tyre,cooling circuit,heat exchanger,aquarium,pool,plant,bathroom sensor,sensor 1,sensor 7,radiator valve,grid,wallbox""".replace("\n", "").split(",")
_WARM = _CLIMATE + """pool,engine,coolant,motor,oil,gearbox,spindle,server rack,tank,water,bath water,fish tank,cpu,baby's room sensor,
transmission,bearing,furnace,brakes,battery pack,exhaust,compost heap,extruder,print bed,milk cooler,cold chain box""".replace("\n", "").split(",")

_onoff = w.LIGHT_NOUNS + w.SWITCH_NOUNS + w.MACHINE_NOUNS + w.VEHICLE_NOUNS + PLAYERS


def _state_of(nouns, states):
    def fill(rng):
        spoken, slots = named(nouns)(rng)
        if rng.random() < 0.15 and " in " not in spoken:
            words, place = in_area(rng)
            spoken, slots = f"{spoken} {words}", {**slots, **place}
        state = rng.choice(states)
        still = rng.choice(("", "", "", "still ", "currently "))
        return f"{spoken} {still}{state}", {**slots, "state": "on" if state in ("turned on", "switched on", "on") else
                                            "off" if state in ("turned off", "switched off") else state}
    return fill


def _plain_states(rng):
    return _state_of(_onoff, ("on", "on", "on", "off", "running", "turned on", "switched off", "turned off", "switched on"))(rng)


def _class_state(rng):
    """(plural, state, slots) of a class: lights on, windows open, doors locked."""
    roll = rng.random()
    if roll < 0.45:
        word, state, slots = rng.choice(("lights", "lights", "lamps")), rng.choice(("on", "on", "off")), {"domain": "light"}
    elif roll < 0.8:
        word = rng.choice(tuple(_COVER_CLASSES))
        state, slots = rng.choice(("open", "open", "closed")), {"domain": "cover", "device_class": _COVER_CLASSES[word]}
    elif roll < 0.92:
        word, state, slots = rng.choice(("doors", "locks")), rng.choice(("locked", "unlocked")), {"domain": "lock"}
    else:
        word, state, slots = rng.choice((("fans", "on", {"domain": "fan"}), ("switches", "on", {"domain": "switch"}), ("fans", "off", {"domain": "fan"}),
                                         ("speakers", "playing", {"domain": "media_player"}), ("tvs", "on", {"domain": "media_player"})))
    return word, state, slots


def _any_of(pattern):
    def fill(rng):
        word, state, slots = _class_state(rng)
        place = ""
        roll = rng.random()
        if roll < 0.35:
            place, more = in_area(rng)
            slots = {**more, **slots}
        elif roll < 0.45:
            place, more = floor(rng)
            slots = {**more, **slots}
        return pattern(word, state, place, rng), {**slots, "state": state}
    return fill


def _gauge(rng):
    quantity = rng.choice(tuple(_CLASSES))
    name = compound(rng, _GAUGED) if rng.random() < 0.5 else rng.choice(_GAUGED)
    of = rng.choice(("of", "of", "on", "for"))
    return f"{quantity} {of} {with_article(name, rng)}", {"name": strip_article(name), "device_class": _CLASSES[quantity]}


def _area_gauge(rng):
    quantity = rng.choice(_AREA_CLASSES)
    if rng.random() < 0.3:
        words, slots = bare_area(rng)
        return f"{words} {quantity}", {**slots, "device_class": _CLASSES[quantity]}
    words, slots = in_area(rng)
    return f"{quantity} {words}", {**slots, "device_class": _CLASSES[quantity]}


def _person(rng):
    name = rng.choice(w.PEOPLE[:46]) if rng.random() < 0.8 else invented_word(rng)
    return name, {"name": name, "domain": "person"}


def _city(rng):
    city = rng.choice(w.CITIES) if rng.random() < 0.8 else invented_word(rng)
    return city, {"name": city}


_APPLIANCES = "washing machine,dryer,dishwasher,oven,robot,charger,3d printer,kettle,coffee machine,rice cooker,vacuum,cnc router,press,kiln,car".split(",")

FILLERS = {
    "finished": _state_of(_APPLIANCES, ("done", "finished", "ready")),
    "on_state": _plain_states, "cover_state": _state_of(COVER_NOUNS, ("open", "closed", "shut", "open", "closed")),
    "lock_state": _state_of(_LOCK_NOUNS, ("locked", "unlocked")),
    "anything": named(_onoff + COVER_NOUNS + _LOCK_NOUNS + _GAUGED + _VACUUMS + _MOWERS),
    "any": _any_of(lambda word, state, place, rng: f"{word} {state} {place}" if rng.random() < 0.6 else f"{word} {place} {state}"),
    "which": _any_of(lambda word, state, place, rng: f"{word} {place} are {state}" if rng.random() < 0.5 else f"{word} are {state} {place}"),
    "gauge": _gauge, "area_gauge": _area_gauge, "in_area": in_area, "area": area, "bare_area": bare_area, "floor": floor,
    "alarm": lambda rng: (lambda word: (word, {"device_class": _ALARMS[word], "state": "on"}))(rng.choice(tuple(_ALARMS))),
    "owner": lambda rng: (lambda name: (with_article(name, rng), {"name": strip_article(name), "device_class": "battery"}))(compound(rng, _BATTERY_OWNERS)),
    "person": _person, "city": _city, "warm": named(_WARM), "sensor": lambda rng: (lambda name: (f"the {name} sensor", {"name": f"{name} sensor"}))(rare_word(rng)),
}

RULES = [
    rule("HassGetState", """
        is {on_state}
        did (i|someone|we) leave {on_state}
        (check|see) if {on_state}
        (can you tell me|tell me) if {on_state}
        {on_state}?
        do you know if {on_state}
        (is it true that|have i left) {on_state}
        i wonder if {on_state}
        is {finished}
        (has|is) {finished} [yet|already]
    """, 1.8, "ask"),
    rule("HassGetState", """
        is {cover_state}
        did (i|someone|we) leave {cover_state}
        (check|see) (if|whether) {cover_state}
        (can you tell me|tell me) (if|whether) {cover_state}
        {cover_state}?
        do you know if {cover_state}
    """, 1.2, "ask"),
    rule("HassGetState", """
        is {lock_state}
        (check|see) (if|whether) {lock_state}
        did (i|someone|we) leave {lock_state}
        (can you tell me|tell me) (if|whether) {lock_state}
        (please|) verify that {lock_state}
    """, 1.1, "ask"),
    rule("HassGetState", """
        are (any|some|any of the) {any}
        are [all] the {any}
        (which|what) {which}
        how many {which}
        (tell me|show me|list) (which|what) {which}
        (are there|do we have) any {any}
        did (i|we) leave any {any}
        (check|see) if any {any}
    """, 2.2, "ask"),
    rule("HassGetState", """
        (what's|what is) the (state|status|value) of {anything}
        (what's|what is) {anything} (doing|showing|reading|at)
        how is {anything} doing
        (give me|show me|tell me|report|get) the (status|state) of {anything}
        (status|state) of {anything}
        check [on] {anything}
        {anything} status
        what does {sensor} (say|show|read)
        (read|check) {sensor}
        (what's|what is) the value of {sensor}
    """, 1.5, "ask"),
    rule("HassGetState", """
        (what's|what is) the {gauge}
        (tell me|give me|show me|check|read) the {gauge}
        how (high|low) is the {gauge}
        {gauge}
        what {gauge} do we have
    """, 1.2, "ask"),
    rule("HassGetState", """
        (what's|what is|how's|how is) the {area_gauge}
        (tell me|give me|show me|check) the {area_gauge}
        how high is the {area_gauge}
        {area_gauge}
    """, 0.9, "ask"),
    rule("HassGetState", """
        how (humid|damp) is it {in_area}
        (how humid is|is it humid in) {area}
        humidity {in_area}
    """, 0.3, "ask", device_class="humidity"),
    rule("HassGetState", """
        (is there|do you detect|any) {alarm} {in_area}
        (is there|has there been|any) {alarm}
        did (the sensor|you) (detect|notice) {alarm} {in_area}
        has {alarm} been detected {in_area}
    """, 0.8, "ask"),
    rule("HassGetState", """
        (how much|what) battery does {owner} have [left]
        how (full|charged) is {owner}
        (is|does) {owner} (low on battery|need charging|charged)
        (when does|how soon does) {owner} need new batteries
        battery of {owner}
    """, 0.7, "ask"),
    rule("HassGetState", """
        where is {person}
        (is|has) {person} (home|at home|arrived|back|at work)
        (where's|where did) {person} [go]
        what is the location of {person}
    """, 0.6, "ask"),
    rule("HassGetState", """
        (is anyone|is anybody|is someone) (home|at home|in the house)
        who (is|all is) (home|at home|in the house)
        (who's|is everyone) home
    """, 0.2, "ask", domain="person", state="home"),
    rule("HassClimateGetTemperature", """
        (what's|what is) the [current] (temperature|temp) [in here|inside|right now]
        how (warm|cold|hot) is it [in here|inside|right now|in the house]
        (tell me|give me|check|read) the (temperature|temp)
        (what's|what is) the thermostat (set to|at|reading|showing)
        (temperature|current temperature|indoor temperature|inside temperature) [please]
        how many degrees is it [in here|inside]
        is it (warm|cold|hot) in here
        what temperature is it [in here|inside]
    """, 1.1, "ask"),
    rule("HassClimateGetTemperature", """
        (what's|what is) the [current] (temperature|temp) {in_area}
        (what's|what is) the {bare_area} (temperature|temp)
        how (warm|cold|hot|cool) is it {in_area}
        how (warm|cold|hot|cool) is {area}
        (tell me|give me|check|read) the (temperature|temp) {in_area}
        {bare_area} (temperature|temp)
        (temperature|temp) {in_area}
        how many degrees is it {in_area}
        (is it warm enough|is it cold|is it hot) {in_area}
        what temperature is {area}
        (what's|what is) the temperature {floor}
        how (warm|cold|hot) is it {floor}
        (what's|what is) the thermostat {in_area} set to
    """, 1.8, "ask"),
    rule("HassClimateGetTemperature", """
        (what's|what is) the (temperature|temp) (of|on|in) {warm}
        how (warm|cold|hot) is {warm}
        what temperature is {warm} [at|set to]
        (what's|what is) {warm} (temperature|set to)
        (check|read|tell me) the temperature of {warm}
        is {warm} (hot|warm) [enough]
        {warm} temperature
        how many degrees is {warm}
    """, 1.3, "ask"),
    rule("HassGetWeather", """
        (what's|what is|how's|how is) the weather [like|today|outside|right now|looking]
        (what's|what is) the [weather] forecast [for today|for tomorrow]
        (will|is) it (going to |)(rain|snow|be sunny|storm|be windy) [today|tomorrow|tonight|this afternoon]
        is it (raining|snowing|sunny|windy|cold|hot|nice) outside
        (do i|will i|should i) (need|take|bring) (an umbrella|a jacket|a coat|sunglasses) [today|tomorrow]
        (weather|weather report|forecast) [please|today]
        (tell me|give me|check) the weather
        how (cold|warm|hot) is it outside
        (what's|what is) the temperature outside
        (what's|what is) it like outside
        (any|chance of) (rain|snow) [today|tomorrow]
        what will the weather be [like] (tomorrow|this weekend|tonight|on sunday)
        (give me|tell me|show me|what's) the (forecast|weather) (for|on) (this weekend|tomorrow|tonight|monday|friday|sunday|next week|the week)
        (how's|how is) it (looking|going) outside
        will (i|we) get wet (today|tomorrow|later)
        (is there|will there be) (a storm|rain|frost|fog|snow) (coming|today|tonight|tomorrow)
        (is it|will it be) (good weather for|a good day for) (a walk|a bike ride|the beach|a barbecue)
    """, 1.6, "ask"),
    rule("HassGetWeather", """
        (what's|what is|how's|how is) the weather [like] in {city} [today|right now]
        (what's|what is) the [weather] forecast (for|in) {city}
        (will|is) it (going to |)(rain|snow|be sunny) in {city} [today|tomorrow]
        is it (raining|snowing|sunny|cold|warm) in {city}
        weather (in|for) {city}
        {city} weather
        (tell me|give me|check) the weather (in|for) {city}
        how (cold|warm|hot) is it in {city}
        what will the weather be in {city} tomorrow
    """, 1.4, "ask"),
    rule("HassGetCurrentTime", """
        (what time is it|what's the time|what is the time|what time do we have|what's the current time) [now|right now|please]
        (tell me|give me|say) the [current] time
        (do you have|have you got|got) the time
        how late is it
        (the|current) time [please]
        time [check|please]
        what hour is it
        what does the clock say
        (do you know|can you tell me) what time it is
        is it (noon|midnight|past eight|five o'clock|late) yet
    """, 1.0, "ask"),
    rule("HassGetCurrentDate", """
        (what's|what is) (the date|today's date|the date today|the current date)
        what day is (it|today|it today)
        (tell me|give me|say) (the date|today's date|what day it is)
        what('s| is) today
        which day is (it|today)
        (date|today's date|current date) [please]
        (what|which) (month|year|weekday|day of the week) is it
        (do you know|can you tell me) (the date|what day it is)
        is (it|today) (monday|tuesday|wednesday|thursday|friday|saturday|sunday) [today]
        what's the day today
    """, 1.0, "ask"),
]
