"""A gallery as one HTML file: no script, nothing from elsewhere, every text escaped.

Files go in piece by piece, so that a large run takes little memory.
"""

import base64
import html
import os
import re
import time
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from omnidsl import __version__
from omnidsl.language.catalogue import preferred_language
from omnidsl.planning.money import amount
from omnidsl.reporting.gallery.album import Album, Card, Medium
from omnidsl.reporting.overview import duration
from omnidsl.reporting.progress_words import Words
from omnidsl.running.history import TROUBLE, StepRecord
from omnidsl.running.words import words as reason_words

LARGEST = 64
"""Megabytes of one file that goes into the page, unless somebody says otherwise."""

_PIECE = 3 * 2**16
"""Bytes that are encoded at a time; a multiple of three, so that pieces can be joined."""

_TYPE = re.compile(r"(image|audio|video)/[\w.+-]+")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_POLICY = "default-src 'none'; img-src data:; media-src data: file:; style-src 'unsafe-inline'"
"""What a browser may do with the page, whatever came into it."""


class Gallery:
    """Writes one album. `folder` is where the page will lie: saved files that are too large are named from there.

    `project` is the folder that the names of saved files begin at; `largest` is in bytes, for a file that goes in.
    """

    def __init__(
        self, album: Album, *, project: Path, folder: Path, largest: int = LARGEST << 20
    ) -> None:
        self._album = album
        self._project = project
        self._folder = folder
        self._largest = largest
        self._language = preferred_language()
        self._labels = Words(self._language)

    def write(self, file: BinaryIO) -> None:
        """Write the page to an open file."""
        file.writelines(
            piece if isinstance(piece, bytes) else piece.encode() for piece in self._pieces()
        )

    def _pieces(self) -> Iterator[str | bytes]:
        album = self._album
        run = album.run
        recipe = Path(run.recipe).name or run.pipeline
        yield "<!doctype html>\n"
        yield f'<html lang="{"zh-Hans" if self._language == "zh" else "en"}">\n<head>\n'
        yield '<meta charset="utf-8">\n'
        yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        yield '<meta name="referrer" content="no-referrer">\n'
        yield f"<title>{self._word('title', recipe=recipe, run=run.run)}</title>\n"
        yield f"<style>\n{_style()}</style>\n</head>\n<body>\n"
        yield from self._header(recipe)
        yield "<main>\n"
        troubled = [one for one in album.cards if one.step.state in TROUBLE]
        works = [one for one in album.cards if one.media or one.text]
        yield from self._section("trouble", [one for one in troubled if one not in works])
        if works or not troubled:
            yield from self._section("works", works, empty=self._word("nothing"))
        yield from self._rest([one for one in album.cards if one not in works + troubled])
        yield f"</main>\n<footer>{self._word('made', version=__version__)}</footer>\n"
        yield "</body>\n</html>\n"

    def _header(self, recipe: str) -> Iterator[str]:
        run = self._album.run
        pipeline = f" <span class=quiet>{_text(run.pipeline)}</span>" if run.pipeline else ""
        state = f'<span class="state {run.state}">{_text(self._labels(f"run-{run.state}"))}</span>'
        yield f"<header>\n<h1>{_text(recipe)}{pipeline} {state}</h1>\n"
        rows = [
            (self._word("run"), _text(run.run)),
            ("", _text(time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started)))),
            (self._word("gateway"), _text(", ".join((run.gateway, *run.gateways)))),
            ("", self._word("steps", done=run.done + run.reused, steps=run.steps)),
            (self._word("cost"), self._money(run.charged, run.reserved)),
        ]
        if run.ended is not None:
            rows.append((self._word("took"), _text(duration(run.ended - run.started))))
        yield '<dl class="meta">\n'
        for name, value in rows:
            named = f"<dt>{name}</dt>" if name else ""
            yield f"<div>{named}<dd>{value}</dd></div>\n"
        yield "</dl>\n"
        if self._album.simulated:
            yield f'<p class="banner">{self._word("simulated")}</p>\n'
        yield "</header>\n"

    def _section(self, title: str, cards: Sequence[Card], empty: str = "") -> Iterator[str | bytes]:
        if not cards and not empty:
            return
        yield f'<section>\n<h2>{self._word(title)}</h2>\n<div class="cards">\n'
        for one in cards:
            yield from self._card(one)
        yield f"</div>\n{'' if cards else f'<p class=quiet>{empty}</p>'}</section>\n"

    def _card(self, card: Card) -> Iterator[str | bytes]:
        step = card.step
        wide = " wide" if len(card.media) > 4 else ""
        yield f'<article class="card {step.state}{wide}">\n'
        if card.media:
            yield '<div class="media">\n'
            for number, one in enumerate(card.media, 1):
                yield from self._medium(one, f"{step.node} {number}")
            yield "</div>\n"
        yield f'<div class="inner">\n<div class="head"><h3>{_text(step.node)}</h3>{self._state(step)}</div>\n'
        yield from self._trouble(step)
        if card.prompt:
            yield f'<p class="prompt">{_text(card.prompt)}</p>\n'
        if card.parameters:
            items = "".join(
                f"<li>{_text(f'{name} {value}')}</li>" for name, value in card.parameters
            )
            yield f'<ul class="chips">{items}</ul>\n'
        if card.text:
            yield f'<p class="text">{_text(card.text)}</p>\n'
        yield from self._details(card)
        yield "</div>\n</article>\n"

    def _state(self, step: StepRecord) -> str:
        return (
            f'<span class="state {step.state}">{_text(self._labels(f"step-{step.state}"))}</span>'
        )

    def _trouble(self, step: StepRecord) -> Iterator[str]:
        if not step.reason and not step.values:
            return
        words = str(step.values.get("words", ""))
        if step.reason:
            words = reason_words(step.reason, step.values, language=self._language)
        yield f'<p class="why">{_marked(words)}</p>\n'
        if step.reason:
            help_words = reason_words(
                step.reason, step.values, part="help", language=self._language
            )
            yield f'<p class="quiet">{_marked(help_words)}</p>\n' if help_words else ""
        for command in step.commands:
            yield f"<p><span class=quiet>{self._word('to-do')}</span> <code>{_text(command)}</code></p>\n"

    def _details(self, card: Card) -> Iterator[str]:
        step = card.step
        rows = [(self._word("operation"), step.operation), *card.arguments, *card.facts]
        if step.charged or step.reserved:
            rows.append(
                (self._word("cost"), html.unescape(self._money(step.charged, step.reserved)))
            )
        rows += [(self._word("saved"), one.saved) for one in card.media if one.saved]
        rows += [(self._word("task"), step.task)] if step.task else []
        rows += [(self._word("attempt"), step.attempt)] if step.attempt else []
        yield f"<details><summary>{self._word('details')}</summary>\n<table>\n"
        for name, value in rows:
            yield f"<tr><td>{_text(name)}</td><td>{_text(value)}</td></tr>\n"
        yield "</table></details>\n"

    def _rest(self, cards: Sequence[Card]) -> Iterator[str]:
        if not cards:
            return
        yield f"<details><summary>{self._word('rest', count=len(cards))}</summary>\n<table>\n"
        for one in cards:
            label = self._labels(f"step-{one.step.state}")
            yield f"<tr><td>{_text(one.step.node)}</td><td>{_text(label)} · {_text(one.step.operation)}</td></tr>\n"
        yield "</table></details>\n"

    # ---- files

    def _medium(self, medium: Medium, name: str) -> Iterator[str | bytes]:
        named = medium.saved or f"{name}{f' {medium.part}' if medium.part else ''}"
        if medium.path is None:
            yield self._note("gone", named, medium)
        elif medium.size > self._largest or not _TYPE.fullmatch(medium.media_type):
            yield from self._linked(medium, named)
        elif medium.kind == "image":
            label = self._word("enlarge", name=named)
            yield f'<label><input type="checkbox" class="zoom" aria-label="{label}"><img loading="lazy" alt="{_text(named)}" src="'
            yield from _data_url(medium)
            yield '"></label>\n'
        else:
            element = "audio" if medium.kind == "audio" else "video"
            sound = ' class="sound"' if element == "audio" else ""
            yield f'<div{sound}><{element} controls preload="metadata" src="'
            yield from _data_url(medium)
            yield f'"></{element}><span class="quiet">{_text(named)}</span></div>\n'

    def _linked(self, medium: Medium, named: str) -> Iterator[str]:
        saved = self._project / medium.saved if medium.saved else None
        if saved is None or not saved.is_file():
            yield self._note("lies-apart", named, medium)
            return
        below = os.path.relpath(saved.absolute(), self._folder.absolute())
        address = quote(Path(below).as_posix())
        words = self._word("linked", name=named, size=_size(medium.size))
        yield f'<div class="note"><a href="{_text(address)}">{words}</a></div>\n'

    def _note(self, key: str, name: str, medium: Medium) -> str:
        return (
            f'<div class="note quiet">{self._word(key, name=name, size=_size(medium.size))}</div>\n'
        )

    # ---- words

    def _money(self, charged: int, reserved: int) -> str:
        currency = self._album.run.currency
        if not charged and not reserved:
            return self._word("none-paid")
        parts = [f"{currency} {amount(charged)}".strip()]
        if reserved:
            parts.append(self._word("reserved", amount=amount(reserved)))
        simulated = self._labels("is-simulated") if self._album.simulated else ""
        return _text(" · ".join(parts) + simulated)

    def _word(self, key: str, **values: object) -> str:
        """Return a phrase, ready for the page."""
        return _text(_phrases()[key][self._language].format_map(values))


def _data_url(medium: Medium) -> Iterator[str | bytes]:
    yield f"data:{medium.media_type};base64,"
    if medium.path is None:
        return
    with medium.path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield base64.b64encode(piece)


def _text(words: str) -> str:
    """Return any text as it may stand between tags and in quoted attributes."""
    return html.escape(_UNSAFE.sub("\ufffd", words), quote=True)


def _marked(words: str) -> str:
    """Return a message with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(words))


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(1, count >> 10)} KB"


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text("utf-8")


@cache
def _phrases() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
