"""How an order of a song comes in, and how it is accepted, whoever makes it."""

import attrs
from starlette.requests import Request

from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import Buyer, authorise, read_object
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import ending
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.markers import Marker, markers
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.profiles.shapes import json_reply
from omnidsl_sandbox.songs import Platform, partition
from omnidsl_sandbox.tasks import Ending, Song, Task

_GO_TYPES = {
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


@attrs.frozen
class Order:
    """One order: who sent it, for what (`music`, `lyrics`), where to, and its body as it came."""

    buyer: Buyer
    platform: Platform
    action: str
    path: str
    body: JsonObject


async def receive(gateway: Gateway, request: Request, platform: Platform, action: str) -> Order:
    """Return the order in a request; Refused for a bad key or bad JSON."""
    buyer = authorise(gateway, request)
    body = await read_object(request)
    return Order(buyer, platform, action, str(request.scope["path"]).lower(), body)


def accept(gateway: Gateway, order: Order, song: Song, *, fault: str = "") -> Reply:
    """Store the task of a song, book its sale, and return its number; Refused for what markers or an empty purse refuse.

    `fault` names the failure that it will end in whatever its words say.
    """
    request = request_text(order.path, order.body, "")
    found = markers(f"{song.words} {song.title} {song.tags}")
    if order.buyer.is_broke:
        raise Refused("no-quota-task")
    if Marker.QUEUE_FULL in found and gateway.store.turn_away_once(request):
        raise Refused("saturated")
    reason = fault or ("banned" if Marker.BANNED in found else "invalid")
    sale = Sale(order.buyer.account, f"{order.platform}-{order.action}", "", request)
    take = gateway.store.takes(request)
    while True:
        identity = gateway.identify(request, take)
        task = Task(
            id=identity.job,
            account=partition(order.platform, order.buyer.account),
            action=order.action.upper(),
            prompt=song.words,
            state="",
            description="",
            submitted=gateway.now(),
            job=identity.job,
            basis=request,
            take=take,
            ending=Ending.FAILURE if fault else ending(found),
            fail_reason=gateway.songs.word("failures", reason),
            song=attrs.evolve(song, half=Marker.HALF in found),
        )
        if gateway.store.add(task, sale):
            return success(task.id)
        take += 1  # the id is taken by a take of another process


def owned(gateway: Gateway, platform: Platform, buyer: Buyer, identity: str) -> Task | None:
    """Return a task of this buyer's, None for one that there is none of."""
    task = gateway.store.task(identity)
    return task if task and task.account == partition(platform, buyer.account) else None


def success(data: Json) -> Reply:
    """Return the envelope of what went well."""
    return json_reply({"code": "success", "message": "", "data": data})


def check_fields(body: JsonObject, types: JsonObject) -> None:
    """Refuse the first field of a wrong type, in the words of Go's decoder; null passes as a zero value."""
    for field, kind in types.items():
        value = body.get(field)
        if value is not None and _GO_TYPES[type(value)] != kind:
            words = f"json: cannot unmarshal {_GO_TYPES[type(value)]} into Go struct field .{field} of type {kind}"
            raise Refused("invalid-request", {"reason": words})


def number_of(body: JsonObject, field: str) -> float:
    """Return a field that is a number, 0 without one."""
    value = body.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
