"""JSON that is wrong in one place, and tasks of which a gateway tells something old: what the client reads must bear it."""

from collections.abc import Callable, Iterator, Mapping

from omnidsl_sandbox.faults.addresses import aged
from omnidsl_sandbox.faults.chance import Faults, Occasion
from omnidsl_sandbox.faults.kinds import OF_CONTENT, Kind, table
from omnidsl_sandbox.json_values import Json, JsonObject

_DEEP = 3  # levels below the object in which a place is chosen
_PLACES = 300
_ODD: tuple[Json, ...] = (7, "odd", True, [], {}, [None], {"odd": 1}, 1e300)
_EARLIER = (("", 0), ("SUBMITTED", 0), ("IN_PROGRESS", 0), ("IN_PROGRESS", 31))


def twisted(body: Json, occasion: Occasion, faults: Faults) -> Json:
    """Return the JSON of a reply as its client gets it: every task in it has a chance of its own, else the whole."""
    if isinstance(body, list) and all(_is_task(one) for one in body):
        return [row for one in body for row in _task(one, faults, listed=True)]
    if _is_task(body):
        return _task(body, faults, listed=False)[0]
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(data, list) and data and all(map(_is_task, data)):
        return body | {"data": [row for one in data for row in _task(one, faults, listed=True)]}
    kind = faults.choose(occasion, OF_CONTENT)
    if kind is None or kind.does != "twist":
        return body
    return _spoilt(kind, body, occasion, faults)


def _is_task(value: Json) -> bool:
    return isinstance(value, dict) and "status" in value and ("id" in value or "task_id" in value)


def _task(value: Json, faults: Faults, *, listed: bool) -> list[Json]:
    if not isinstance(value, dict):
        return [value]
    name = f"task {value.get('id') or value.get('task_id')}"
    row = _aged(value, faults, name)
    occasion = faults.occasion("fetch", name)
    kind = faults.choose(occasion, OF_CONTENT)
    if kind is None:
        return [row]
    if kind.does == "twist":
        return [_spoilt(kind, row, occasion, faults)]
    if kind.name == "twice":
        if not listed:
            return [row]
        both: list[Json] = [row, _earlier(row, occasion)]
        faults.note("fetch", kind.name)
        return both if occasion.number("order", 2) else both[::-1]
    changed = _RETOLD[kind.name](row, occasion)
    if changed != row:
        faults.note("fetch", kind.name)
    return [changed]


def _aged(row: JsonObject, faults: Faults, name: str) -> JsonObject:
    """Return a finished task whose pictures' addresses have an end, if that happens."""
    if row.get("status") != "SUCCESS":
        return row
    occasion = faults.occasion("image", name)
    if faults.choose(occasion, frozenset(("age",))) is None:
        return row
    found = aged(row, faults.seconds(occasion, "lifetime"), occasion)
    return found if isinstance(found, dict) else row


def _earlier(row: JsonObject, occasion: Occasion) -> JsonObject:
    """Return a task as it may have been some time ago."""
    # A window that waits for its answer was never drawn before.
    known = _EARLIER[:1] if row.get("status") == "MODAL" else _EARLIER
    status, percent = known[occasion.number("earlier", len(known))]
    empty: JsonObject = {"imageUrl": "", "failReason": "", "finishTime": 0, "buttons": None}
    return {
        **row,
        **{key: value for key, value in empty.items() if key in row},
        "status": status,
        "progress": f"{percent}%",
    }


def _backwards(row: JsonObject, occasion: Occasion) -> JsonObject:
    """Return a task whose progress is less than it was, whatever its status."""
    now = str(row.get("progress", "")).rstrip("%")
    percent = int(now) if now.isdecimal() else 0
    return {**row, "progress": f"{occasion.number('back', percent + 1)}%"}


def _words(row: JsonObject, occasion: Occasion) -> JsonObject:
    texts = table().progress
    return {**row, "progress": texts[occasion.number("words", len(texts))]}


_RETOLD: Mapping[str, Callable[[JsonObject, Occasion], JsonObject]] = {
    "older": _earlier,
    "backwards": _backwards,
    "words": _words,
}


# ---- one place that is wrong


def _spoilt(kind: Kind, value: Json, occasion: Occasion, faults: Faults) -> Json:
    places = list(_places(value, (), _DEEP))[:_PLACES]
    if not places:
        return value
    faults.note(occasion.scope, kind.name)
    path = places[occasion.number("place", len(places))]
    return _changed(value, path, kind.name, occasion)


def _places(value: Json, path: tuple[str | int, ...], deep: int) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if not deep:
        return
    inner: Iterator[tuple[str | int, Json]] = iter(())
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value))
    for key, one in inner:
        yield from _places(one, (*path, key), deep - 1)


def _changed(value: Json, path: tuple[str | int, ...], name: str, occasion: Occasion) -> Json:
    """Return a copy in which the value at a path is missing, null or of another type."""
    key, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(key, str):
        copy = dict(value)
        if not rest and name == "missing":
            del copy[key]
        else:
            copy[key] = (
                _changed(value[key], rest, name, occasion)
                if rest
                else _wrong(value[key], name, occasion)
            )
        return copy
    if isinstance(value, list) and isinstance(key, int):
        if not rest and name == "missing":
            return [*value[:key], *value[key + 1 :]]
        new = (
            _changed(value[key], rest, name, occasion)
            if rest
            else _wrong(value[key], name, occasion)
        )
        return [*value[:key], new, *value[key + 1 :]]
    return value


def _wrong(value: Json, name: str, occasion: Occasion) -> Json:
    if name == "null":
        return None
    if (
        isinstance(value, str)
        and value.isdecimal()
        and len(value) < 20
        and occasion.number("as", 2)
    ):
        return int(value)  # some sites print the numbers of tasks so
    # A number in place of a text could name another task, which is no wrong type but a lie.
    odd = [
        one
        for one in _ODD
        if type(one) is not type(value) and not (isinstance(value, str) and type(one) is int)
    ]
    return odd[occasion.number("odd", len(odd))]
