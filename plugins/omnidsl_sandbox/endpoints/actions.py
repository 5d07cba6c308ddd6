"""Midjourney tasks that start from another task: action, change, modal (wire reference, sections 1.7 and 1.8)."""

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.buttons import is_offered
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.drawing.artwork import Artwork
from omnidsl_sandbox.endpoints.submissions import submit_routes
from omnidsl_sandbox.endpoints.texts import draw_texts
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import (
    Submission,
    accept,
    ending,
    fail_reason,
    finished_parent,
    heed_markers,
    parent_of,
    receive,
)
from omnidsl_sandbox.markers import Marker, markers
from omnidsl_sandbox.pictures_in import decode_data_url, view
from omnidsl_sandbox.presses import Press, again, change, custom_zoom, press, remixed
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Ending, Status, Task


class Actions:
    """`/mj/submit/action`, `/mj/submit/change` and `/mj/submit/modal`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes, with the profile's modes in front or none."""
        handlers = {"action": self._action, "modal": self._modal}
        if self._gateway.profile.has_change:
            handlers["change"] = self._change
        return [
            route
            for name, handler in handlers.items()
            for route in submit_routes(self._gateway, name, handler)
        ]

    async def _action(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        profile, custom_id = self._gateway.profile, submission.text("customId")
        pressed = press(custom_id, profile.presses)
        parent = finished_parent(self._gateway, submission)
        if not is_offered(parent, custom_id, profile.name):
            raise Refused("bad-argument")
        if parent.result in ("descriptions", "shortened"):
            return await draw_texts(self._gateway, submission, parent, pressed)
        return self._redraw(submission, parent, again(pressed, parent.result))

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
        parent = finished_parent(self._gateway, submission)
        if parent.result != "grid":
            raise Refused("bad-state")
        return self._redraw(submission, parent, pressed)

    async def _modal(self, request: Request) -> Reply:
        submission = await receive(self._gateway, request)
        if not submission.text("taskId"):
            raise Refused("field-required", {"field": "task_id"})
        task = parent_of(self._gateway, submission)
        if not task.modal or self._gateway.see(task).status is not Status.MODAL or task.confirmed:
            raise Refused("bad-state")
        old = task.artwork
        if old is None:
            raise Refused("bad-state")
        mask = await self._mask(submission) if task.action == "INPAINT" else ""
        # Reading the mask took a while: only the first of two equal answers may find the modal open.
        task = parent_of(self._gateway, submission)
        if task.confirmed:
            raise Refused("bad-state")
        prompt = submission.text("prompt") or task.prompt
        found = heed_markers(self._gateway, submission, prompt)
        artwork = _answered(task, old, prompt, mask)
        confirmed = attrs.evolve(
            task,
            prompt=prompt,
            description=self._gateway.profile.word("descriptions", "accepted"),
            artwork=artwork,
            confirmed=self._gateway.now(),
            ending=ending(found) if artwork else Ending.FAILURE,
            fail_reason=fail_reason(self._gateway, found),
        )
        self._gateway.store.confirm(confirmed, submission.answer_to(task))
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
        if pressed.action == "UPSCALE" and Marker.EXISTS in markers(parent.prompt):
            known = self._gateway.store.made_from(basis)
            if known is not None:
                seen, root = self._gateway.see(known), self._gateway.url
                return self._gateway.profile.existed(known, seen, root)
        remix = self._gateway.options.remix or submission.body.get("enableRemix") is True
        waits = bool(submission.text("customId")) and pressed.needs_modal(remix=remix)

        def make(bare: Task, seed: str) -> Task:
            words = (
                self._gateway.profile.word("descriptions", "modal") if waits else bare.description
            )
            prompt = (
                f"{parent.prompt} --zoom 2" if pressed.action == "CUSTOM_ZOOM" else parent.prompt
            )
            return attrs.evolve(
                bare,
                action=pressed.action,
                prompt=prompt,
                description=words,
                modal=waits,
                result=pressed.result,
                chosen=pressed.number if pressed.result == "video" else 0,
                artwork=old if waits or not pressed.redraw else pressed.redraw(old, seed),
            )

        return accept(self._gateway, submission, basis, make, found=found, is_paid=not waits)


def _answered(task: Task, old: Artwork, prompt: str, mask: str) -> Artwork | None:
    """Return what the answer to a modal asks for; None for one that cannot be drawn."""
    if mask:
        return art.repaint(old, mask, prompt, task.id)
    if task.action == "CUSTOM_ZOOM":
        return custom_zoom(old, prompt, task.id)
    return remixed(press(task.custom_id), old, prompt, task.id)
