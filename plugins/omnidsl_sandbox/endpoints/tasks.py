"""Looking at Midjourney tasks: fetch, list-by-condition, list, pictures (wire reference, sections 1.3 and 1.6)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnidsl_sandbox.answering import Handler, answer
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Task


class Tasks:
    """`/mj/task/{id}/fetch`, `/mj/task/list-by-condition`, where the profile has one `/mj/task/list`, pictures and videos."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with the profile's modes in front or none."""
        profile = self._gateway.profile
        looks: list[tuple[str, str, Handler]] = [
            ("/mj/task/{task}/fetch", "GET", self._fetch),
            ("/mj/task/list-by-condition", "POST", self._list),
            (profile.picture_path, "GET", self._image),
            (profile.video_path, "GET", self._video),
        ]
        if profile.listing:
            looks.append(("/mj/task/list", "GET", self._latest))
        return [
            Route(mode + path, answer(self._gateway, handler), methods=[method])
            for mode in profile.modes
            for path, method, handler in looks
        ]

    async def _fetch(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        task = self._gateway.store.task(request.path_params["task"])
        if task is None or task.account != buyer.account:
            raise Refused("task-missing")
        return self._gateway.profile.fetched(self._shown(task))

    async def _list(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        given = body.get("ids")
        if given is not None and not (
            isinstance(given, list) and all(isinstance(one, str) for one in given)
        ):
            raise Refused("invalid-request", {"reason": "json: cannot unmarshal ids into []string"})
        wanted = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
        tasks = self._gateway.store.tasks(wanted)
        shown: list[Json] = [self._shown(task) for task in tasks if task.account == buyer.account]
        return self._gateway.profile.fetched(shown)

    async def _latest(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        tasks = self._gateway.store.latest(buyer.account, self._gateway.profile.listing)
        shown: list[Json] = [self._shown(task) for task in tasks]
        return self._gateway.profile.fetched(shown)

    async def _image(self, request: Request) -> Response:
        task = self._gateway.store.task(request.path_params["task"])
        if task is None:
            raise Refused("image-missing")
        snapshot = self._gateway.see(task)
        if snapshot.picture == "none":
            raise Refused("image-unready")
        gallery = self._gateway.gallery
        done = snapshot.picture == "final"
        picture = await (gallery.final(task) if done else gallery.preview(task, snapshot.percent))
        return Response(picture.content, headers={"content-type": picture.media_type})

    async def _video(self, request: Request) -> Response:
        task = self._gateway.store.task(request.path_params["task"])
        index = str(request.path_params["index"])
        if task is None or index not in map(str, range(task.videos)):
            raise Refused("image-missing")
        if self._gateway.see(task).picture != "final":
            raise Refused("image-unready")
        video = await self._gateway.gallery.video(task, int(index) + 1)
        return Response(video.content, headers={"content-type": video.media_type})

    def _shown(self, task: Task) -> Json:
        return self._gateway.profile.task(task, self._gateway.see(task), self._gateway.url)
