"""Midjourney tasks that make a picture out of pictures: blend, edits, faces swapped (wire reference, section 1.4)."""

import hashlib
import math

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.endpoints.submissions import required_prompt, routes_below, submit_routes
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import Submission, accept, heed_markers, receive
from omnidsl_sandbox.looking import Seen, named, sent
from omnidsl_sandbox.pictures_in import View
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Task

_RATIOS = {"PORTRAIT": "2:3", "SQUARE": "1:1", "LANDSCAPE": "3:2"}
_FEWEST, _MOST = 2, 5


class Compositions:
    """`/mj/submit/blend`, `/mj/submit/edits` and `/mj/insight-face/swap`, each where the profile offers it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        offers = self._gateway.profile.offers
        found = submit_routes(self._gateway, "blend", self._blend)
        if offers("edits"):
            found += submit_routes(self._gateway, "edits", self._edits)
        if offers("insight-face"):
            found += routes_below(self._gateway, "/mj/insight-face/swap", self._swap)
        return found

    async def _blend(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        given = submission.texts("base64Array")
        ratio = _RATIOS.get(submission.text("dimensions") or "SQUARE")
        if not _FEWEST <= len(given) <= _MOST or ratio is None:
            raise Refused("bad-argument")
        views = [(await sent(self._gateway, one)).view for one in given]
        found = heed_markers(self._gateway, submission, "")
        prompt = f"{' and '.join(_subject(one) for one in views)} --ar {ratio}"

        def make(bare: Task, seed: str) -> Task:
            artwork = art.imagine(prompt, seed, views[0].rgb)
            return attrs.evolve(bare, action="BLEND", prompt=prompt, artwork=artwork)

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _edits(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        prompt = required_prompt(submission)
        given = submission.text("image")
        if not given:
            raise Refused("field-required", {"field": "image"})
        view = (await named(self._gateway, given)).view
        found = heed_markers(self._gateway, submission, prompt)

        def make(bare: Task, seed: str) -> Task:
            drawn = art.imagine(f"{prompt}{_ratio(view)}", seed, view.rgb)
            artwork = art.reword(drawn, prompt)
            return attrs.evolve(bare, action="EDIT", prompt=prompt, artwork=artwork)

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _swap(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        source, target = [await self._face(submission, name) for name in ("source", "target")]
        if source.content is not None and _hash(source) == _hash(target):
            raise Refused("bad-argument")
        found = heed_markers(self._gateway, submission, "")
        prompt = f"{_subject(target.view)} with the face of {_subject(source.view)}"

        def make(bare: Task, seed: str) -> Task:
            drawn = art.imagine(f"{prompt}{_ratio(target.view)}", seed, source.view.rgb)
            artwork = art.upscale(art.reword(drawn, prompt), 1)
            return attrs.evolve(
                bare, action="SWAP_FACE", prompt=prompt, artwork=artwork, result="plain"
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _face(self, submission: Submission, name: str) -> Seen:
        """Return the picture that was sent, or, where the server takes an address, the one that it names."""
        link = submission.text(f"{name}Url")
        if link and self._gateway.profile.offers("links"):
            return await named(self._gateway, link)
        given = submission.text(f"{name}Base64")
        if not given:
            raise Refused("field-required", {"field": "sour_base64_and_target_base64"})
        return await sent(self._gateway, given)


def _hash(seen: Seen) -> str:
    return hashlib.sha256(seen.content or b"").hexdigest()


def _subject(view: View) -> str:
    return view.prompt or f"something {view.colour}"


def _ratio(view: View) -> str:
    """Return the parameter that keeps a picture's shape."""
    common = math.gcd(view.width, view.height) or 1
    return f" --ar {view.width // common}:{view.height // common}"
