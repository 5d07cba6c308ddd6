"""The stored form of plans: plain JSON, kept under a run and read again when it goes on."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.planning.plan import DEFAULT, Loop, Options, Plan, PlanNode, Save, Saved
from omnidsl.planning.values import TextInput, Value, from_json, to_json
from omnidsl.prompts import HouseRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omnidsl.plugins.media import JSON

FORMAT = 4
_READ = (1, 2, 3, 4)
"""Format 1 knew no conditions, loops over results or names that results give; format 2 no more of the rules than their name; format 3 no gateways of single services."""
_FIRST_RULES = "omniai"
"""What prompts were held to when plans did not say so."""


def read_plan(data: "Mapping[str, JSON]") -> Plan:
    """Read what `stored_plan` returned; ValueError for anything else."""
    if data.get("format") not in _READ:
        raise ValueError(f"a plan of format {data.get('format')!r}, this reads {FORMAT}")
    match data:
        case {
            "recipe": str(recipe),
            "pipeline": str(pipeline),
            "gateway": str(gateway),
            "bindings": bindings,
            "nodes": [*nodes],
            "saves": [*saves],
            "returns": returns,
        }:
            return Plan(
                recipe,
                pipeline,
                gateway,
                _mapping(bindings),
                tuple(_node_from_json(one) for one in nodes),
                tuple(_save_from_json(one) for one in saves),
                from_json(returns),
                tuple(_loop_from_json(one) for one in _list(data.get("loops", []))),
                _house_from_json(data.get("rules", _FIRST_RULES)),
                _identities(data.get("gateways", {})),
            )
    raise ValueError("a stored plan lacks a part")


def stored_plan(plan: Plan) -> "dict[str, JSON]":
    """Return a plan in its stored form."""
    return {
        "format": FORMAT,
        "recipe": plan.recipe,
        "pipeline": plan.pipeline,
        "gateway": plan.gateway,
        "bindings": dict(plan.bindings),
        "nodes": [_node_to_json(one) for one in plan.nodes],
        "saves": [
            {
                "value": to_json(one.value),
                "path": to_json(one.path),
                "line": one.line,
                **_conditions(one.when, one.after),
            }
            for one in plan.saves
        ],
        "returns": to_json(plan.returns),
        "loops": [
            {
                "values": to_json(one.values),
                "most": one.most,
                "line": one.line,
                **_conditions(one.when, ()),
            }
            for one in plan.loops
        ],
        "rules": _house_to_json(plan.rules),
        **({"gateways": dict(plan.gateways)} if plan.gateways else {}),
    }


def _house_to_json(house: HouseRules) -> "JSON":
    """Return what a prompt that waits for results will be held to: the name of a rule set, or that and what goes over it.

    The vocabulary is left out: what a plan holds has been looked up.
    """
    over: dict[str, JSON] = {
        "default-version": house.default_version,
        "plan": house.plan,
        "allow-params": list(house.allowed),
        "banned-words": list(house.banned),
        "max-prompt-length": house.length,
        "plugin-rules": list(house.rows),
    }
    said = {name: value for name, value in over.items() if value}
    return {"name": house.name, **said} if said else house.name


def _house_from_json(data: "JSON") -> HouseRules:
    match data:
        case str(name):
            return HouseRules(name)
        case {"name": str(name), **over}:
            length, plan = over.get("max-prompt-length"), over.get("plan", "")
            version = over.get("default-version", "")
            if (
                isinstance(version, str)
                and isinstance(plan, str)
                and isinstance(length, int | None)
            ):
                return HouseRules(
                    name,
                    default_version=version,
                    plan=plan,
                    allowed=_texts(over.get("allow-params", [])),
                    banned=_texts(over.get("banned-words", [])),
                    length=length,
                    rows=_texts(over.get("plugin-rules", [])),
                )
    raise ValueError(f"a stored plan has rules that are none: {data!r}")


def _identities(data: "JSON") -> dict[str, str]:
    found = _mapping(data)
    if all(isinstance(one, str) for one in found.values()):
        return {name: str(one) for name, one in found.items()}
    raise ValueError(f"a stored plan has no names of gateways where they belong: {data!r}")


def _texts(data: object) -> list[str]:
    if isinstance(data, list) and all(isinstance(one, str) for one in data):
        return data
    raise ValueError(f"a stored plan has no list of texts where one belongs: {data!r}")


def _conditions(when: Value, after: tuple[str, ...]) -> "dict[str, JSON]":
    """Return what only a statement that depends on results has."""
    found: dict[str, JSON] = {}
    if when is not None:
        found["when"] = to_json(when)
    if after:
        found["after"] = list(after)
    return found


def _node_to_json(node: PlanNode) -> "dict[str, JSON]":
    options: dict[str, JSON] = {
        name: getattr(node.options, name)
        for name in Options.__match_args__
        if getattr(node.options, name) != getattr(DEFAULT, name)
    }
    return {
        "id": node.id,
        "operation": node.operation,
        "arguments": {name: to_json(value) for name, value in node.arguments.items()},
        "key": node.key,
        "take": node.take,
        "result": node.result,
        "expects": node.expects,
        "options": options,
        "line": node.line,
        **_conditions(node.when, node.after),
    }


def _node_from_json(data: "JSON") -> PlanNode:
    match data:
        case {
            "id": str(node_id),
            "operation": str(operation),
            "arguments": arguments,
            "key": str(key),
            "take": int(take),
            "result": str(result),
            "expects": str(expects),
            "options": options,
            "line": int(line),
        }:
            values = {name: from_json(value) for name, value in _mapping(arguments).items()}
            read = _options_from_json(_mapping(options))
            when, after = _conditions_from_json(_mapping(data))
            return PlanNode(
                node_id, operation, values, key, take, result, expects, read, line, when, after
            )
    raise ValueError(f"a stored plan has a broken step: {data!r}")


def _options_from_json(data: "dict[str, JSON]") -> Options:
    for name, value in data.items():
        kinds = _KINDS.get(name, ())
        if type(value) not in kinds or (name == "on_ambiguous" and value not in _AMBIGUOUS):
            raise ValueError(f"a stored plan has unknown options: {name}={value!r}")
    return Options(**data)  # type: ignore[arg-type]  # names and types were looked at above


_NONE = type(None)
_KINDS = {
    "timeout": (int, float, _NONE),
    "retries": (int, _NONE),
    "repurchase": (int,),
    "take": (int, _NONE),
    "cache": (bool,),
    "on_ambiguous": (str, _NONE),
}
_AMBIGUOUS = ("hold", "resubmit", "fail", None)


def _mapping(data: "JSON") -> "dict[str, JSON]":
    if isinstance(data, dict):
        return data
    raise ValueError(f"a stored plan has no object where one belongs: {data!r}")


def _save_from_json(data: "JSON") -> Save:
    match data:
        case {"value": value, "path": path, "line": int(line)}:
            read, name = from_json(value), from_json(path)
            if isinstance(read, Saved) and isinstance(name, str | TextInput):
                return Save(read, name, line, *_conditions_from_json(_mapping(data)))
    raise ValueError(f"a stored plan has a broken save: {data!r}")


def _loop_from_json(data: "JSON") -> Loop:
    match data:
        case {"values": values, "most": int(most), "line": int(line)}:
            return Loop(from_json(values), most, line, _conditions_from_json(_mapping(data))[0])
    raise ValueError(f"a stored plan has a broken loop: {data!r}")


def _conditions_from_json(data: "dict[str, JSON]") -> tuple[Value, tuple[str, ...]]:
    after = tuple(one for one in _list(data.get("after", [])) if isinstance(one, str))
    return from_json(data.get("when")), after


def _list(data: "JSON") -> "list[JSON]":
    if isinstance(data, list):
        return data
    raise ValueError(f"a stored plan has no list where one belongs: {data!r}")
