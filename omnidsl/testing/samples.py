"""A sample as the recipe that makes it."""

import json
from collections.abc import Mapping, Sequence

from omnidsl.plugins.catalogue import Catalogue, OperationView
from omnidsl.testing.cases import Argument, Attached, Code, Part, Sample

MADE = "made"
"""The name of the last step."""


def recipe_of(sample: Sample, service: str, catalogue: Catalogue, *, copies: int = 1) -> str:
    """Return a recipe whose last step is the sample's; with `copies` it is there so often (`made`, `made_2`, …).

    KeyError for an operation that no installed service has.
    """
    prompts: list[str] = []
    lines: list[str] = []
    names: dict[int, str] = {}
    for number, one in enumerate(sample.before, 1):
        names[id(one)] = f"before_{number}"
        lines.append(f"{names[id(one)]} = {_call(one, service, catalogue, names, prompts)}")
    for number in range(1, copies + 1):
        name = MADE if number == 1 else f"{MADE}_{number}"
        lines.append(f"{name} = {_call(sample, service, catalogue, names, prompts)}")
    body = "\n".join(f"    {line}" for line in [*lines, f"return {MADE}"])
    return "\n".join([*prompts, f"pipeline main {{\n{body}\n}}", ""])


def files_of(sample: Sample) -> list[Attached]:
    """Return the files that a sample and the steps before it need."""
    found: list[Attached] = []
    for one in (sample, *sample.before):
        for value in one.arguments.values():
            items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            found += [item for item in items if isinstance(item, Attached)]
    return found


def view_of(sample: Sample, service: str, catalogue: Catalogue) -> OperationView:
    """Return the declaration of a sample's operation."""
    home, _, name = f"{service}.{sample.operation}".rpartition(".")
    home = home.partition(".")[2] or home
    return catalogue.services[home].operations[name]


def _call(
    sample: Sample,
    service: str,
    catalogue: Catalogue,
    names: Mapping[int, str],
    prompts: list[str],
) -> str:
    view = view_of(sample, service, catalogue)
    texts: dict[str, str] = {}
    for name, value in sample.arguments.items():
        accepts = view.parameters[name].accepts if name in view.parameters else ()
        if isinstance(value, str) and "prompt" in accepts and "text" not in accepts:
            prompts.append(f"prompt sample_{len(prompts) + 1} {{\n    {value}\n}}")
            texts[name] = f"sample_{len(prompts)}"
        else:
            texts[name] = _expression(value, names)
    subject = view.subject
    left = texts.pop(subject.name) + " -> " if subject and subject.name in texts else ""
    given = ", ".join(f"{name}: {text}" for name, text in texts.items())
    return f"{left}{view.full_name}({given})"


def _expression(value: Argument, names: Mapping[int, str]) -> str:
    match value:
        case Sample():
            return names[id(value)]
        case Part(of, path):
            return f"{names[id(of)]}.{path}"
        case Code(text):
            return text
        case Attached(name):
            return f"file({_text(name)})"
        case str():
            return _text(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:.15g}" if isinstance(value, float) else str(value)
    return "[" + ", ".join(_expression(one, names) for one in value) + "]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "\\${")
