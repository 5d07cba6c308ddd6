"""Midjourney tasks that start from words or pictures: imagine and describe (wire reference, sections 1.3 to 1.8)."""

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.answering import Handler, answer
from omnidsl_sandbox.captions import descriptions
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import Submission, accept, heed_markers, receive
from omnidsl_sandbox.pictures_in import View, decode_data_url, view
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Task

_MOST_PICTURES = 5
_LARGEST_PICTURE = 2**20
"""What gateways take as reference pictures of a prompt: five of at most 1 MB each (wire reference, section 1.4)."""


class Submissions:
    """`/mj/submit/imagine` and `/mj/submit/describe`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        return [
            *submit_routes(self._gateway, "imagine", self._imagine),
            *submit_routes(self._gateway, "describe", self._describe),
        ]

    async def _imagine(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        prompt = submission.text("prompt")
        if not prompt:
            raise Refused("prompt-required")
        if not prompt.strip():
            raise Refused("blank-prompt")
        tint = await self._tint(submission)
        found = heed_markers(self._gateway, submission, prompt)

        def make(bare: Task, seed: str) -> Task:
            return attrs.evolve(
                bare, action="IMAGINE", prompt=prompt, artwork=art.imagine(prompt, seed, tint)
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _describe(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        content, seen = await self._picture(submission.text("base64"))
        found = heed_markers(self._gateway, submission, "")
        upload = await self._gateway.gallery.keep(content)

        def make(bare: Task, seed: str) -> Task:
            text = descriptions(seen, seed)
            return attrs.evolve(
                bare,
                action="DESCRIBE",
                prompt=text,
                text=text,
                upload=upload,
                result="descriptions",
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    async def _tint(self, submission: Submission) -> str:
        """Check the reference pictures; return the colour that the first of them lends, empty without pictures."""
        given = submission.body.get("base64Array")
        pictures = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
        if len(pictures) > _MOST_PICTURES:
            raise Refused("bad-argument")
        found = [await self._picture(one) for one in pictures]
        if any(len(content) > _LARGEST_PICTURE for content, _ in found):
            raise Refused("large-picture")
        return found[0][1].rgb if found else ""

    async def _picture(self, data_url: str) -> tuple[bytes, View]:
        content = decode_data_url(data_url)
        seen = await self._gateway.gallery.run(lambda: view(content)) if content else None
        if content is None or seen is None:
            raise Refused("bad-picture")
        return content, seen


def submit_routes(gateway: Gateway, name: str, handler: Handler) -> list[Route]:
    """Return the routes of one submission, with the profile's modes in front or none."""
    endpoint = answer(gateway, handler)
    return [
        Route(f"{mode}/mj/submit/{name}", endpoint, methods=["POST"])
        for mode in gateway.profile.modes
    ]
