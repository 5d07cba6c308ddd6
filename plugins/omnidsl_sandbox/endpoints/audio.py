"""POST /v1/audio/speech, …/transcriptions and …/translations (wire reference, section 4.3)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnidsl_sandbox.answering import Handler, answer
from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import Buyer, authorise, read_object, text_of
from omnidsl_sandbox.front import heed_words, known_model
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject, dump
from omnidsl_sandbox.multipart import Form, read_form
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.sounds import MEDIA_TYPES, Kind, listen, tone
from omnidsl_sandbox.transcripts import Transcript, written

_MOST_WORDS = 4096
_LARGEST = 25 * 2**20
_ENDINGS = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
_OLDER = ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer")
_VOICES = (*_OLDER, "ballad", "verse", "marin", "cedar")
_LETTER = 0.06  # seconds; speech at ease has about fifteen letters a second
_LONGEST = 30.0  # seconds that a simulator plays at most
_FORMS = ("json", "text", "srt", "verbose_json", "vtt")


class Audio:
    """Speech from words, and words from speech."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        handlers: dict[str, Handler] = {
            "speech": self._speak,
            "transcriptions": self._transcribe,
            "translations": self._translate,
        }
        return [
            Route(f"/v1/audio/{name}", answer(self._gateway, handler), methods=["POST"])
            for name, handler in handlers.items()
        ]

    async def _speak(self, request: Request) -> Response:
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        model = known_model(self._gateway, "speech", text_of(body, "model"))
        words, form = _words(body), _sound_form(body)
        voices = _OLDER if model.startswith("tts-1") else _VOICES
        voice = text_of(body, "voice")
        if voice not in voices:
            raise _bad(f"Input should be {_listed(voices)}")
        speed = body.get("speed", 1)
        if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0.25 <= speed <= 4:
            raise _bad("Invalid 'speed': expected a value from 0.25 to 4")
        self._sell(request, buyer, "speech", body, words)
        seconds = min(_LONGEST, max(0.5, len(words) * _LETTER / speed))
        content = await self._gateway.gallery.run(lambda: tone(words, seconds, form))
        return Response(content, headers={"content-type": MEDIA_TYPES[form]})

    async def _transcribe(self, request: Request) -> Reply:
        return await self._hear(request, "transcription", "transcribe")

    async def _translate(self, request: Request) -> Reply:
        return await self._hear(request, "translation", "translate")

    async def _hear(self, request: Request, kind: str, task: str) -> Reply:
        buyer = authorise(self._gateway, request)
        form = await read_form(request)
        model = known_model(self._gateway, kind, text_of(form.fields, "model"))
        content = _recording(form)
        wanted = text_of(form.fields, "response_format") or "json"
        if wanted not in _FORMS or (wanted != "json" and not model.startswith("whisper")):
            raise _bad(f"response_format '{wanted[:20]}' is not compatible with model '{model}'")
        marks = _granularities(form)
        if marks and wanted != "verbose_json":
            raise _bad("timestamp_granularities needs response_format 'verbose_json'")
        heard = listen(content)
        words = heard.words if heard else ""
        markers = f"{text_of(form.fields, 'prompt')} {words}"
        self._sell(request, buyer, task, form.asked(), markers)
        transcript = Transcript.of(
            task, words, heard.seconds if heard else 0.0, text_of(form.fields, "language")
        )
        if wanted not in ("json", "verbose_json"):
            return Reply(200, written(transcript, wanted).encode(), "text/plain; charset=utf-8")
        made: JsonObject = {"text": transcript.text}
        if wanted == "verbose_json":
            made = transcript.in_detail(marks or ("segment",))
        elif task == "transcribe":
            made["usage"] = transcript.usage(by_time=model.startswith("whisper"))
        return Reply(200, dump(made))

    def _sell(
        self, request: Request, buyer: Buyer, operation: str, body: JsonObject, words: str
    ) -> None:
        text = request_text(str(request.scope["path"]), body, "user")
        heed_words(self._gateway, buyer, words, text)
        attempt = request.headers.get("idempotency-key", "")
        self._gateway.store.sell(Sale(buyer.account, operation, attempt, text))


def _words(body: JsonObject) -> str:
    words = text_of(body, "input")
    if not words:
        raise _bad("Invalid 'input': string too short. Expected a string with minimum length 1")
    if len(words) > _MOST_WORDS:
        raise Refused(
            "too-long-a-text",
            {"reason": f"String should have at most {_MOST_WORDS} characters, not {len(words)}"},
        )
    return words


def _sound_form(body: JsonObject) -> Kind:
    given = text_of(body, "response_format") or "mp3"
    for kind in MEDIA_TYPES:
        if kind == given:
            return kind
    raise _bad(f"Input should be {_listed(tuple(MEDIA_TYPES))}")


def _recording(form: Form) -> bytes:
    """Return the one file of a form; Refused where it is missing, too large, empty or of another kind."""
    files = form.named("file")
    if len(files) != 1:
        raise _bad("field file is required")
    (file,) = files
    if len(file.content) > _LARGEST:
        raise Refused("too-large")
    if file.filename.rpartition(".")[2].lower() not in _ENDINGS:
        listed = ", ".join(f"'{one}'" for one in _ENDINGS)
        raise _bad(f"Invalid file format. Supported formats: [{listed}]")
    if not file.content:
        raise _bad("Audio file might be corrupted or unsupported")
    return file.content


def _granularities(form: Form) -> tuple[str, ...]:
    given: Json = form.fields.get("timestamp_granularities[]", [])
    marks = given if isinstance(given, list) else [given]
    if any(one not in ("word", "segment") for one in marks):
        raise _bad("Invalid value for 'timestamp_granularities'")
    return tuple(str(one) for one in marks)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in names)


def _bad(reason: str) -> Refused:
    return Refused("bad-value", {"reason": reason})
