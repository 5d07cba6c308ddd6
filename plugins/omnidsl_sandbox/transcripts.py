"""What the simulator has heard, in the forms that speech recognition is asked for in (wire reference, section 4.3)."""

import math
import re
from collections.abc import Sequence

import attrs

from omnidsl_sandbox.json_values import Json, JsonObject

_SENTENCE = re.compile(r".+?(?:[.!?]+(?=\s|$)|[。！？]+|$)", re.DOTALL)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NAMES = {"zh": "chinese", "en": "english", "ja": "japanese", "de": "german", "fr": "french"}


@attrs.frozen
class Timed:
    """Some words and when they were said, in seconds."""

    text: str
    start: float
    end: float


@attrs.frozen
class Transcript:
    """A text and where in a recording its sentences and words stand."""

    task: str
    text: str
    language: str
    seconds: float

    @classmethod
    def of(cls, task: str, words: str, seconds: float, language: str) -> "Transcript":
        """Return what is heard in a recording: the words that it carries, or that it says nothing of itself."""
        text = " ".join(words.split()) or f"a recording of {seconds:.1f} seconds"
        if task == "translate":
            return cls(task, f"SIMULATED translation: {text}", "english", seconds)
        guess = "chinese" if _CHINESE.search(text) else "english"
        return cls(task, f"SIMULATED: {text}", _NAMES.get(language, guess), seconds)

    def sentences(self) -> list[Timed]:
        """Return the text sentence by sentence."""
        return self._timed([one for one in _SENTENCE.findall(self.text) if one.strip()])

    def words(self) -> list[Timed]:
        """Return the text word by word."""
        return self._timed(self.text.split())

    def _timed(self, parts: Sequence[str]) -> list[Timed]:
        """Share the time out by letters."""
        whole, at, found = sum(len(one) for one in parts) or 1, 0, []
        for one in parts:
            start, at = at, at + len(one)
            begin, end = (round(self.seconds * share / whole, 2) for share in (start, at))
            found.append(Timed(one.strip(), begin, end))
        return found

    def in_detail(self, marks: Sequence[str]) -> JsonObject:
        """Return `verbose_json`; `marks` are `segment` and `word`."""
        made: JsonObject = {
            "task": self.task,
            "language": self.language,
            "duration": round(self.seconds, 2),
            "text": self.text,
        }
        if "segment" in marks:
            made["segments"] = [
                _segment(number, one) for number, one in enumerate(self.sentences())
            ]
        if "word" in marks:
            made["words"] = [
                {"word": one.text, "start": one.start, "end": one.end} for one in self.words()
            ]
        if self.task == "transcribe":
            made["usage"] = self.usage(by_time=True)
        return made

    def usage(self, *, by_time: bool) -> JsonObject:
        """Return what is charged for: seconds, or tokens with the newer models."""
        if by_time:
            return {"type": "duration", "seconds": math.ceil(self.seconds)}
        heard, said = 10 * math.ceil(self.seconds), len(self.text) // 4 + 1
        return {
            "type": "tokens",
            "input_tokens": heard,
            "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
            "output_tokens": said,
            "total_tokens": heard + said,
        }


def written(transcript: Transcript, form: str) -> str:
    """Return a transcript as `text`, `srt` or `vtt`."""
    if form == "text":
        return transcript.text + "\n"
    comma = "," if form == "srt" else "."
    blocks = [] if form == "srt" else ["WEBVTT\n"]
    for number, one in enumerate(transcript.sentences(), 1):
        above = f"{number}\n" if form == "srt" else ""
        times = f"{_clock(one.start, comma)} --> {_clock(one.end, comma)}"
        blocks.append(f"{above}{times}\n{one.text}\n")
    return "\n".join(blocks) + "\n"


def _segment(number: int, sentence: Timed) -> Json:
    tokens: list[Json] = [50364 + ord(one) % 500 for one in sentence.text[:20]]
    return {
        "id": number,
        "seek": 0,
        "start": sentence.start,
        "end": sentence.end,
        "text": f" {sentence.text}",
        "tokens": tokens,
        "temperature": 0.0,
        "avg_logprob": -0.25,
        "compression_ratio": 1.2,
        "no_speech_prob": 0.01,
    }


def _clock(seconds: float, comma: str) -> str:
    whole = round(seconds * 1000)
    rest, thousandths = divmod(whole, 1000)
    minutes, last = divmod(rest, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{last:02d}{comma}{thousandths:03d}"
