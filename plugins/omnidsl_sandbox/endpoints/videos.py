"""POST /mj/submit/video: videos that begin with a picture or go on from others (wire reference, section 1.4)."""

import math

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.drawing.artwork import Artwork
from omnidsl_sandbox.endpoints.submissions import submit_routes
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import Submission, accept, finished_parent, heed_markers, receive
from omnidsl_sandbox.looking import named
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Task

_MOTIONS = ("", "low", "high")
_TYPES = ("", "vid_1.1_i2v_480", "vid_1.1_i2v_720")
_BATCHES = (1, 2, 4)


class Videos:
    """`/mj/submit/video`, where the profile offers it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        offered = self._gateway.profile.offers("video")
        return submit_routes(self._gateway, "video", self._video) if offered else []

    async def _video(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        batch = submission.body.get("batchSize")
        known = submission.text("motion") in _MOTIONS and submission.text("videoType") in _TYPES
        if not known or (batch is not None and batch not in _BATCHES) or isinstance(batch, bool):
            raise Refused("bad-argument")
        extends = submission.text("action").lower() == "extend"
        old = self._before(submission) if extends else await self._still(submission)
        prompt = submission.text("prompt") or old.prompt
        found = heed_markers(self._gateway, submission, prompt)

        def make(bare: Task, seed: str) -> Task:
            # What goes on looks a little different from what was before.
            further = art.upscale(art.vary(art.reword(old, prompt), 1, seed, 0.2), 1)
            return attrs.evolve(
                bare,
                action="VIDEO_EXTEND" if extends else "VIDEO",
                prompt=prompt,
                artwork=further if extends else old,
                result="videos",
                batch=batch if isinstance(batch, int) else max(_BATCHES),
            )

        return accept(self._gateway, submission, submission.request, make, found=found)

    def _before(self, submission: Submission) -> Artwork:
        """Return what the videos show that are gone on with; Refused for a task or a place without one."""
        parent = finished_parent(self._gateway, submission)
        index = submission.body.get("index")
        if parent.artwork is None or not parent.videos:
            raise Refused("bad-state")
        if not isinstance(index, int) or not 0 <= index < parent.videos:
            raise Refused("bad-argument")
        return parent.artwork

    async def _still(self, submission: Submission) -> Artwork:
        """Return what the first frame shows, in its shape; the last frame is only looked at."""
        if not submission.text("image"):
            raise Refused("field-required", {"field": "image"})
        view = (await named(self._gateway, submission.text("image"))).view
        if submission.text("endImage"):
            await named(self._gateway, submission.text("endImage"))
        prompt = submission.text("prompt") or view.prompt or f"something {view.colour}"
        common = math.gcd(view.width, view.height) or 1
        shape = f"{prompt} --ar {view.width // common}:{view.height // common}"
        return art.upscale(art.reword(art.imagine(shape, submission.request, view.rgb), prompt), 1)
