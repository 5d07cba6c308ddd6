"""What is answered without a task: pictures that get an address, and seeds (wire reference, sections 1.3 to 1.5)."""

import re
import zlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.endpoints.submissions import submit_routes
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise
from omnidsl_sandbox.gallery import media_type
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import heed_markers, receive
from omnidsl_sandbox.json_values import Json
from omnidsl_sandbox.looking import sent
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Status

_NAME = re.compile(r"(upload-[0-9a-f]{32})\.(?:png|jpeg|gif|webp)")


class Uploads:
    """`/mj/submit/upload-discord-images` where the profile offers it, `/uploads/…`, `/mj/task/{id}/image-seed`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        gateway = self._gateway
        seeds = answer(gateway, self._seed)
        found = [
            Route(f"{mode}/mj/task/{{task}}/image-seed", seeds, methods=["GET"])
            for mode in gateway.profile.modes
        ]
        if gateway.profile.offers("upload-discord-images"):
            found += submit_routes(gateway, "upload-discord-images", self._upload)
            found.append(Route("/uploads/{name}", self._show, methods=["GET"]))
        return found

    async def _upload(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        given = submission.texts("base64Array")
        if not given:
            raise Refused("field-required", {"field": "base64_array"})
        found = [await sent(self._gateway, one) for one in given]
        heed_markers(self._gateway, submission, "")
        addresses = [await self._address(one.content) for one in found if one.content]
        self._gateway.store.sell(submission.sale("upload"))
        return self._gateway.profile.told(
            self._gateway.profile.word("descriptions", "uploaded"), list[Json](addresses)
        )

    async def _address(self, content: bytes) -> str:
        name = await self._gateway.gallery.keep(content)
        form = media_type(content).removeprefix("image/")
        return f"{self._gateway.url}/uploads/{name}.{form}"

    async def _show(self, request: Request) -> Response:
        """Return a picture; whoever has its address may see it."""
        name = _NAME.fullmatch(str(request.path_params["name"]))
        content = await self._gateway.gallery.kept(name[1]) if name else None
        if content is None:
            return Response(status_code=404)
        return Response(content, headers={"content-type": media_type(content)})

    async def _seed(self, request: Request) -> Reply:
        """Tell the seed that a finished task was drawn with."""
        buyer = authorise(self._gateway, request)
        task = self._gateway.store.task(request.path_params["task"])
        if task is None or task.account != buyer.account:
            raise Refused("parent-missing")
        if self._gateway.see(task).status is not Status.SUCCESS:
            raise Refused("parent-unfinished")
        words = self._gateway.profile.word("descriptions", "seed")
        return self._gateway.profile.told(words, str(zlib.crc32(task.job.encode())))
