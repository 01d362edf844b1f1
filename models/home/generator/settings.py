"""Numbers and modes: brightness, colour, temperature, position, fan speed, humidity, volume."""

from . import words as w
from .grammar import rule
from .names import area, bare_area, in_area, named, target
from .numbers import percent, step_percent, temperature, temperature_step
from .switching import COVER_NOUNS, FILLERS as SWITCHING

_FANS = """fan,ceiling fan,desk fan,fan,ventilation,extractor fan,blower,tower fan,pedestal fan,air purifier,ventilator,exhaust fan,
cabin fan,range hood,cooker hood,bathroom fan,wall fan,fan heater,air circulator,dust extractor,cooling fan""".replace("\n", "").split(",")
_CLIMATE = """thermostat,heater,radiator,ac,air conditioner,aircon,heat pump,oven,fridge,boiler,water heater,hot tub,floor heating,
ecobee,nest,freezer,sauna,chiller,furnace,kiln,incubator,terrarium,wine cooler,seat heater,underfloor heating,towel rail,tado,
pool heater,space heater,climate control,aquarium heater,split unit,air conditioning""".replace("\n", "").split(",")
_HUMIDIFIERS = "humidifier,dehumidifier,air humidifier,mist maker,terrarium mister,steam humidifier,greenhouse humidifier".split(",")
_MODES = "normal,eco,away,boost,comfort,home,sleep,auto,baby,silent,turbo,night,quiet,dry,continuous,low,high,medium".split(",")
_SPEEDS = {"low": 33, "low speed": 33, "medium": 66, "medium speed": 66, "high": 100, "high speed": 100, "full speed": 100, "max": 100, "maximum": 100,
           "half speed": 50, "the lowest speed": 33, "full blast": 100, "its lowest setting": 33, "its highest setting": 100}
_OPENINGS = {"halfway": 50, "half way": 50, "half open": 50, "a quarter": 25, "a quarter of the way": 25, "three quarters": 75, "a third": 33,
             "three quarters of the way": 75, "a crack": 10, "a little": 20, "a little bit": 20, "a bit": 20, "slightly": 20, "half": 50,
             "partway": 50, "two thirds": 67, "one third": 33, "a tiny bit": 10}


def _fan(rng):
    return target(_FANS, ("fans",), "fan")(rng)


def _speed(rng):
    spoken = rng.choice(tuple(_SPEEDS))
    return spoken, {"percentage": _SPEEDS[spoken]}


def _opening(rng):
    spoken = rng.choice(tuple(_OPENINGS))
    return spoken, {"position": _OPENINGS[spoken]}


def _color(rng):
    color = rng.choice(w.COLORS)
    return color, {"color": color}


def _seat(rng):
    name = rng.choice(("passenger side", "driver side", "driver's side", "rear", "back seat", "passenger seat", "left side", "right side",
                       "cabin", "front row", "second row", "third row", "passenger zone", "driver's zone", "back"))
    return "the " + name, {"area": name}


FILLERS = {
    "light": SWITCHING["light"], "cover": SWITCHING["cover"], "fan": _fan, "speed": _speed, "opening": _opening, "color": _color,
    "seat": _seat, "climate": named(_CLIMATE), "humidifier": named(_HUMIDIFIERS), "area": area, "bare_area": bare_area, "in_area": in_area,
    "mode": lambda rng: (lambda mode: (mode, {"mode": mode}))(rng.choice(_MODES)),
    "brightness": percent("brightness"), "position": percent("position"), "percentage": percent("percentage"),
    "humidity": percent("humidity", words=False), "temperature": temperature,
    "warmer_by": temperature_step(1), "colder_by": temperature_step(-1),
    "brighter_by": step_percent("brightness_step", 1), "dimmer_by": step_percent("brightness_step", -1),
}

RULES = [
    rule("HassLightSet", """
        (set|put|turn|change|adjust) {light} to {brightness} [brightness]
        (dim|lower|reduce|turn down|bring down|fade) {light} [down] to {brightness}
        (brighten|raise|increase|turn up|bring up) {light} [up] to {brightness}
        (set|change|adjust) the brightness of {light} to {brightness}
        (set|change) {light} brightness to {brightness}
        {light} (at|to) {brightness}
        brightness of {light} (at|to) {brightness}
        (i want|i'd like) {light} (at|dimmed to) {brightness}
        turn on {light} (at|to|with) {brightness} [brightness]
        make {light} {brightness} bright
        {brightness} (on|for) {light}
        (would you mind|how about) (dimming|setting|turning) {light} to {brightness}
        run {light} at {brightness}
        {light} brightness {brightness}
    """, 3.2),
    rule("HassLightSet", """
        (set|put|change) [the] brightness [in here] to {brightness}
        brightness (to|at) {brightness}
        {brightness} brightness
        dim to {brightness}
        (set|put) the brightness {in_area} to {brightness}
        (set|change) the {bare_area} brightness to {brightness}
        dim {area} to {brightness}
        {bare_area} (brightness|to brightness) {brightness}
    """, 0.9),
    rule("HassLightSet", """
        (set|put|turn|change|switch|adjust) {light} to {color}
        make {light} {color}
        (turn|paint|color|colour) {light} {color}
        (set|change) the (color|colour) of {light} to {color}
        {light} {color}
        {light} in {color}
        (i want|i'd like|give me) {light} (in|to be) {color}
        (change|set) {light} (color|colour) to {color}
        turn on {light} in {color}
        {light} should be {color}
        let {light} glow {color}
        (would you mind|how about) (making|turning|setting) {light} {color}
    """, 2.8),
    rule("HassLightSet", """
        (make|paint|turn) {area} {color}
        {color} light {in_area} please
        set {area} to {color}
        bathe {area} in {color} [light]
        i want {color} light {in_area}
        (set|change) the {bare_area} (color|colour) to {color}
        (set|make) everything {in_area} {color}
    """, 0.7),
    rule("HassLightSet", """
        {light} to {color} (at|and) {brightness}
        (set|turn|make) {light} {color} (at|and) {brightness}
        set {light} to {color} with {brightness} brightness
        set {light} to {brightness} {color}
    """, 0.7),
    rule("HassLightSet", """
        (brighten|brighten up) {light} [a bit|a little|some more]
        make {light} (brighter|a bit brighter|a little brighter|more bright)
        turn up {light} [a bit|a little]
        turn {light} up [a bit|a little|a notch]
        (increase|raise) the brightness of {light}
        {light} (brighter|up a bit)
        {light} (is|are) too (dim|weak)
        more light from {light}
    """, 0.9, brightness_step="up"),
    rule("HassLightSet", """
        dim {light} [a bit|a little|some more|down]
        make {light} (dimmer|a bit dimmer|less bright|darker|softer)
        turn down {light} [a bit|a little]
        turn {light} down [a bit|a little|a notch]
        (lower|reduce|decrease) the brightness of {light}
        {light} (dimmer|darker|down a bit)
        {light} (is|are) (too|way too|so) bright
        tone down {light}
        soften {light}
        take the edge off {light}
    """, 0.9, brightness_step="down"),
    rule("HassLightSet", """
        (it's|it is) (too|way too|so) bright in here
        (dim it|make it dimmer|less light|not so bright) [in here|please]
        my eyes hurt from (the|all this) light
    """, 0.3, "say", brightness_step="down"),
    rule("HassLightSet", """
        (it's|it is) (too|way too|so) bright {in_area}
        {area} is too bright
        less light {in_area}
        dim {area} [a bit|a little|please]
    """, 0.3, "say", brightness_step="down"),
    rule("HassLightSet", """
        (make it|a bit|a little|can it be) brighter [in here|please]
        (more light|brighter) [please]
    """, 0.3, brightness_step="up"),
    rule("HassLightSet", """
        (brighten|raise|increase|turn up) {light} by {brighter_by}
        turn {light} up by {brighter_by}
        {light} {brighter_by} brighter
        make {light} {brighter_by} brighter
    """, 0.5),
    rule("HassLightSet", """
        (dim|lower|reduce|turn down|decrease) {light} by {dimmer_by}
        turn {light} down by {dimmer_by}
        make {light} {dimmer_by} (dimmer|darker)
    """, 0.5),
    rule("HassClimateSetTemperature", """
        (set|change|adjust|put|turn) [the] (temperature|thermostat|heating|heat|temp) to {temperature}
        (set|make) it [to] {temperature} [in here]
        (heat|warm|cool) (the house|the place|it|this room|the room) [up|down] to {temperature}
        temperature [to|at] {temperature}
        thermostat {temperature}
        (turn up|turn down|raise|lower|bring) the (temperature|thermostat|heating|heat) to {temperature}
        (turn|crank) the (heat|heating|thermostat) (up|down) to {temperature}
        (i want|i'd like|we need|i need) it (to be|at) {temperature} [in here]
        keep (it|the house|the temperature) at {temperature}
        target temperature {temperature}
        (would you mind|how about) setting the temperature to {temperature}
        {temperature} (please|in here please|would be nice)
    """, 2.0),
    rule("HassClimateSetTemperature", """
        (set|change|adjust|put) {area} to {temperature}
        (set|change|adjust) the temperature {in_area} to {temperature}
        (set|change) the {bare_area} (temperature|thermostat temperature|heating|heat) to {temperature}
        (heat|warm|cool) {area} [up|down] to {temperature}
        make it {temperature} {in_area}
        {bare_area} temperature [to] {temperature}
        {temperature} {in_area} please
        (i want|i'd like|we need) {temperature} {in_area}
        keep {area} at {temperature}
        turn the (heat|heating|thermostat) {in_area} (up|down) to {temperature}
        bring {area} (up|down) to {temperature}
        {area} should be {temperature}
        {area} at {temperature}
        (set|put|bring) {seat} to {temperature}
        (warm|cool|heat) {seat} to {temperature}
        make {seat} {temperature}
    """, 2.0),
    rule("HassClimateSetTemperature", """
        (set|change|adjust|put|turn) {climate} to {temperature}
        (set|change) the temperature (of|on|for) {climate} to {temperature}
        {climate} [to|at] {temperature}
        (preheat|heat|cool|warm up) {climate} to {temperature}
        (turn|crank) {climate} (up|down) to {temperature}
        set {climate} {in_area} to {temperature}
        {climate} should run at {temperature}
        (raise|lower) {climate} to {temperature}
    """, 1.6),
    rule("HassClimateSetTemperature", """
        (i'm|i am|we're|we are) (cold|freezing|chilly|so cold|really cold|shivering) [in here]
        (it's|it is) (too |so |really |a bit |freezing |)(cold|chilly) in here
        (turn up|crank up|raise) the (heat|heating|temperature|thermostat) [a bit|a little]
        turn the (heat|heating|temperature|thermostat) up [a bit|a little|a notch]
        make it (warmer|a bit warmer|hotter|toastier) [in here]
        (it's like a fridge|it's an icebox|my feet are freezing|my hands are numb) [in here]
        (warm it up|more heat|warmer) [in here|please]
    """, 0.9, "say", temperature_step="up"),
    rule("HassClimateSetTemperature", """
        (i'm|i am|we're|we are) (hot|boiling|sweating|too hot|melting|roasting) [in here]
        (it's|it is) (too |so |really |a bit |way too |)(hot|warm|stuffy) in here
        (turn down|lower|reduce) the (heat|heating|temperature|thermostat) [a bit|a little]
        turn the (heat|heating|temperature|thermostat) down [a bit|a little|a notch]
        make it (cooler|a bit cooler|colder) [in here]
        (it's like an oven|it's a sauna|i'm sweating buckets) [in here]
        (cool it down|less heat|cooler) [in here|please]
    """, 0.9, "say", temperature_step="down"),
    rule("HassClimateSetTemperature", """
        (it's|it is) (too |so |really |a bit |freezing |)(cold|chilly) {in_area}
        (turn up|raise) the (heat|heating|temperature) {in_area}
        make {area} (warmer|a bit warmer|hotter)
        {area} is (too|so|freezing|really) cold
        warm up {area}
    """, 0.7, "say", temperature_step="up"),
    rule("HassClimateSetTemperature", """
        (it's|it is) (too |so |really |a bit |boiling |)(hot|warm) {in_area}
        (turn down|lower) the (heat|heating|temperature) {in_area}
        make {area} (cooler|a bit cooler|colder)
        {area} is (too|so|boiling|really) (hot|warm)
        cool down {area}
    """, 0.7, "say", temperature_step="down"),
    rule("HassClimateSetTemperature", """
        (raise|increase|turn up) the (temperature|heat|thermostat|heating) by {warmer_by}
        turn the (temperature|heat|thermostat|heating) up [by] {warmer_by}
        make it {warmer_by} warmer [in here]
        {warmer_by} (warmer|hotter) please
        (raise|increase) the temperature {in_area} by {warmer_by}
        make {area} {warmer_by} warmer
        turn {climate} up [by] {warmer_by}
    """, 0.8),
    rule("HassClimateSetTemperature", """
        (lower|decrease|reduce|turn down|drop) the (temperature|heat|thermostat|heating) by {colder_by}
        turn the (temperature|heat|thermostat|heating) down [by] {colder_by}
        make it {colder_by} (cooler|colder) [in here]
        {colder_by} (cooler|colder) please
        (lower|reduce) the temperature {in_area} by {colder_by}
        make {area} {colder_by} (cooler|colder)
        turn {climate} down [by] {colder_by}
    """, 0.8),
    rule("HassSetPosition", """
        (set|move|put|adjust|bring) {cover} to {position}
        (open|close|raise|lower) {cover} to {position}
        open {cover} {position}
        (set|change) the position of {cover} to {position}
        set {cover} position to {position}
        {cover} (to|at) {position}
        {cover} {position} open
        (i want|i'd like) {cover} {position} open
        (would you mind|how about) (opening|setting|moving) {cover} to {position}
        {cover} position {position}
        leave {cover} at {position}
        move {cover} until it's {position} open
    """, 1.8),
    rule("HassSetPosition", """
        open {cover} {opening}
        (raise|roll down|crack|pull up) {cover} {opening}
        {opening} open {cover}
        put {cover} {opening} open
        (would you mind|how about) opening {cover} {opening}
        {cover} open {opening}
        leave {cover} {opening} open
        i want {cover} {opening} open
    """, 1.4),
    rule("HassFanSetSpeed", """
        (set|put|turn|change|adjust) {fan} to {percentage} [speed]
        (set|change|adjust) the speed of {fan} to {percentage}
        (set|change) {fan} speed to {percentage}
        {fan} (at|to) {percentage}
        {fan} speed {percentage}
        (speed up|slow down|turn up|turn down|increase|reduce) {fan} to {percentage}
        run {fan} at {percentage}
        let {fan} (spin|blow|run) at {percentage}
        turn on {fan} at {percentage}
        (set|put|turn|run|crank) {fan} (to|on|at) {speed}
        {fan} (to|on) {speed}
        (set|switch) {fan} speed to {speed}
    """, 1.8),
    rule("HassFanSetSpeed", """
        (speed up|turn up|crank up) {fan} [a bit|a little]
        make {fan} (faster|spin faster|blow harder|stronger)
        {fan} (faster|is too slow)
        (increase|raise) the speed of {fan}
    """, 0.4, percentage_step="up"),
    rule("HassFanSetSpeed", """
        (slow down|turn down|ease off) {fan} [a bit|a little]
        make {fan} (slower|spin slower|blow softer|quieter)
        {fan} (slower|is too fast|is too loud)
        (decrease|lower|reduce) the speed of {fan}
    """, 0.4, percentage_step="down"),
    rule("HassHumidifierSetpoint", """
        (set|change|adjust|put|turn) {humidifier} to {humidity} [humidity]
        (set|change) the (humidity|target humidity) (of|on|for) {humidifier} to {humidity}
        {humidifier} (to|at) {humidity} [humidity]
        (run|keep) {humidifier} at {humidity}
        (raise|lower) {humidifier} to {humidity}
        {humidifier} target {humidity}
    """, 1.2),
    rule("HassHumidifierSetpoint", """
        (set|change|adjust|keep|bring) the [target] humidity (to|at) {humidity}
        humidity (to|at) {humidity}
        (i want|i'd like|we need) {humidity} humidity
        (raise|lower) the humidity to {humidity}
        (set|change|keep|bring) the humidity {in_area} (to|at) {humidity}
        (set|change) {bare_area} humidity to {humidity}
        {humidity} humidity {in_area} please
    """, 0.8),
    rule("HassHumidifierMode", """
        (set|switch|put|change|turn) {humidifier} (to|into|in|on) {mode} [mode]
        (set|change) the mode of {humidifier} to {mode}
        {humidifier} (to|in|on) {mode} mode
        run {humidifier} in {mode} mode
        (activate|enable|use|engage) {mode} mode on {humidifier}
        {mode} mode for {humidifier}
        set {humidifier} mode to {mode}
    """, 1.3),
]
