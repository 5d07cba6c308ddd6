"""Looking at Midjourney tasks: fetch, list-by-condition, image (wire reference, sections 1.3 and 1.6)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Task


class Tasks:
    """`/mj/task/{id}/fetch`, `/mj/task/list-by-condition` and `/mj/image/{id}`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        fetch, listing, image = (
            answer(self._gateway, one) for one in (self._fetch, self._list, self._image)
        )
        return [
            route
            for mode in ("", "/{mode}")
            for route in (
                Route(f"{mode}/mj/task/{{task}}/fetch", fetch, methods=["GET"]),
                Route(f"{mode}/mj/task/list-by-condition", listing, methods=["POST"]),
                Route(f"{mode}/mj/image/{{task}}", image, methods=["GET"]),
            )
        ]

    async def _fetch(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request.headers)
        task = self._gateway.store.task(request.path_params["task"])
        if task is None or task.account != buyer.account:
            raise Refused("task-missing")
        return self._gateway.profile.fetched(self._shown(task))

    async def _list(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request.headers)
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

    def _shown(self, task: Task) -> Json:
        return self._gateway.profile.task(task, self._gateway.see(task), self._gateway.url)
