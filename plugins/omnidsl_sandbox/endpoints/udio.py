"""Udio behind a gateway (wire reference, section 3).

The dialect U-A: /udio/submit/music and /udio/fetch/{task}; U-B as 302.ai speaks it: /udio/generate-proxy and /udio/query.
"""

from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox import songs
from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, text_of
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.markers import without_markers
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.song_orders import accept, check_fields, owned, receive, success
from omnidsl_sandbox.tasks import Song, Status, Task

_LENGTHS = {"udio32": 32.8, "udio130": 130.0}
_SHARES = (
    "song_section_start",
    "song_section_end",
    "lyrics_placement_start",
    "lyrics_placement_end",
    "prompt_strength",
    "clarity_strength",
    "lyrics_strength",
    "generation_quality",
)
_WORDS = ("generate", "user", "instrumental")
_MODES = ("regular", "precede", "continuation")


class Udio:
    """Songs; what lies in `data.data.songs` here lies in `data.songs` where a profile offers `flat-songs`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/udio/submit/{action}", answer(self._gateway, self._submit), methods=["POST"]),
            Route("/udio/fetch/{task}", answer(self._gateway, self._fetch), methods=["GET"]),
            Route("/udio/generate-proxy", answer(self._gateway, self._generate), methods=["POST"]),
            Route("/udio/query", answer(self._gateway, self._query), methods=["GET"]),
        ]

    async def _submit(self, request: Request) -> Reply:
        if str(request.path_params["action"]).lower() != "music":
            authorise(self._gateway, request)
            raise Refused("invalid-action")
        order = await receive(self._gateway, request, "udio", "music")
        return accept(self._gateway, order, _song(order.body.get("gen_params")))

    async def _generate(self, request: Request) -> Reply:
        order = await receive(self._gateway, request, "udio", "music")
        return accept(self._gateway, order, _song(order.body.get("gen_params")))

    async def _query(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        task = owned(self._gateway, "udio", buyer, request.query_params.get("ids", ""))
        if task is None:
            return success(None)
        row = songs.shown(self._gateway, task, "udio-generate")
        if row["status"] not in ("SUCCESS", "FAILURE"):
            return success(row | {"status": "PROCESSING", "data": None})
        made: list[Json] = [self._shown(task, one) for one in songs.VERSIONS]
        nested: list[Json] = [{"songs": made}]
        return success(row | {"data": nested})

    async def _fetch(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        task = owned(self._gateway, "udio", buyer, request.path_params["task"])
        if task is None:
            raise Refused("task-missing")
        row = songs.shown(self._gateway, task, "udio-generate")
        made: list[Json] = [self._shown(task, one) for one in songs.VERSIONS]
        seen = self._gateway.see(task).status not in (Status.UNSEEN, Status.SUBMITTED)
        if self._gateway.profile.offers("flat-songs"):
            row["songs"] = made if seen else None
        else:
            row["data"] = {"songs": made} if seen else None
        return success(row)

    def _shown(self, task: Task, version: int) -> JsonObject:
        """Return one song with the thirty-one keys of the real ones."""
        song, status = songs.song_of(task), self._gateway.see(task).status
        ended = status in (Status.SUCCESS, Status.FAILURE, Status.CANCEL)
        broken = ended and (status is not Status.SUCCESS or songs.fails_alone(task, version))
        whole = ended and not broken
        words = self._gateway.songs.word("failures", "clip")
        reason = words if songs.fails_alone(task, version) else task.fail_reason
        tags: list[Json] = ["simulated"]
        return {
            "id": songs.clip_id(task, version),
            "title": song.title,
            "artist": "SIMULATED",
            "artist_image": None,
            "lyrics": song.lyrics,
            "prompt": song.description,
            "tags": tags,
            "user_tags": [],
            "duration": songs.length(task, version),
            "finished": whole,
            "song_path": songs.address(self._gateway, task, f"{version}.mp3") if whole else "",
            "image_path": songs.address(self._gateway, task, f"{version}.jpeg") if whole else "",
            "video_path": songs.address(self._gateway, task, f"{version}.mp4") if whole else None,
            "created_at": "2026-01-01T00:00:00.000000+00:00",
            "published_at": None,
            "generation_id": task.id,
            "user_id": "00000000-0000-4000-8000-000000000000",
            "error_id": None,
            "error_code": None,
            "error_type": "GENERATION" if broken else None,
            "error_detail": reason if broken else None,
            "attribution": "",
            "description": "",
            "publishable": True,
            "liked": False,
            "likes": 0,
            "disliked": False,
            "plays": 0,
            "replaced_tags": {},
            "original_song_path": None,
            "audio_conditioning_type": _MODES.index(song.extras) if song.extras in _MODES else 0,
        }


def _song(parameters: Json) -> Song:
    """Return what is ordered; Refused for what is missing or out of its range."""
    if not isinstance(parameters, dict):
        raise Refused("invalid-request", {"reason": "gen_params is required"})
    check_fields(parameters, {"prompt": "string", "lyrics": "string", "model_type": "string"})
    check_fields(parameters, dict.fromkeys(_SHARES, "number"))
    prompt, lyrics = text_of(parameters, "prompt"), text_of(parameters, "lyrics")
    if not prompt.strip():
        raise Refused("prompt-empty")
    for name in _SHARES:
        value = parameters.get(name)
        if isinstance(value, int | float) and not 0 <= value <= 1:
            raise Refused("invalid-request", {"reason": f"{name} must be between 0 and 1"})
    kind = text_of(parameters, "lyrics_type") or "generate"
    if kind not in _WORDS:
        raise Refused("invalid-request", {"reason": f"unknown lyrics_type {kind[:40]}"})
    about = without_markers(prompt)
    written = {"user": lyrics, "instrumental": "", "generate": f"SIMULATED: a song about {about}"}
    model = text_of(parameters, "model_type") or "udio32-v1.5"
    return Song(
        title=about.title()[:80],
        words=f"{prompt}{_goes_on(parameters.get('config'))}",
        lyrics=written[kind],
        tags="simulated",
        description=prompt,
        model=model,
        extras=_mode(parameters.get("config")),
        seconds=next((one for name, one in _LENGTHS.items() if model.startswith(name)), 32.8),
    )


def _mode(config: Json) -> str:
    return text_of(config, "mode") if isinstance(config, dict) else ""


def _goes_on(config: Json) -> str:
    """Say which song is gone on with; Refused for a way of doing so that there is none of."""
    mode = _mode(config)
    if mode not in ("", *_MODES):
        raise Refused("invalid-request", {"reason": f"unknown mode {mode[:40]}"})
    source = config.get("source") if isinstance(config, dict) else None
    if mode in ("", "regular"):
        return ""
    song = text_of(source, "song_id") if isinstance(source, dict) else ""
    if not song:
        raise Refused("invalid-request", {"reason": "source.song_id is required"})
    return f" ({mode} of {song})"
