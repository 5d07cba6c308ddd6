"""The files of songs: sounds, the pictures on their covers, and videos of these."""

import re

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnidsl_sandbox import songs
from omnidsl_sandbox.gallery import media_type
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.sounds import MEDIA_TYPES

_FILE = re.compile(r"([12])(?:(-stream\.mp3)|\.(mp3|jpeg|mp4))")


class SongFiles:
    """`/songs/{task}/1.mp3` and its like; whoever has an address may listen, as with a vendor's own servers."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/songs/{task}/{file}", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        match = _FILE.fullmatch(request.path_params["file"])
        task = self._gateway.store.task(request.path_params["task"]) if match else None
        if match is None or task is None or task.song is None:
            return Response(status_code=404)
        version, is_stream, form = int(match[1]), match[2] is not None, match[3]
        if not is_stream and self._gateway.see(task).picture != "final":
            return Response(status_code=404)
        if is_stream or form == "mp3":
            content = await self._gateway.gallery.run(
                lambda: songs.sound(task, version, whole=not is_stream)
            )
            return Response(content, headers={"content-type": MEDIA_TYPES["mp3"]})
        picture = songs.cover(task, version)
        if form == "mp4":
            film = await self._gateway.gallery.video(attrs.evolve(task, artwork=picture), 1)
            return Response(film.content, headers={"content-type": film.media_type})
        content = await self._gateway.gallery.picture(picture, task.job, "jpeg")
        return Response(content, headers={"content-type": media_type(content)})
