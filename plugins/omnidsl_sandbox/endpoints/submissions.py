"""Midjourney tasks that start from words or pictures: imagine, describe, shorten (wire reference, sections 1.3 to 1.8)."""

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.answering import Handler, answer
from omnidsl_sandbox.captions import descriptions
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import Submission, accept, heed_markers, receive
from omnidsl_sandbox.looking import Seen, named, sent
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.shortening import shortened
from omnidsl_sandbox.tasks import Task

_MOST_PICTURES = 5
_LARGEST_PICTURE = 2**20
"""What gateways take as reference pictures of a prompt: five of at most 1 MB each (wire reference, section 1.4)."""


class Submissions:
    """`/mj/submit/imagine`, `/mj/submit/describe` and `/mj/submit/shorten`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        return [
            *submit_routes(self._gateway, "imagine", self._imagine),
            *submit_routes(self._gateway, "describe", self._describe),
            *submit_routes(self._gateway, "shorten", self._shorten),
        ]

    async def _imagine(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        prompt = required_prompt(submission)
        tint = await self._tint(submission)
        found = heed_markers(self._gateway, submission, prompt)

        def make(bare: Task, seed: str) -> Task:
            return attrs.evolve(
                bare, action="IMAGINE", prompt=prompt, artwork=art.imagine(prompt, seed, tint)
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _describe(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        seen = await self._described(submission)
        found = heed_markers(self._gateway, submission, "")
        upload = await self._gateway.gallery.keep(seen.content) if seen.content else ""
        between = self._gateway.profile.word("server", "between_descriptions")

        def make(bare: Task, seed: str) -> Task:
            text = between.join(descriptions(seen.view, seed))
            return attrs.evolve(
                bare,
                action="DESCRIBE",
                prompt=text,
                text=text,
                upload=upload,
                result="descriptions",
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _described(self, submission: Submission) -> Seen:
        """Return the picture that was sent, or, where the server takes an address, the one that it names."""
        link = submission.text("link")
        if link and not submission.text("base64") and self._gateway.profile.offers("links"):
            if not link.startswith(("http://", "https://")):
                raise Refused("bad-argument")
            return await named(self._gateway, link)
        return await sent(self._gateway, submission.text("base64"))

    async def _shorten(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        prompt = required_prompt(submission)
        found = heed_markers(self._gateway, submission, prompt)

        def make(bare: Task, seed: str) -> Task:
            text = shortened(prompt, seed)
            return attrs.evolve(
                bare, action="SHORTEN", prompt=prompt, text=text, result="shortened"
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _tint(self, submission: Submission) -> str:
        """Check the reference pictures; return the colour that the first of them lends, empty without pictures."""
        pictures = submission.texts("base64Array")
        if len(pictures) > _MOST_PICTURES:
            raise Refused("bad-argument")
        found = [await sent(self._gateway, one) for one in pictures]
        if any(len(one.content or b"") > _LARGEST_PICTURE for one in found):
            raise Refused("large-picture")
        return found[0].view.rgb if found else ""


def required_prompt(submission: Submission) -> str:
    """Return the prompt; Refused without one, by the gateway or by the server behind it."""
    prompt = submission.text("prompt")
    if not prompt:
        raise Refused("prompt-required")
    if not prompt.strip():
        raise Refused("blank-prompt")
    return prompt


def submit_routes(gateway: Gateway, name: str, handler: Handler) -> list[Route]:
    """Return the routes of one submission, with the profile's modes in front or none."""
    return routes_below(gateway, f"/mj/submit/{name}", handler)


def routes_below(gateway: Gateway, path: str, handler: Handler) -> list[Route]:
    """Return the routes of one POST, with the profile's modes in front or none."""
    endpoint = answer(gateway, handler)
    return [Route(f"{mode}{path}", endpoint, methods=["POST"]) for mode in gateway.profile.modes]
