"""Lines of sensor readings, and the one plain sentence that says the same.

    temperature=21.4C humidity=40% door=open battery=9%
    The temperature is 21.4 °C, the humidity is 40%, the door is open and the battery is low at 9%.

Readings keep their order and their numbers. Only a battery under 20% is judged: "is low at".
"""

from . import words as w
from .names import invented_word, rare_word

# key -> (lowest, highest, decimals, unit as spoken, units as written)
_QUANTITIES = {
    "temperature": (-20, 40, 1, " °C", ("C", "°C", " C", " °C", "")), "temp": (-10, 95, 1, " °C", ("C", "°C", " C", "")),
    "humidity": (5, 99, 0, "%", ("%", "%", " %", "")), "battery": (1, 100, 0, "%", ("%", "%", " %")),
    "pressure": (1, 1050, 1, " bar", (" bar", "bar")), "air_pressure": (950, 1050, 0, " hPa", ("hPa", " hPa")),
    "co2": (380, 2400, 0, " ppm", ("ppm", " ppm")), "power": (0, 4000, 0, " W", ("W", " W")), "voltage": (3, 410, 1, " V", ("V", " V")),
    "current": (0, 60, 1, " A", ("A", " A")), "energy": (0, 90, 1, " kWh", ("kWh", " kWh")), "illuminance": (0, 9000, 0, " lx", ("lx", " lx")),
    "speed": (0, 190, 0, " km/h", ("km/h", " km/h")), "rpm": (0, 6500, 0, " rpm", ("", "", "rpm")), "fuel": (1, 100, 0, "%", ("%",)),
    "coolant_temp": (20, 118, 0, " °C", ("C", "°C", " C")), "oil_temp": (20, 130, 0, " °C", ("C", "°C")), "oil_pressure": (0, 7, 1, " bar", ("bar", " bar")),
    "tyre_pressure": (1, 4, 1, " bar", ("bar", " bar")), "tire_pressure": (20, 45, 0, " psi", ("psi", " psi")), "vibration": (0, 20, 1, " mm/s", ("mm/s", " mm/s")),
    "flow": (0, 90, 1, " l/min", ("l/min", " l/min")), "level": (0, 100, 0, "%", ("%",)), "noise": (20, 99, 0, " dB", ("dB", " dB")), "weight": (0, 900, 1, " kg", ("kg", " kg")),
    "range": (5, 600, 0, " km", ("km", " km")), "motor_current": (0, 40, 1, " A", ("A", " A")), "outdoor_temp": (-25, 40, 1, " °C", ("C", "°C")),
    "water_level": (0, 100, 0, "%", ("%",)), "wind_speed": (0, 120, 0, " km/h", ("km/h",)), "signal": (-99, -30, 0, " dBm", ("dBm", " dBm")),
    "engine_temp": (20, 120, 0, " °C", ("C", "°C")), "soil_moisture": (2, 95, 0, "%", ("%",)), "pm25": (0, 200, 0, " µg/m³", ("", "ug/m3")),
    "torque": (0, 400, 0, " Nm", ("Nm", " Nm")), "position": (0, 100, 0, "%", ("%",)), "frequency": (0, 60, 1, " Hz", ("Hz", " Hz")), "odometer": (10, 99999, 0, " km", ("km", " km")),
}
_SPOKEN_KEYS = {"temp": "temperature", "co2": "CO2 level", "rpm": "speed", "coolant_temp": "coolant temperature", "oil_temp": "oil temperature",
                "outdoor_temp": "outdoor temperature", "engine_temp": "engine temperature", "pm25": "PM2.5 level", "fuel": "fuel level"}
_STATES = {"door": "open closed locked unlocked", "window": "open closed", "light": "on off", "pump": "on off running stopped", "fan": "on off",
           "heater": "on off", "valve": "open closed", "gate": "open closed", "garage_door": "open closed", "alarm": "armed disarmed", "lock": "locked unlocked",
           "front_door": "open closed locked", "conveyor": "running stopped", "motor": "running stopped on off", "trunk": "open closed", "handbrake": "on off",
           "compressor": "on off", "hvac": "on off", "charger": "connected disconnected", "engine": "on off running", "belt": "running stopped", "seatbelt": "fastened unfastened",
           "hood": "open closed", "machine": "running idle stopped", "tv": "on off", "blinds": "open closed", "back_door": "open closed", "headlights": "on off"}
_DETECTORS = {"motion": ("motion is detected", "there is no motion"), "smoke": ("smoke is detected", "there is no smoke"),
              "leak": ("a leak is detected", "there is no leak"), "gas": ("gas is detected", "there is no gas"),
              "water_leak": ("a water leak is detected", "there is no water leak"), "occupancy": ("someone is there", "nobody is there"),
              "presence": ("someone is there", "nobody is there")}
_PLURAL = ("headlights", "blinds")


def _quantity(rng):
    if rng.random() < 0.2:  # a quantity nobody has listed: say its name and its number
        key = rng.choice((f"{rare_word(rng)}_{rng.choice(('temp', 'level', 'pressure', 'speed'))}", f"{rare_word(rng)} level".replace(" ", "_"), invented_word(rng)))
        unit = rng.choice(("%", " bar", " °C", "", " V"))
        value = str(rng.choice((rng.randint(0, 100), round(rng.uniform(0, 100), 1))))
        words = key.replace("_temp", "_temperature").replace(" ", "_").replace("_", " ")
        return key.replace(" ", "_"), value, unit.strip().replace("°", rng.choice(("°", ""))), f"the {words} is {value}{unit}"
    key = rng.choice(("temperature", "humidity", "battery", "temp") if rng.random() < 0.35 else tuple(_QUANTITIES))
    low, high, decimals, unit, written = _QUANTITIES[key]
    value = str(round(rng.uniform(low, high), decimals)) if decimals and rng.random() < 0.8 else str(rng.randint(int(low), int(high)))
    suffix = rng.choice(written)
    if unit == " °C" and rng.random() < 0.15:
        unit, suffix = " °F", rng.choice(("F", "°F"))
    if key == "battery":
        clause = f"the battery is {'low ' if int(value) < 20 else ''}at {value}%"
    else:
        clause = f"the {_SPOKEN_KEYS.get(key, key).replace('_', ' ')} is {value}{unit}"
    return key, value, suffix, clause


def _state(rng):
    if rng.random() < 0.25:
        key = rng.choice(tuple(_DETECTORS))
        yes = rng.random() < 0.5
        value = rng.choice(("on", "yes", "detected", "1", "true", "active") if yes else ("off", "no", "none", "0", "false", "clear"))
        return key, value, "", _DETECTORS[key][0 if yes else 1]
    key = rng.choice(tuple(_STATES))
    if rng.random() < 0.2:
        value = rng.choice(_STATES[key].split())
        key = f"{rng.choice(w.ADJECTIVES + w.NOUNS).replace(' ', '_')}_{key}"
    else:
        value = rng.choice(_STATES[key].split())
    return key, value, "", f"the {key.replace('_', ' ')} {'are' if key.endswith(_PLURAL) else 'is'} {value}"


def _written(readings, rng) -> str:
    style = rng.random()
    spaced = rng.random() < 0.3
    key_of = (lambda key: key.replace("_", " ")) if spaced else (lambda key: key)
    case = rng.choice((str, str, str, str.upper, str.capitalize)) if rng.random() < 0.3 else str
    if style < 0.36:
        return rng.choice((" ", " ", ", ", "; ")).join(f"{case(key)}={value}{unit}" for key, value, unit, _ in readings)
    if style < 0.66:
        return rng.choice((", ", ", ", " ", "; ", " | ")).join(f"{case(key_of(key))}: {value}{unit}" for key, value, unit, _ in readings)
    if style < 0.76:
        return rng.choice((", ", "; ", " | ")).join(f"{case(key_of(key))} {value}{unit}" for key, value, unit, _ in readings)
    if style < 0.88:
        number = lambda value, unit: value if not unit and value.replace(".", "").replace("-", "").isdigit() else f'"{value}{unit}"'
        colon, comma = rng.choice(((":", ","), (": ", ", ")))
        return "{" + comma.join(f'"{key}"{colon}{number(value, unit)}' for key, value, unit, _ in readings) + "}"
    return rng.choice((", ", " ", ",")).join(f"{case(key)}:{value}{unit}" for key, value, unit, _ in readings)


def example(rng) -> tuple[str, str]:
    """(line of readings, sentence)"""
    count = rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5))
    readings = []
    while len(readings) < count:
        reading = _quantity(rng) if rng.random() < 0.65 else _state(rng)
        if reading[0] not in (key for key, *_ in readings):
            readings.append(reading)
    line = _written(readings, rng)
    clauses = [clause for *_, clause in readings]
    sentence = clauses[0] if count == 1 else ", ".join(clauses[:-1]) + " and " + clauses[-1]
    if not line.startswith("{") and rng.random() < 0.2:
        place = rng.choice(w.AREAS) if rng.random() < 0.6 else rng.choice(("truck 7", "pump 2", "boiler", "greenhouse", "line 3", "car", "tank b", invented_word(rng)))
        line = rng.choice((f"{place}: {line}", f"[{place}] {line}", f"{place} - {line}", f"{place} | {line}"))
        sentence = f"in {place}, {sentence}" if place in w.AREAS else f"for {place}, {sentence}"
    if rng.random() < 0.08:
        line = rng.choice(("sensors: ", "readings: ", "status: ", "report: ")) + line
    return line, sentence[0].upper() + sentence[1:] + "."
