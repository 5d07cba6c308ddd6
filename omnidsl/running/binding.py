"""From a plan's values to a call: results filled in, files checked against the plan, everything validated again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from omnidsl.checking.pictures import LARGEST
from omnidsl.checking.values import Raw
from omnidsl.planning.keys import canonical_arguments, content_key
from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import (
    Computed,
    FileInput,
    MessagesInput,
    Pending,
    PromptInput,
    Ref,
    TextInput,
    Value,
    refs,
)
from omnidsl.plugins.annotations import Accepts, accepted
from omnidsl.plugins.declarations import Operation
from omnidsl.plugins.errors import ArgumentError, DeclarationError, PluginError, TooLongError
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON, Artifact, Handle, Message, Messages, PromptJob
from omnidsl.prompts import HouseRules
from omnidsl.running.artifacts import ArtifactStore, as_type
from omnidsl.running.errors import StepError
from omnidsl.running.expectations import Expectation
from omnidsl.running.reading import Absent, Reading, item_of, no_part, reading_of, written
from omnidsl.running.results import Result

_MEDIA = ("image", "grid", "audio", "video")


@attrs.frozen
class Bound:
    """A request that is ready: its operation with bound arguments, its content key, what its answer must be.

    `canonical` are the arguments as the key names them.
    """

    operation: Operation[Any]
    arguments: Mapping[str, object]
    content: str
    expectation: Expectation | None
    canonical: Mapping[str, JSON]


class Binder:
    """Binds the steps of one run; `gateway` names the one of an operation, `project` is the folder that a plan's paths start from.

    `rules` is what prompts are held to.
    """

    def __init__(
        self,
        gateway: Callable[[str], str],
        project: Path,
        store: ArtifactStore,
        plugins: Plugins,
        *,
        rules: HouseRules,
    ) -> None:
        self._gateway = gateway
        self._rules = rules
        self._project = project
        self._store = store
        self._plugins = plugins
        self._turn = asyncio.Lock()
        self._accepts: dict[str, Mapping[str, Accepts]] = {}

    async def bind(self, node: PlanNode, results: Mapping[str, Result]) -> Bound:
        """Return the call of a step; StepError says what stands against it.

        What it needs is in `results` unless it was skipped; Absent is raised where the step cannot do without.

        One at a time and first come first served, so that a step with a file to read keeps its place in the queue.
        """
        async with self._turn:
            return await self._bind(node, reading_of(results))

    async def _bind(self, node: PlanNode, reading: Reading) -> Bound:
        try:
            operation = self._plugins.operation(node.operation)
        except KeyError:
            raise StepError(
                "plan-broken", words=f"no installed plugin brings `{node.operation}`"
            ) from None
        except PluginError as error:
            raise StepError("plugin", service=error.plugin, words=error.problem) from error
        fields = self._accepts.get(node.operation)
        if fields is None:
            fields = self._accepts[node.operation] = _accepts(operation)
        if unknown := sorted(set(node.arguments) - set(fields)):
            raise StepError(
                "plan-broken", words=f"`{node.operation}` has no argument `{unknown[0]}`"
            )
        arguments = {
            name: await self._value(value, fields[name], reading)
            for name, value in node.arguments.items()
        }
        gateway = self._gateway(node.operation)
        _stay_at(gateway, arguments.values(), node)
        try:
            instance = operation(**arguments)
        except TooLongError as error:
            name, length, most = error.parameter, error.length, error.most
            raise StepError("too-long-at-once", name=name, length=length, most=most) from None
        except (ArgumentError, DeclarationError) as error:
            raise StepError("argument", words=str(error)) from None
        except TypeError as error:
            raise StepError("plan-broken", words=f"`{node.operation}`: {error}") from None
        values = {name: getattr(instance, name) for name in fields}
        canonical = canonical_arguments(values, node.expects)
        content = content_key(gateway, node.operation, canonical)
        expectation = Expectation(node.expects) if node.expects else None
        return Bound(instance, values, content, expectation, canonical)

    async def _value(self, value: Value, accepts: Accepts, reading: Reading) -> object:
        match value:
            case Computed():
                found = reading.settled(value)
                if isinstance(found, str) and accepts.types == ("prompt",):
                    return _checked(_neutral(found), rules=self._rules)
                return await self._value(found, accepts, reading)
            case tuple():
                return [one async for one in self._each(value, accepts, reading)]
            case Ref():
                return self._result(value, accepts, reading)
            case TextInput():
                return "".join(reading.text(one) for one in value.parts)
            case FileInput():
                return _as_accepted(await self.file(value), accepts, value.path)
            case PromptInput():
                return await self._prompt(value, reading)
            case MessagesInput():
                turns = [
                    Message(
                        turn.role, tuple([await self._said(one, reading) for one in turn.parts])
                    )
                    for turn in value.turns
                ]
                return Messages(tuple(turns))
            case str() if accepts.types == ("prompt",):
                return PromptJob(value)
        return value

    async def _each(
        self, items: tuple[Value, ...], accepts: Accepts, reading: Reading
    ) -> AsyncIterator[object]:
        """Yield the items of a list but those that skipped steps would have given."""
        for one in items:
            with contextlib.suppress(Absent):
                yield await self._value(one, attrs.evolve(accepts, many=False), reading)

    def _result(self, ref: Ref, accepts: Accepts, reading: Reading) -> object:
        if accepts.handle and not ref.part:
            return self.handle(reading.result(ref.node))
        if reading.shows(ref):
            whole = accepts.many and not ref.part.endswith("]")
            return [*reading.artifacts(ref)] if whole else _medium(ref, reading)
        if accepts.types == ("prompt",):
            return _checked(_neutral(written(reading.fact(ref))), rules=self._rules)
        return reading.fact(ref)

    def handle(self, result: Result) -> Handle[Artifact]:
        """Return the finished task that a step left at its gateway; StepError for what none can be made of."""
        if result.task_id is None:
            raise no_part(result, "task_id")
        return Handle(
            result.gateway, result.account, result.task_id, result.step, result.number, result.facts
        )

    async def _said(self, part: str | Pending | FileInput, reading: Reading) -> str | Artifact:
        """Return one part of a turn: a picture where the result is one, else its text."""
        if isinstance(part, str):
            return part
        found = reading.settled(part)
        if isinstance(found, FileInput):
            return await self.file(found)
        if isinstance(found, Ref) and reading.shows(found):
            return _medium(found, reading)
        return written(reading.known(found))

    async def _prompt(self, value: PromptInput, reading: Reading) -> PromptJob:
        texts = [one if isinstance(one, str) else _filled(one, reading) for one in value.parts]
        images = [await self._picture(one, reading) for one in value.images]
        job = PromptJob("".join(texts), tuple(images))
        if not any(True for _ in refs(value)):
            return job
        return _checked(job.text, job.images, rules=self._rules)

    async def _picture(self, planned: FileInput | Pending, reading: Reading) -> Artifact:
        """Return a reference picture; what a step gave may be too large for one."""
        found = reading.settled(planned)
        if isinstance(found, FileInput):
            return as_type(await self.file(found), "image")
        if not isinstance(found, Ref):
            raise StepError("plan-broken", words=f"{found!r} is no picture")
        picture = as_type(reading.artifact(found), "image")
        if picture.size > LARGEST:
            size = f"{picture.size / LARGEST:.2f}"
            raise StepError("picture-too-large", node=found.node, size=size)
        return picture

    async def file(self, planned: FileInput) -> Artifact:
        """Return a file of the plan out of the store, put there now if it still is what was planned."""
        known = self._store.find(planned.sha256)
        if known is None:
            known = await asyncio.to_thread(self._add, planned)
        if known.sha256 != planned.sha256:
            raise StepError("file-changed", path=planned.path)
        return known

    def _add(self, planned: FileInput) -> Artifact:
        path = self._project / planned.path
        try:
            if not path.resolve().is_relative_to(self._project.resolve()):
                raise StepError("file-outside", path=planned.path)
            if path.stat().st_size != planned.size:
                raise StepError("file-changed", path=planned.path)
            return self._store.add(path)
        except (OSError, ValueError) as error:
            raise StepError("file-missing", path=planned.path, words=str(error)) from None


def _stay_at(gateway: str, values: Iterable[object], node: PlanNode) -> None:
    """Refuse tasks of another gateway than the one that a call goes to: it does not know them."""
    for value in values:
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, Handle) and one.gateway != gateway:
                raise StepError("other-gateway", node=node.id, theirs=one.gateway, gateway=gateway)


def _accepts(operation: type[Operation[Any]]) -> Mapping[str, Accepts]:
    """Return what each argument of an operation accepts."""
    if not attrs.has(operation):
        raise StepError("plan-broken", words=f"{operation.__name__} is no attrs class")
    return {one.name: accepted(one.type) for one in attrs.fields(attrs.resolve_types(operation))}


def _as_accepted(file: Artifact, accepts: Accepts, path: str) -> Artifact:
    """Return a file of the project as what it is among the media that an argument takes; StepError where it is none."""
    kinds = [one for one in _MEDIA if one in accepts.types]
    own = file.media_type.partition("/")[0]
    if own in _MEDIA and own not in kinds and kinds != ["grid"]:
        # Sound may lie in a container of films, and the other way round.
        if {own, *kinds} <= {"audio", "video"}:
            return as_type(file, kinds[0])
        raise StepError("wrong-medium", path=path, found=file.media_type, wanted=" ".join(kinds))
    return as_type(file, own if own in kinds else kinds[0] if kinds else "image")


def _medium(ref: Ref, reading: Reading) -> Artifact:
    """Return the file that a reference means, as what it is there: a part as itself, the sheet of a grid as a picture."""
    artifact, result = reading.artifact(ref), reading.result(ref.node)
    if any(artifact is one for files in result.parts.values() for one in files):
        return artifact
    return as_type(artifact, "image" if ref.part == "sheet" else item_of(result.type))


def _filled(part: Pending, reading: Reading) -> str:
    """Return a result as it stands in a prompt: data, unless the recipe says `raw`."""
    found = reading.known(part)
    return str(found) if isinstance(found, Raw) else _neutral(reading.text(part))


def _neutral(text: str) -> str:
    from omnidsl.prompts import neutralise

    return neutralise(text)


def _checked(text: str, images: tuple[Artifact, ...] = (), *, rules: HouseRules) -> PromptJob:
    """Return the job of a prompt that results were filled into, judged again, whole."""
    from omnidsl.prompts import parse

    parsed = parse(text, rules=rules.rules, files=len(images))
    errors = [one.message("en") for one in parsed.diagnostics if one.severity == "error"]
    if errors or parsed.permutations != 1:
        raise StepError(
            "invalid-prompt", words="; ".join(errors) or "it became several jobs", prompt=text
        )
    return PromptJob(text, images)
