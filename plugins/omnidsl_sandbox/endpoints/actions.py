"""Midjourney tasks that start from another task: action, change, modal (wire reference, sections 1.7 and 1.8)."""

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.buttons import is_offered
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.endpoints.submissions import submit_routes
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import Submission, accept, ending, heed_markers, receive
from omnidsl_sandbox.pictures_in import decode_data_url, view
from omnidsl_sandbox.presses import Press, change, custom_zoom, press
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Ending, Status, Task


class Actions:
    """`/mj/submit/action`, `/mj/submit/change` and `/mj/submit/modal`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with any mode in front or none."""
        handlers = {"action": self._action, "change": self._change, "modal": self._modal}
        return [
            route
            for name, handler in handlers.items()
            for route in submit_routes(self._gateway, name, handler)
        ]

    async def _action(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        pressed = press(submission.text("customId"))
        parent = self._finished(submission)
        if not is_offered(parent, submission.text("customId")):
            raise Refused("bad-argument")
        return self._redraw(submission, parent, pressed)

    async def _change(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        action = submission.text("action").upper()
        if action not in ("", "UPSCALE", "VARIATION", "REROLL"):
            raise Refused("no-channel", {"model": f"mj_{action.lower()[:40]}"})
        for field, given in (
            ("task_id", submission.text("taskId")),
            ("action", action),
            ("index", submission.body.get("index")),
        ):
            if not given:
                raise Refused("field-required", {"field": field})
        index = submission.body["index"]
        pressed = change(action, index if isinstance(index, int) else 0)
        parent = self._finished(submission)
        if parent.result != "grid":
            raise Refused("bad-state")
        return self._redraw(submission, parent, pressed)

    async def _modal(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        if not submission.text("taskId"):
            raise Refused("field-required", {"field": "task_id"})
        task = self._parent(submission)
        if not task.modal or self._gateway.see(task).status is not Status.MODAL or task.confirmed:
            raise Refused("bad-state")
        old = task.artwork
        if old is None:
            raise Refused("bad-state")
        mask = await self._mask(submission) if task.action == "INPAINT" else ""
        # Reading the mask took a while: only the first of two equal answers may find the modal open.
        task = self._parent(submission)
        if task.confirmed:
            raise Refused("bad-state")
        prompt = submission.text("prompt") or task.prompt
        found = heed_markers(self._gateway, submission, prompt)
        artwork = (
            art.repaint(old, mask, prompt, task.id) if mask else custom_zoom(old, prompt, task.id)
        )
        confirmed = attrs.evolve(
            task,
            prompt=prompt,
            description=self._gateway.profile.word("descriptions", "accepted"),
            artwork=artwork,
            confirmed=self._gateway.now(),
            ending=ending(found) if artwork else Ending.FAILURE,
        )
        self._gateway.store.confirm(confirmed, submission.sale(task.action))
        return self._gateway.profile.accepted(confirmed, ahead=0)

    async def _mask(self, submission: Submission) -> str:
        content = decode_data_url(submission.text("maskBase64"))
        seen = await self._gateway.gallery.run(lambda: view(content)) if content else None
        if content is None or seen is None:
            raise Refused("bad-picture")
        return await self._gateway.gallery.keep(content)

    def _redraw(self, submission: Submission, parent: Task, pressed: Press) -> Reply:
        old = parent.artwork
        if old is None:
            raise Refused("bad-state")
        found = heed_markers(self._gateway, submission, "")
        # What the seed is made of names the parent by its own make, so that runs under --seed repeat.
        button = submission.text("customId").replace(parent.job, "") or str(
            submission.body.get("index")
        )
        basis = f"{parent.basis}#{parent.take} {pressed.action} {button}"

        def make(bare: Task, seed: str) -> Task:
            words = (
                self._gateway.profile.word("descriptions", "modal")
                if pressed.is_modal
                else bare.description
            )
            prompt = (
                f"{parent.prompt} --zoom 2" if pressed.action == "CUSTOM_ZOOM" else parent.prompt
            )
            return attrs.evolve(
                bare,
                action=pressed.action,
                prompt=prompt,
                description=words,
                modal=pressed.is_modal,
                result=pressed.result,
                artwork=pressed.redraw(old, seed) if pressed.redraw else old,
            )

        return accept(
            self._gateway, submission, basis, make, found=found, is_paid=not pressed.is_modal
        )

    def _parent(self, submission: Submission) -> Task:
        task = self._gateway.store.task(submission.text("taskId"))
        if task is None or task.account != submission.buyer.account:
            raise Refused("parent-missing")
        return task

    def _finished(self, submission: Submission) -> Task:
        parent = self._parent(submission)
        if self._gateway.see(parent).status is not Status.SUCCESS:
            raise Refused("parent-unfinished")
        return parent
