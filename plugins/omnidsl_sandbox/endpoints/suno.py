"""Suno behind new-api: /suno/submit/{action}, /suno/fetch and /suno/fetch/{task} (wire reference, section 2)."""

from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox import songs
from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object, text_of
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.markers import without_markers
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.song_orders import (
    Order,
    accept,
    check_fields,
    number_of,
    owned,
    receive,
    success,
)
from omnidsl_sandbox.tasks import Song, Status, Task

_MODELS = {"chirp-v3-0": "chirp-v3", "chirp-v3-5": "chirp-v3.5"}
_QUEUED = 31  # percent below which a song waits for its turn


class Suno:
    """Songs and lyrics. Under the profile new-api only the nine keys that it knows reach Suno."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/suno/submit/{action}", answer(self._gateway, self._submit), methods=["POST"]),
            Route("/suno/fetch", answer(self._gateway, self._list), methods=["POST"]),
            Route("/suno/fetch/{task}", answer(self._gateway, self._fetch), methods=["GET"]),
        ]

    async def _submit(self, request: Request) -> Reply:
        action = str(request.path_params["action"]).lower()
        if action not in ("music", "lyrics"):
            authorise(self._gateway, request)
            raise Refused("invalid-action")
        order = await receive(self._gateway, request, "suno", action)
        types = self._gateway.songs.words["suno"]
        check_fields(order.body, dict(types))
        if action == "lyrics":
            prompt = text_of(order.body, "prompt")
            if not prompt:
                raise Refused("prompt-empty")
            return accept(self._gateway, order, _lyrics(prompt))
        known = self._gateway.profile.offers("song-extras")
        body = {key: one for key, one in order.body.items() if known or key in types}
        return accept(self._gateway, order, _song(body), fault=self._parent_fault(order))

    def _parent_fault(self, order: Order) -> str:
        """Return why an order that goes on with a clip is going to fail; Refused where its task is not there."""
        clip = text_of(order.body, "continue_clip_id")
        if not clip:
            return ""
        name = text_of(order.body, "task_id")
        if not name:
            raise Refused("invalid-request", {"reason": "task id is empty"})
        task = owned(self._gateway, "suno", order.buyer, name)
        if task is None:
            raise Refused("parent-missing")
        return "" if clip in [songs.clip_id(task, one) for one in songs.VERSIONS] else "parent"

    async def _list(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        ids = body.get("ids")
        if ids is not None and not (
            isinstance(ids, list) and all(isinstance(one, str) for one in ids)
        ):
            raise Refused("invalid-request", {"reason": "json: cannot unmarshal ids into []string"})
        if not ids:
            return success([])
        found = self._gateway.store.tasks(str(one) for one in ids)
        account = songs.partition("suno", buyer.account)
        shown: list[Json] = [self._shown(one) for one in found if one.account == account]
        return success(shown or None)

    async def _fetch(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        task = owned(self._gateway, "suno", buyer, request.path_params["task"])
        if task is None:
            raise Refused("task-missing")
        return success(self._shown(task))

    def _shown(self, task: Task) -> JsonObject:
        snapshot = self._gateway.see(task)
        row = songs.shown(self._gateway, task, task.action)
        if snapshot.status is Status.IN_PROGRESS and snapshot.percent < _QUEUED:
            row["status"] = "QUEUED"
        early = snapshot.status in (Status.UNSEEN, Status.SUBMITTED)
        if task.action == "LYRICS":
            row["data"] = _words(task) if snapshot.status is Status.SUCCESS else None
        else:
            data: list[Json] = [self._clip(task, one) for one in songs.VERSIONS]
            row["data"] = None if early else data
        return row

    def _clip(self, task: Task, version: int) -> JsonObject:
        """Return one clip, in the form that Suno's own site has it."""
        song, snapshot = songs.song_of(task), self._gateway.see(task)
        ended = snapshot.status in (Status.SUCCESS, Status.FAILURE, Status.CANCEL)
        broken = ended and (
            snapshot.status is not Status.SUCCESS or songs.fails_alone(task, version)
        )
        whole = ended and not broken
        streams = snapshot.status is Status.IN_PROGRESS and snapshot.percent >= _QUEUED
        audio = f"{version}.mp3" if whole else f"{version}-stream.mp3" if streams else ""
        words = self._gateway.songs.word("failures", "clip")
        return {
            "id": songs.clip_id(task, version),
            "title": song.title,
            "status": "error"
            if broken
            else "complete"
            if whole
            else "streaming"
            if streams
            else "queued",
            "audio_url": songs.address(self._gateway, task, audio) if audio else "",
            "video_url": songs.address(self._gateway, task, f"{version}.mp4") if whole else "",
            "image_url": songs.address(self._gateway, task, f"{version}.jpeg") if whole else "",
            "image_large_url": songs.address(self._gateway, task, f"{version}.jpeg")
            if whole
            else "",
            "model_name": _MODELS.get(song.model, song.model),
            "major_model_version": "v3" if song.model.startswith("chirp-v3") else "v4",
            "created_at": "2026-01-01T00:00:00.000Z",
            "user_id": "00000000-0000-4000-8000-000000000000",
            "handle": "simulator",
            "display_name": "SIMULATED",
            "is_video_pending": False,
            "is_public": False,
            "play_count": 0,
            "upvote_count": 0,
            "metadata": {
                "tags": song.tags,
                "negative_tags": song.extras,
                "prompt": song.lyrics,
                "gpt_description_prompt": song.description,
                "duration": songs.length(task, version) if whole else None,
                "type": "gen",
                "stream": True,
                "error_type": "generation_error" if broken else None,
                "error_message": (
                    task.fail_reason if not songs.fails_alone(task, version) else words
                )
                if broken
                else None,
                "audio_prompt_id": None,
                "history": None,
                "concat_history": None,
                "refund_credits": broken,
            },
        }


def _song(body: JsonObject) -> Song:
    """Return what a body orders; from a description Suno writes the rest itself."""
    model = text_of(body, "mv") or "chirp-v3-0"
    description = text_of(body, "gpt_description_prompt")
    alone = body.get("make_instrumental") is True
    if description:
        about = without_markers(description)
        lyrics = "[Instrumental]" if alone else f"[Verse]\nSIMULATED: a song about {about}"
        return Song(
            title=about.title()[:80],
            words=description,
            lyrics=lyrics,
            tags="simulated pop",
            description=description,
            model=model,
        )
    lyrics = text_of(body, "prompt")
    clip = text_of(body, "continue_clip_id")
    goes_on = f" (goes on with {clip} at {number_of(body, 'continue_at'):g} s)" if clip else ""
    return Song(
        title=text_of(body, "title") or "Untitled",
        words=f"{lyrics or text_of(body, 'tags')}{goes_on}",
        lyrics=lyrics or ("[Instrumental]" if alone else ""),
        tags=text_of(body, "tags"),
        model=model,
        extras=text_of(body, "negative_tags"),
    )


def _lyrics(prompt: str) -> Song:
    about = without_markers(prompt)
    lines = (
        "[Verse]",
        f"SIMULATED: {about}",
        "[Chorus]",
        f"Oh, {about}",
        "nobody wrote these words",
    )
    return Song(title=about.title()[:80], words=prompt, lyrics="\n".join(lines))


def _words(task: Task) -> JsonObject:
    song = songs.song_of(task)
    return {
        "id": songs.clip_id(task, 1),
        "title": song.title,
        "text": song.lyrics,
        "status": "complete",
    }
