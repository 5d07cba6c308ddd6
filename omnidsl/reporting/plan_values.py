"""A plan's values and conditions as people read them."""

from omnidsl.language.catalogue import phrase
from omnidsl.planning.plan import Plan
from omnidsl.planning.values import (
    Computed,
    FileInput,
    MessagesInput,
    PromptInput,
    Ref,
    TextInput,
    Value,
)

_WORDS = ("and", "or", "in", "contains", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%")


def shown(value: Value) -> str:
    """Return a value: what a step gives stands in `‹ ›`."""
    match value:
        case Ref():
            return f"‹{value.node}{'.' if value.part else ''}{value.part}›"
        case Computed():
            return _computed(value)
        case TextInput() | PromptInput():
            return "".join(one if isinstance(one, str) else shown(one) for one in value.parts)
        case FileInput():
            return value.path
        case MessagesInput():
            return " ".join(shown(one) for turn in value.turns for one in turn.parts)
        case tuple():
            return "[" + ", ".join(shown(one) for one in value) + "]"
    return str(value)


def conditions(when: Value, plan: Plan) -> str:
    """Return under which conditions something happens; empty where it does in any case."""
    match when:
        case None:
            return ""
        case Computed(operation="and", arguments=[left, right]):
            return f"{conditions(left, plan)}, {conditions(right, plan)}"
        case Computed(operation="reaches", arguments=[values, _]):
            most = next((one.most for one in plan.loops if one.values == values), 0)
            return phrase("plan-rounds").format(values=shown(values), most=most)
        case Computed(operation="not", arguments=[condition]):
            return phrase("plan-unless").format(condition=shown(condition))
    return phrase("plan-if").format(condition=shown(when))


def _computed(value: Computed) -> str:
    match value.operation, value.arguments:
        case "if", [_, then]:
            return shown(then)
        case "if", [_, then, other]:
            return phrase("plan-or").format(one=shown(then), other=shown(other))
        case "index", [of, place]:
            return f"{shown(of)}[{shown(place)}]"
        case "part", [of, name]:
            return f"{shown(of)}.{name}"
        case (("-" | "+" | "not"), [operand]):
            between = " " if value.operation == "not" else ""
            return f"{value.operation}{between}{_written(operand)}"
        case operation, [left, right] if operation in _WORDS:
            return f"{_written(left)} {operation} {_written(right)}"
    return f"{value.operation}({', '.join(_written(one) for one in value.arguments)})"


def _written(value: Value) -> str:
    """Return a value as an expression has it: a text in quotes, what is computed in parentheses."""
    if isinstance(value, str | TextInput):
        return f'"{shown(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Computed) and value.operation in _WORDS:
        return f"({shown(value)})"
    return shown(value)
