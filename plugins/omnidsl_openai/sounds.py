"""Speech and transcripts: what is sent, and what is made of the reply (wire reference, section 4.3)."""

import io
import math
import wave

from omnidsl.plugins import (
    JSON,
    Ambiguous,
    ArgumentError,
    Context,
    Failed,
    File,
    Form,
    Made,
    Reply,
    Upload,
)
from omnidsl.plugins.chat import numbers
from omnidsl_openai.listening import Speech, Transcribe, Translate

SPEECH = "/v1/audio/speech"

_ENDINGS = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "webm",
    "video/mp4": "mp4",
    "video/mpeg": "mpeg",
    "video/webm": "webm",
    "video/x-m4v": "mp4",
}
"""What is taken, by what it is found to be, and the ending by which OpenAI knows it."""

_PCM_RATE = 24_000
_PCM_BYTES = 2
_SOUNDS = (b"ID3", b"RIFF", b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9")
_MARKS = {"segments": ("segment",), "words": ("word",), "both": ("segment", "word")}
_PLAIN = ("text", "srt", "vtt")


def speech(operation: Speech) -> dict[str, JSON]:
    """Return the body that asks for speech."""
    body: dict[str, JSON] = {
        "model": operation.model,
        "input": operation.text,
        "voice": operation.voice,
        "response_format": operation.format,
    }
    more = {"speed": operation.speed, "instructions": operation.instructions}
    return {**body, **{name: value for name, value in more.items() if value is not None}}


def spoken(reply: Reply, operation: Speech) -> Made:
    """Return the sound of a reply; Failed where it has none.

    Bare samples have nothing that says what they are, so they are kept as a WAV: the same samples behind a head.
    """
    data = reply.body
    if not data:
        raise Failed("empty-answer", "the sound in the reply is empty")
    if _is_text(data):
        raise Failed("empty-answer", "the reply holds text instead of a sound")
    if operation.format == "pcm" and not data.startswith(_SOUNDS):
        data = _as_wave(data)
    facts: dict[str, JSON] = {"model": operation.model, "voice": operation.voice}
    return Made(files=(File("audio", data=data),), facts=facts)


def _is_text(data: bytes) -> bool:
    """Tell whether a reply is JSON or a page, whatever it says of itself; silence has zeros and is no text."""
    if data.lstrip()[:1] not in (b"{", b"[", b"<") or b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_wave(samples: bytes) -> bytes:
    """Return samples as OpenAI sends them (24 kHz, 16 bits, one channel) as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_PCM_BYTES)
        file.setframerate(_PCM_RATE)
        file.writeframes(samples[: len(samples) // _PCM_BYTES * _PCM_BYTES])
    return out.getvalue()


def path_of(operation: Transcribe | Translate) -> str:
    """Return where a recording is sent."""
    kind = "translations" if isinstance(operation, Translate) else "transcriptions"
    return f"/v1/audio/{kind}"


async def transcription(operation: Transcribe | Translate, context: Context) -> Form:
    """Return the form that asks what a recording says; ArgumentError for a kind of file that is not taken."""
    recording = operation.recording
    ending = _ENDINGS.get(recording.media_type)
    if ending is None:
        name = "transcribe" if isinstance(operation, Transcribe) else "translate"
        kinds = ", ".join(sorted(set(_ENDINGS.values())))
        expected = f"one of {kinds} (it is {recording.media_type})"
        raise ArgumentError(name, "recording", expected, recording)
    form = "verbose_json" if operation.format == "verbose" else operation.format
    fields: list[tuple[str, str]] = [("model", operation.model), ("response_format", form)]
    if operation.prompt:
        fields.append(("prompt", operation.prompt))
    if operation.temperature is not None:
        fields.append(("temperature", f"{operation.temperature:g}"))
    if isinstance(operation, Transcribe):
        if operation.language:
            fields.append(("language", operation.language))
        marks = _MARKS.get(operation.timestamps or "", ())
        fields += [("timestamp_granularities[]", one) for one in marks]
    data = await context.read(recording.sha256)
    file = Upload("file", f"recording.{ending}", data, recording.media_type)
    return Form(tuple(fields), (file,))


def heard(reply: Reply, operation: Transcribe | Translate) -> Made:
    """Return the transcript of a reply; Failed where it says nothing, Ambiguous where it is none."""
    try:
        body = reply.json()
    except (ValueError, RecursionError):
        body = None
    is_told = isinstance(body, dict) and isinstance(body.get("text"), str)
    facts: dict[str, JSON] = {"model": operation.model}
    if operation.format in ("srt", "vtt") or (operation.format == "text" and not is_told):
        if isinstance(body, dict):
            raise Failed("empty-answer", f"the reply holds JSON instead of {operation.format}")
        text = reply.text.strip()
        if operation.format != "text" and text and "-->" not in text:
            raise Failed("empty-answer", "the subtitles in the reply have no times")
    else:
        if not isinstance(body, dict) or not is_told:
            raise Ambiguous("no-answer", "the reply holds no transcript", reply)
        text = str(body["text"]).strip()
        facts |= _details(body)
    if not text:
        raise Failed("empty-answer", "it heard no words in the recording", facts)
    return Made(text=text, facts=facts)


def _details(body: dict[str, JSON]) -> dict[str, JSON]:
    """Return what a detailed transcript tells beside its text."""
    found: dict[str, JSON] = {}
    if isinstance(language := body.get("language"), str) and language:
        found["language"] = language
    duration = body.get("duration")
    if isinstance(duration, str | int | float) and not isinstance(duration, bool):
        try:
            seconds = float(duration)  # some servers print numbers as texts
        except (ValueError, OverflowError):
            seconds = math.nan
        if math.isfinite(seconds):
            found["duration"] = seconds
    for name in ("segments", "words"):
        if isinstance(rows := body.get(name), list) and rows:
            found[name] = rows
    if usage := numbers(body.get("usage")):
        found["usage"] = usage
    return found
