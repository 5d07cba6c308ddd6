"""Calls as steps: Python values become those of a plan, and each call gets a name, a key and a take."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from omnidsl.planning.keys import canonical_arguments, content_key, step_key
from omnidsl.planning.plan import Options, PlanNode
from omnidsl.planning.takes import Takes
from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TurnInput, Value
from omnidsl.plugins.catalogue import OperationView, ParameterView
from omnidsl.plugins.media import Artifact, Messages, PromptJob
from omnidsl.prompts import Prompt
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.on_demand import OnDemand
from omnidsl.running.results import Result
from omnidsl.session.errors import CallError, unknown


class Steps:
    """Turns calls into steps, each with its own name, key and take."""

    def __init__(
        self,
        engine: OnDemand,
        gateway: Callable[[str], str],
        store: FolderStore,
        rules: object,
    ) -> None:
        self.engine = engine
        self._gateway = gateway
        self._store = store
        self._rules = rules
        self._takes = Takes()
        self._keys: dict[str, str] = {}
        self._names: Counter[str] = Counter()

    async def perform(
        self, view: OperationView, arguments: Mapping[str, object], options: Options, expects: str
    ) -> Result:
        """Return what a call makes."""
        known = view.parameters
        for name in arguments:
            if name not in known:
                raise CallError(unknown("argument", name, known, view.full_name))
        missing = [one.name for one in known.values() if one.required and one.name not in arguments]
        if missing:
            raise CallError(f"`{view.full_name}` needs " + ", ".join(f"`{one}`" for one in missing))
        values = {
            name: self._value(arguments.get(name, one.default), one)
            for name, one in known.items()
            if name in arguments or one.default is not None
        }
        node_id = self._name(view.name)
        canonical = canonical_arguments(values, expects, self._keys)
        content = content_key(self._gateway(view.full_name), view.full_name, canonical)
        take = self._takes.take(content, options.take or 1)
        self._keys[node_id] = key = step_key(content, take)
        made = expects.partition("(")[0] or view.result
        node = PlanNode(node_id, view.full_name, values, key, take, made, expects, options)
        return await self.engine.one(node)

    def _name(self, base: str) -> str:
        self._names[base] += 1
        count = self._names[base]
        return base if count == 1 else f"{base}[{count}]"

    def _value(self, value: object, parameter: ParameterView) -> Value:
        """Return a Python value as one of a plan."""
        match value:
            case Result():
                return self._result(value)
            case Artifact():
                return FileInput(str(value.path), value.sha256, value.size)
            case Path():
                return self._value(self._store.add(value), parameter)
            case PromptJob():
                return PromptInput((value.text,), tuple(map(_file_input, value.images)))
            case Prompt():
                return self._prompt(value)
            case str() if parameter.accepts == ("prompt",):
                return self._prompt(Prompt.parse(value))
            case Messages():
                turns = [
                    TurnInput(
                        turn.role,
                        tuple(
                            one if isinstance(one, str) else _file_input(one) for one in turn.parts
                        ),
                    )
                    for turn in value.turns
                ]
                return MessagesInput(tuple(turns))
            case list() | tuple():
                return tuple(self._value(one, parameter) for one in value)
            case None | bool() | int() | float() | str():
                return value
        raise CallError(
            f"`{parameter.name}` cannot hold a value of the type {type(value).__name__}"
        )

    def _result(self, result: Result) -> Value:
        """Return a result of this session as itself, and one from elsewhere as the file or the text that it is."""
        if self.engine.results.get(result.node) is result:
            return Ref(result.node)
        if result.files:
            return _file_input(result.files[0])
        return result.text or ""

    def _prompt(self, prompt: Prompt) -> PromptInput:
        """Return the one job of a prompt; RecipeError where it would be refused, CallError where it is several."""
        text = prompt.checked(self._rules)  # type: ignore[arg-type]  # the project's own
        jobs = prompt.expand()
        if len(jobs) != 1:
            raise CallError(
                f"the prompt makes {len(jobs)} jobs: call it for each of `prompt.expand()`"
            )
        if prompt.files:
            raise CallError("pictures of one's own go in as `PromptJob(text, images=(…,))`")
        return PromptInput((text,))


def _file_input(file: Artifact) -> FileInput:
    return FileInput(str(file.path), file.sha256, file.size)
