"""Numbers, percentages, temperatures and durations, in digits and in words."""

_UNITS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
          "eighteen nineteen").split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int, joiner: str = " ") -> str:
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, units = divmod(number, 10)
        return _TENS[tens] + (joiner + _UNITS[units] if units else "")
    hundreds, rest = divmod(number, 100)
    return f"{_UNITS[hundreds]} hundred" + (f" and {in_words(rest, joiner)}" if rest else "")


def spoken_number(number: int, rng) -> str:
    return in_words(number, rng.choice((" ", " ", "-"))) if rng.random() < 0.3 else str(number)


def round_number(rng) -> int:
    return rng.choice((rng.randrange(0, 101, 10), rng.randrange(0, 101, 5), rng.randrange(0, 101)))


_FRACTIONS = {"half": 50, "a half": 50, "one half": 50, "a quarter": 25, "one quarter": 25, "three quarters": 75, "a third": 33,
              "two thirds": 67, "full": 100, "maximum": 100, "max": 100, "minimum": 1, "the maximum": 100, "the minimum": 1,
              "the lowest": 1, "the highest": 100, "full power": 100}


def percent(slot: str, words: bool = True):
    """A filler for 0-100, such as "40%", "forty percent", "40" or "half"."""
    def fill(rng):
        if words and rng.random() < 0.08:
            spoken = rng.choice(tuple(_FRACTIONS))
            return spoken, {slot: _FRACTIONS[spoken]}
        number = round_number(rng)
        spoken = spoken_number(number, rng)
        if spoken.isdigit():
            return spoken + rng.choice(("%", "%", "%", " %", " percent", " percent", " per cent", "")), {slot: number}
        return spoken + rng.choice((" percent", " percent", " per cent", "")), {slot: number}
    return fill


def step_percent(slot: str, sign: int):
    """A change: "by 10", "by ten percent"."""
    def fill(rng):
        number = rng.choice((1, 2, 3, 5, 5, 10, 10, 10, 15, 20, 20, 25, 30, 40, 50, rng.randrange(1, 60)))
        spoken = spoken_number(number, rng) + rng.choice(("%", " percent", "", "", " points") if rng.random() < 0.9 else ("",))
        return spoken.replace("y%", "y percent").replace("e%", "e percent") if not spoken[0].isdigit() else spoken, {slot: sign * number}
    return fill


def temperature(rng):
    low, high = rng.choice(((16, 26), (16, 26), (5, 35), (60, 80), (60, 80), (30, 99), (100, 250)))
    number = rng.randint(low, high)
    unit = rng.choice((" degrees",) * 5 + ("", "", "", "°", " °C", "°C", "C", " C", " degrees celsius", " degrees fahrenheit", "°F",
                       " F", " celsius", " deg"))
    roll = rng.random()
    if roll < 0.1 and number < 100:
        half = rng.choice((f"{number}.5", f"{number} and a half", f"{in_words(number)} point five", f"{in_words(number)} and a half"))
        return half + (unit if half[0].isdigit() and half[-1] == "5" else " degrees"), {"temperature": number + 0.5}
    if roll < 0.16 and number < 100:
        tenth = rng.randint(1, 9)
        return f"{number}.{tenth}{unit}", {"temperature": float(f"{number}.{tenth}")}
    if roll < 0.38:
        return in_words(number, rng.choice((" ", "-"))) + rng.choice((" degrees", " degrees", "", " degrees celsius")), {"temperature": number}
    return f"{number}{unit}", {"temperature": number}


def temperature_step(sign: int):
    def fill(rng):
        number = rng.choice((1, 2, 2, 3, 4, 5, 10))
        if number == 1 and rng.random() < 0.5:
            return rng.choice(("a degree", "one degree")), {"temperature_step": sign}
        if rng.random() < 0.1:
            return rng.choice(("a couple of degrees", "a couple degrees")), {"temperature_step": 2 * sign}
        if rng.random() < 0.08:
            return "half a degree", {"temperature_step": 0.5 * sign}
        return spoken_number(number, rng) + (" degree" if number == 1 else rng.choice((" degrees", " degrees", "°"))), {"temperature_step": number * sign}
    return fill


def duration(prefix: str = "", plural: bool = True):
    """"1 hour and 20 minutes" -> hours, minutes. With plural False as an adjective: "20 minute"."""
    def one(unit, number, rng):
        spoken = spoken_number(number, rng)
        if number == 1 and plural and rng.random() < 0.4:
            spoken = "an" if unit == "hour" else "a"
        short = {"hour": ("h", " h", " hr", " hrs"), "minute": (" min", " mins", "min", " m"), "second": (" sec", "s", " secs")}[unit]
        if spoken.isdigit() and rng.random() < 0.12:
            return spoken + rng.choice(short)
        joiner = " " if plural else rng.choice((" ", " ", "-"))
        return spoken + joiner + unit + ("s" if plural and number != 1 else "")

    def special(rng):
        adjective = not plural
        return rng.choice((
            ("half-hour" if adjective else "half an hour", {"minutes": 30}), ("half hour" if adjective else "a half hour", {"minutes": 30}),
            ("hour and a half" if adjective else "an hour and a half", {"hours": 1, "minutes": 30}),
            ("quarter hour" if adjective else "a quarter of an hour", {"minutes": 15}),
            ("two and a half hour" if adjective else "two and a half hours", {"hours": 2, "minutes": 30}),
            ("half a minute" if plural else "half minute", {"seconds": 30}),
            ("a minute and a half" if plural else "minute and a half", {"minutes": 1, "seconds": 30}),
            ("one hour" if adjective else "an hour", {"hours": 1}), ("one minute" if adjective else "a minute", {"minutes": 1}),
            ("three quarters of an hour" if plural else "three quarter hour", {"minutes": 45}),
            ("a couple of minutes" if plural else "two minute", {"minutes": 2}),
        ))

    def fill(rng):
        roll = rng.random()
        minutes = lambda: rng.choice((rng.randint(1, 60), rng.choice((5, 10, 15, 20, 25, 30, 40, 45, 90)), rng.randint(1, 12)))
        seconds = lambda: rng.choice((10, 15, 20, 30, 45, 60, 90, rng.randint(5, 99)))
        if roll < 0.1:
            spoken, slots = special(rng)
        elif roll < 0.6:
            slots = {"minutes": minutes()}
            spoken = one("minute", slots["minutes"], rng)
        elif roll < 0.75:
            slots = {"hours": rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 24))}
            spoken = one("hour", slots["hours"], rng)
        elif roll < 0.87:
            slots = {"seconds": seconds()}
            spoken = one("second", slots["seconds"], rng)
        else:
            and_ = rng.choice((" and ", " and ", " ", ", ")) if plural else " "
            pair = rng.choice((("hour", "minute"), ("hour", "minute"), ("minute", "second"), ("hour", "second")))
            values = (rng.randint(1, 5), rng.choice((5, 10, 15, 20, 30, 45, rng.randint(1, 59))))
            slots = {f"{unit}s": value for unit, value in zip(pair, values)}
            spoken = and_.join(one(unit, value, rng) for unit, value in zip(pair, values))
        return spoken, {prefix + key: value for key, value in slots.items()}
    return fill
