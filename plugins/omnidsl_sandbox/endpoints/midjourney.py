"""Midjourney submissions: imagine, action, change, modal, describe (wire reference, sections 1.3 to 1.9)."""

from collections.abc import Mapping

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.buttons import is_offered
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.endpoints.answers import answer
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import Buyer, authorise, read_object, text_of
from omnidsl_sandbox.gateway import Gateway, Identity
from omnidsl_sandbox.json_values import JsonObject
from omnidsl_sandbox.markers import Marker, markers, without_markers
from omnidsl_sandbox.pictures_in import View, decode_data_url, view
from omnidsl_sandbox.presses import Press, change, custom_zoom, press
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Ending, Status, Task

_MOST_PICTURES = 5
_FREE = frozenset({"CUSTOM_ZOOM", "INPAINT"})  # the press costs nothing, its modal does


@attrs.frozen
class _Submission:
    """A request on its way in: who sent it, its path without the mode, and its checked body."""

    buyer: Buyer
    path: str
    body: JsonObject

    def text(self, field: str) -> str:
        """Return a text field, empty when absent."""
        return text_of(self.body, field)

    @property
    def request(self) -> str:
        """What the books count equal requests by."""
        return request_text(self.path, self.body, "state")

    def sale(self, operation: str) -> Sale:
        """Return the entry for the books."""
        return Sale(self.buyer.account, operation, self.text("state"), self.request)


class Submissions:
    """The endpoints below `/mj/submit/`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with and without a mode in front."""
        handlers = {
            "imagine": self._imagine,
            "action": self._action,
            "change": self._change,
            "modal": self._modal,
            "describe": self._describe,
        }
        return [
            Route(f"{mode}/mj/submit/{name}", answer(self._gateway, self._read(handler)), methods=["POST"])
            for mode in ("", "/{mode}")
            for name, handler in handlers.items()
        ]

    def _read(self, handler):
        async def read(request: Request) -> Reply:
            buyer = authorise(self._gateway, request.headers)
            body = await read_object(request)
            wrong = self._gateway.profile.check_fields(body)
            if wrong:
                raise Refused("invalid-request", {"reason": wrong})
            path = request.url.path
            return await handler(_Submission(buyer, path[path.index("/mj/submit/") :], body))

        return read

    async def _imagine(self, submission: _Submission) -> Reply:
        prompt = submission.text("prompt")
        if not prompt:
            raise Refused("field-required", {"field": "prompt"})
        if not prompt.strip():
            raise Refused("blank-prompt")
        views = await self._views(submission.body.get("base64Array"))
        tint = views[0].rgb if views else ""

        def picture(seed: str) -> art.Artwork:
            return art.imagine(prompt, seed, tint)

        basis = submission.request
        identity, take = self._identity(basis)
        task = self._task(submission, identity, take, basis, action="IMAGINE", prompt=prompt)
        return self._accept(submission, attrs.evolve(task, artwork=picture(identity.seed)))
