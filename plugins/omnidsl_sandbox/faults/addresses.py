"""Addresses of pictures that end, as those of Discord do: the time stands in the query, a fresh fetch gives a new one."""

from time import time
from urllib.parse import parse_qs

from omnidsl_sandbox.faults.chance import Occasion
from omnidsl_sandbox.json_values import Json


def aged(value: Json, seconds: float, occasion: Occasion) -> Json:
    """Return a task in which every address ends after so many seconds."""
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        status = 404 if occasion.number("gone", 2) else 403
        sign = "&" if "?" in value else "?"
        return f"{value}{sign}ex={round((time() + seconds) * 1000):x}&gone={status}"
    if isinstance(value, list):
        return [aged(one, seconds, occasion) for one in value]
    if isinstance(value, dict):
        return {key: aged(one, seconds, occasion) for key, one in value.items()}
    return value


def ended(query: bytes) -> int:
    """Return the status with which an address that has ended answers; 0 for one that works."""
    fields = parse_qs(query.decode("ascii", "replace"))
    end, status = fields.get("ex", [""])[-1], fields.get("gone", [""])[-1]
    try:
        over = int(end, 16) <= time() * 1000
    except ValueError:
        return 0
    return int(status) if over and status in ("403", "404") else 0
