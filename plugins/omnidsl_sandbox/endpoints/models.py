"""GET /v1/models and /v1/models/{id} (wire reference, section 4.4): which models are on offer, at no price."""

from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.profiles.vendors import ANTHROPIC, GOOGLE

_BORN = 1_735_689_600  # when every model of a simulator was made
_BORN_AT = "2025-01-01T00:00:00Z"


class Models:
    """The list of models; behind new-api with its own marks and quirks, else as OpenAI has it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes; a model's name may hold slashes."""
        return [
            Route("/v1/models", answer(self._gateway, self._list), methods=["GET"]),
            Route("/v1beta/models", answer(self._gateway, self._googles), methods=["GET"]),
            Route("/v1/models/{name:path}", answer(self._gateway, self._one), methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Reply:
        # new-api lists as a vendor does whose headers a request has.
        if "x-api-key" in request.headers and "anthropic-version" in request.headers:
            return await self._anthropics(request)
        if "x-goog-api-key" in request.headers:
            return await self._googles(request)
        authorise(self._gateway, request)
        models: list[Json] = [self._row(name) for name in self._gateway.front.models()]
        if self._has_quirks:
            return self._gateway.front.fetched({"success": True, "data": models})
        return self._gateway.front.fetched({"object": "list", "data": models})

    async def _anthropics(self, request: Request) -> Reply:
        authorise(self._gateway, request, ANTHROPIC)
        names = self._gateway.front.models()
        rows: list[Json] = [
            {"type": "model", "id": name, "display_name": name, "created_at": _BORN_AT}
            for name in names
        ]
        whole: JsonObject = {"data": rows, "has_more": False}
        return self._gateway.front.fetched({**whole, "first_id": names[0], "last_id": names[-1]})

    async def _googles(self, request: Request) -> Reply:
        authorise(self._gateway, request, GOOGLE)
        rows: list[Json] = [
            {
                "name": f"models/{name}",
                "displayName": name,
                "supportedGenerationMethods": ["generateContent"],
            }
            for name in self._gateway.front.models()
        ]
        return self._gateway.front.fetched({"models": rows})

    async def _one(self, request: Request) -> Reply:
        authorise(self._gateway, request)
        name = str(request.path_params["name"])
        if name in self._gateway.front.models():
            return self._gateway.front.fetched(self._row(name))
        if self._has_quirks:
            raise Refused("unknown-model-in-success", {"model": name[:60]})
        raise Refused("unknown-model", {"model": name[:60]})

    @property
    def _has_quirks(self) -> bool:
        return self._gateway.profile.name == "new-api"

    def _row(self, name: str) -> JsonObject:
        row: JsonObject = {
            "id": name,
            "object": "model",
            "created": _BORN,
            "owned_by": "simulator",
        }
        if self._has_quirks:
            row |= {"permission": None, "root": name, "parent": None}
        return row
