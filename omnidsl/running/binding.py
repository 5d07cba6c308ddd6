"""From a plan's values to a call: results filled in, files checked against the plan, everything validated again."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from omnidsl.planning.keys import canonical_arguments, content_key
from omnidsl.planning.plan import PlanNode
from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TextInput, Value
from omnidsl.plugins.declarations import Accepts, Operation, accepted
from omnidsl.plugins.errors import ArgumentError, DeclarationError
from omnidsl.plugins.manager import Plugins
from omnidsl.plugins.media import JSON, Artifact, Handle, Message, Messages, PromptJob
from omnidsl.running.artifacts import FolderStore, as_type
from omnidsl.running.errors import StepError
from omnidsl.running.expectations import Expectation
from omnidsl.running.results import Result

_MEDIA = ("image", "grid", "audio", "video")


@attrs.frozen
class Bound:
    """A request that is ready: its operation with bound arguments, its content key, what its answer must be."""

    operation: Operation[Any]
    arguments: Mapping[str, object]
    content: str
    expectation: Expectation | None


class Binder:
    """Binds the steps of one run at one gateway; `project` is the folder that a plan's paths start from."""

    def __init__(self, gateway: str, project: Path, store: FolderStore, plugins: Plugins) -> None:
        self._gateway = gateway
        self._project = project
        self._store = store
        self._plugins = plugins
        self._turn = asyncio.Lock()

    async def bind(self, node: PlanNode, results: Mapping[str, Result]) -> Bound:
        """Return the call of a step whose needs are in `results`; StepError says what stands against it.

        One at a time and first come first served, so that a step with a file to read keeps its place in the queue.
        """
        async with self._turn:
            return await self._bind(node, results)

    async def _bind(self, node: PlanNode, results: Mapping[str, Result]) -> Bound:
        try:
            operation = self._plugins.operation(node.operation)
        except KeyError:
            raise StepError(
                "plan-broken", words=f"no installed plugin brings `{node.operation}`"
            ) from None
        fields = _accepts(operation)
        if unknown := sorted(set(node.arguments) - set(fields)):
            raise StepError(
                "plan-broken", words=f"`{node.operation}` has no argument `{unknown[0]}`"
            )
        arguments = {
            name: await self._value(value, fields[name], results)
            for name, value in node.arguments.items()
        }
        try:
            instance = operation(**arguments)
        except (ArgumentError, DeclarationError) as error:
            raise StepError("argument", words=str(error)) from None
        except TypeError as error:
            raise StepError("plan-broken", words=f"`{node.operation}`: {error}") from None
        values = {name: getattr(instance, name) for name in fields}
        content = content_key(
            self._gateway, node.operation, canonical_arguments(values, node.expects)
        )
        return Bound(instance, values, content, Expectation(node.expects) if node.expects else None)

    async def _value(self, value: Value, accepts: Accepts, results: Mapping[str, Result]) -> object:
        match value:
            case tuple():
                return [await self._value(one, accepts, results) for one in value]
            case Ref():
                return self._result(value, accepts, results)
            case TextInput():
                return "".join(self._text(one, results) for one in value.parts)
            case FileInput():
                kind = next((one for one in _MEDIA if one in accepts.types), "image")
                return as_type(await self.file(value), kind)
            case PromptInput():
                return await self._prompt(value, results)
            case MessagesInput():
                turns = [
                    Message(
                        turn.role, tuple([await self._said(one, results) for one in turn.parts])
                    )
                    for turn in value.turns
                ]
                return Messages(tuple(turns))
            case str() if accepts.types == ("prompt",):
                return PromptJob(value)
        return value

    def _result(self, ref: Ref, accepts: Accepts, results: Mapping[str, Result]) -> object:
        result = results[ref.node]
        if accepts.handle and not ref.part:
            return self._handle(result)
        if ref.part == "sheet" or (not ref.part and result.files):
            return _picture(ref, result)
        if accepts.types == ("prompt",):
            return _checked(_neutral(self._text(ref, results)))
        return self._part(ref, results)

    def _handle(self, result: Result) -> Handle[Artifact]:
        if result.gateway != self._gateway:
            raise StepError(
                "other-gateway", node=result.node, theirs=result.gateway, gateway=self._gateway
            )
        if result.task_id is None:
            raise _no_part(result, "task_id")
        return Handle(
            self._gateway, result.account, result.task_id, result.step, result.number, result.facts
        )

    def _part(self, ref: Ref, results: Mapping[str, Result]) -> JSON:
        result = results[ref.node]
        found: JSON
        match ref.part:
            case "":
                found = result.value
            case "text":
                found = result.text
            case part:
                found = result.facts.get(part)
        if found is None:
            raise _no_part(result, ref.part or "text")
        return found

    def _text(self, part: str | Ref, results: Mapping[str, Result]) -> str:
        if isinstance(part, str):
            return part
        return written(self._part(part, results))

    async def _said(
        self, part: str | Ref | FileInput, results: Mapping[str, Result]
    ) -> str | Artifact:
        """Return one part of a turn: a picture where the result is one, else its text."""
        if isinstance(part, FileInput):
            return await self.file(part)
        if isinstance(part, Ref) and (
            part.part == "sheet" or (not part.part and results[part.node].files)
        ):
            return _picture(part, results[part.node])
        return self._text(part, results)

    async def _prompt(self, value: PromptInput, results: Mapping[str, Result]) -> PromptJob:
        texts = [
            one if isinstance(one, str) else _neutral(self._text(one, results))
            for one in value.parts
        ]
        images = [
            as_type(
                await self.file(one)
                if isinstance(one, FileInput)
                else _picture(one, results[one.node]),
                "image",
            )
            for one in value.images
        ]
        job = PromptJob("".join(texts), tuple(images))
        return (
            job
            if all(isinstance(one, str) for one in value.parts)
            else _checked(job.text, job.images)
        )

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


def written(found: JSON) -> str:
    """Return a result as it stands in a text: items of a list one after another, an object as JSON."""
    match found:
        case bool():
            return "true" if found else "false"
        case list():
            return ", ".join(written(one) for one in found)
        case dict() | None:
            return json.dumps(found, ensure_ascii=False)
    return str(found)


def _accepts(operation: type[Operation[Any]]) -> Mapping[str, Accepts]:
    """Return what each argument of an operation accepts."""
    if not attrs.has(operation):
        raise StepError("plan-broken", words=f"{operation.__name__} is no attrs class")
    return {one.name: accepted(one.type) for one in attrs.fields(attrs.resolve_types(operation))}


def _picture(ref: Ref, result: Result) -> Artifact:
    if ref.part not in ("", "sheet") or not result.files:
        raise _no_part(result, ref.part or "picture")
    return as_type(result.files[0], "image" if ref.part == "sheet" else result.type)


def _no_part(result: Result, part: str) -> StepError:
    known = [name for name in ("text",) if result.text is not None] + sorted(result.facts)
    return StepError("no-such-part", node=result.node, part=part, known=", ".join(known))


def _neutral(text: str) -> str:
    from omnidsl.prompts import neutralise

    return neutralise(text)


def _checked(text: str, images: tuple[Artifact, ...] = ()) -> PromptJob:
    """Return the job of a prompt that results were filled into, judged again, whole."""
    from omnidsl.prompts import parse

    parsed = parse(text)
    errors = [one.message("en") for one in parsed.diagnostics if one.severity == "error"]
    if errors or parsed.permutations != 1:
        raise StepError(
            "invalid-prompt", words="; ".join(errors) or "it became several jobs", prompt=text
        )
    return PromptJob(text, images)
