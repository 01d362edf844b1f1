"""What the assistant says back. Short on purpose: each token of the reply costs time on a small board."""

_CLASS_WORDS = {"light": "lights", "fan": "fans", "switch": "switches", "lock": "locks", "cover": "covers", "media_player": "players"}
_COVER_WORDS = {"blind": "blinds", "curtain": "curtains", "shade": "shades", "shutter": "shutters", "awning": "awnings",
                "window": "windows", "door": "doors", "garage": "garage doors", "gate": "gates"}
UNKNOWN = "Sorry, I can't help with that."


def thing(slots: dict) -> str:
    """What is acted on: "the pump 2", "the kitchen lights", "everything"."""
    name, place = slots.get("name"), slots.get("area") or slots.get("floor")
    if name == "all":
        return "everything"
    if name:
        return name if "'" in name.split()[0] else f"the {name}"
    noun = _COVER_WORDS.get(slots.get("device_class", "")) or _CLASS_WORDS.get(slots.get("domain", ""))
    if noun and place:
        return f"the {place} {noun}" if "'" not in place else f"{place} {noun}"
    if noun:
        return f"the {noun}"
    if place:
        return f"the {place}" if "'" not in place else place
    return ""


def span(slots: dict, prefix: str = "") -> str:
    """A duration: "1 hour 20 minutes"."""
    parts = []
    for unit in ("hours", "minutes", "seconds"):
        value = slots.get(prefix + unit)
        if value is not None:
            parts.append(f"{value} {unit[:-1] if value == 1 else unit}")
    return " ".join(parts)


def _timer(slots: dict) -> str:
    if "name" in slots:
        return f"the {slots['name']} timer"
    if "area" in slots:
        return f"the {slots['area']} timer"
    return "the timer"


def _switched(slots: dict, on: bool) -> str:
    what, domain = thing(slots), slots.get("domain")
    if domain == "lock":
        what = "the doors" if "name" not in slots else what
        return f"{'Locking' if on else 'Unlocking'} {what}."
    if domain == "cover":
        return f"{'Opening' if on else 'Closing'} {what}."
    if domain in ("scene", "script"):
        return f"Starting {what} {domain}."
    return f"Turning {'on' if on else 'off'} {what}."


def _stepped(slots: dict, key: str, up: str, down: str) -> str:
    step = slots[key]
    return up if step == "up" or (step != "down" and step > 0) else down


def _light(slots: dict) -> str:
    what = thing(slots) or "the lights"
    if "brightness_step" in slots:
        return f"{_stepped(slots, 'brightness_step', 'Brightening', 'Dimming')} {what}."
    parts = [slots["color"]] if "color" in slots else []
    parts += [f"{slots['brightness']}%"] if "brightness" in slots else []
    return f"Setting {what} to {' at '.join(parts)}."


def _climate(slots: dict) -> str:
    if "temperature_step" in slots:
        return _stepped(slots, "temperature_step", "Making it warmer.", "Making it cooler.")
    return f"Setting {thing(slots) or 'the temperature'} to {slots['temperature']} degrees."


def _fan(slots: dict) -> str:
    if "percentage_step" in slots:
        return f"{_stepped(slots, 'percentage_step', 'Speeding up', 'Slowing down')} {thing(slots)}."
    return f"Setting {thing(slots)} to {slots['percentage']}%."


def _start_timer(slots: dict) -> str:
    return f"I'll do that in {span(slots)}." if "conversation_command" in slots else f"Timer set for {span(slots)}."


def _on(verb: str, slots: dict) -> str:
    what = thing(slots)
    return f"{verb} {what}." if what else f"{verb}."


_REPLIES = {
    "HassTurnOn": lambda s: _switched(s, True),
    "HassTurnOff": lambda s: _switched(s, False),
    "HassToggle": lambda s: f"Toggling {thing(s)}.",
    "HassStopMoving": lambda s: f"Stopping {thing(s)}.",
    "HassSetPosition": lambda s: f"Moving {thing(s)} to {s['position']}%.",
    "HassLightSet": _light,
    "HassClimateSetTemperature": _climate,
    "HassClimateGetTemperature": lambda s: "Checking the temperature.",
    "HassFanSetSpeed": _fan,
    "HassHumidifierSetpoint": lambda s: f"Setting the humidity to {s['humidity']}%.",
    "HassHumidifierMode": lambda s: f"Switching {thing(s)} to {s['mode']}.",
    "HassGetState": lambda s: "Checking." if s.get("domain") == "person" else _on("Checking", s if "name" in s or "domain" in s else {}),
    "HassGetWeather": lambda s: "Checking the weather.",
    "HassGetCurrentTime": lambda s: "Checking the time.",
    "HassGetCurrentDate": lambda s: "Checking the date.",
    "HassMediaPause": lambda s: "Pausing.",
    "HassMediaUnpause": lambda s: "Resuming.",
    "HassMediaNext": lambda s: "Skipping ahead.",
    "HassMediaPrevious": lambda s: "Going back.",
    "HassMediaPlayerMute": lambda s: "Muting.",
    "HassMediaPlayerUnmute": lambda s: "Unmuting.",
    "HassSetVolume": lambda s: f"Volume at {s['volume_level']}%.",
    "HassSetVolumeRelative": lambda s: _stepped(s, "volume_step", "Turning it up.", "Turning it down."),
    "HassMediaSearchAndPlay": lambda s: f"Playing {s['search_query']}.",
    "HassStartTimer": _start_timer,
    "HassCancelTimer": lambda s: f"Cancelling {_timer(s)}.",
    "HassCancelAllTimers": lambda s: "Cancelling all timers.",
    "HassIncreaseTimer": lambda s: f"Adding {span(s)}.",
    "HassDecreaseTimer": lambda s: f"Taking off {span(s)}.",
    "HassPauseTimer": lambda s: f"Pausing {_timer(s)}.",
    "HassUnpauseTimer": lambda s: f"Resuming {_timer(s)}.",
    "HassTimerStatus": lambda s: f"Checking {_timer(s)}.",
    "HassShoppingListAddItem": lambda s: f"Added {s['item']}.",
    "HassShoppingListCompleteItem": lambda s: f"Checked off {s['item']}.",
    "HassShoppingListRemoveItem": lambda s: f"Removed {s['item']}.",
    "HassShoppingListLastItems": lambda s: "Here is your shopping list.",
    "HassListAddItem": lambda s: f"Added to {s['name']}.",
    "HassListCompleteItem": lambda s: f"Checked off on {s['name']}.",
    "HassListRemoveItem": lambda s: f"Removed from {s['name']}.",
    "HassVacuumStart": lambda s: "Starting to vacuum.",
    "HassVacuumCleanArea": lambda s: f"Vacuuming {thing({'area': s['area']})}.",
    "HassVacuumReturnToBase": lambda s: "Sending the vacuum home.",
    "HassLawnMowerStartMowing": lambda s: "Mowing the lawn.",
    "HassLawnMowerDock": lambda s: "Sending the mower home.",
    "HassBroadcast": lambda s: "Announcing it.",
    "HassNevermind": lambda s: "Okay.",
    "HassRespond": lambda s: "Hello, how can I help?",
    "unknown": lambda s: UNKNOWN,
}
INTENTS = tuple(_REPLIES)


def reply(intent: str, slots: dict, verb: str = "") -> str:
    """`verb`, when given, replaces the usual beginning; with a full stop it is the whole reply."""
    if verb.endswith("."):
        return verb
    return f"{verb} {thing(slots)}." if verb else _REPLIES[intent](slots)
