"""Buttons under texts: drawing what a describe or a shorten task gave, and describing once more (wire reference, 1.8)."""

import re

import attrs

from omnidsl_sandbox.captions import descriptions
from omnidsl_sandbox.drawing import artwork as art
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.intake import Maker, Submission, accept, heed_markers, place
from omnidsl_sandbox.looking import ELSEWHERE
from omnidsl_sandbox.pictures_in import view
from omnidsl_sandbox.presses import Press
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Task

_NUMBERED = re.compile(r"^(\d)\ufe0f?\u20e3[ \t]*(.+?)\s*$", re.MULTILINE)


async def draw_texts(
    gateway: Gateway, submission: Submission, parent: Task, pressed: Press
) -> Reply:
    """Return the receipt of a press below texts; Refused for a text that there is none of."""
    found = heed_markers(gateway, submission, "")
    texts = {int(number): words for number, words in _NUMBERED.findall(parent.text)}
    basis = f"{parent.basis}#{parent.take} {submission.text('customId')}"
    if pressed.result == "descriptions":
        return await _again(gateway, submission, parent, basis)
    if pressed.number:
        if pressed.number not in texts:
            raise Refused("bad-argument")
        waiting = _drawing(pressed, texts[pressed.number], modal=True)
        waits = gateway.profile.word("descriptions", "modal")
        return accept(
            gateway,
            submission,
            basis,
            lambda bare, seed: attrs.evolve(waiting(bare, seed), description=waits),
            found=found,
            is_paid=False,
        )
    # One press buys all of them: the ids come between commas, the sale is one.
    tasks = [
        place(
            gateway,
            submission,
            f"{basis} {number}",
            _drawing(pressed, words),
            found=found,
            is_paid=not at,
        )
        for at, (number, words) in enumerate(texts.items())
    ]
    joined = attrs.evolve(tasks[0], id=",".join(one.id for one in tasks))
    return gateway.profile.accepted(joined, ahead=0)


def _drawing(pressed: Press, words: str, *, modal: bool = False) -> Maker:
    """Return what completes a task that draws one text."""

    def make(bare: Task, seed: str) -> Task:
        picture = art.imagine(words, seed)
        return attrs.evolve(
            bare,
            action=pressed.action,
            prompt=words,
            modal=modal,
            result=pressed.result,
            artwork=picture,
        )

    return make


async def _again(gateway: Gateway, submission: Submission, parent: Task, basis: str) -> Reply:
    """Describe the same picture once more."""
    content = await gateway.gallery.kept(parent.upload) if parent.upload else None
    seen = await gateway.gallery.run(lambda: view(content)) if content else None
    between = gateway.profile.word("server", "between_descriptions")

    def make(bare: Task, seed: str) -> Task:
        text = between.join(descriptions(seen or ELSEWHERE, seed))
        return attrs.evolve(
            bare,
            action="DESCRIBE",
            prompt=text,
            text=text,
            upload=parent.upload,
            result="descriptions",
        )

    return accept(gateway, submission, basis, make)
