"""`pick(grid)`: the one operation that no service brings, since a person answers it."""

from omnidsl.plugins.catalogue import OperationView

PICK = OperationView(
    "",
    "pick",
    {
        "doc": "Ask a person which picture of a grid to take.",
        "kind": "task",
        "result": "int(1..4)",
        "deterministic": False,
        "on_ambiguous": "hold",
        "parameters": [
            {"name": "grid", "accepts": ["grid"], "required": True, "handle": True, "subject": True}
        ],
    },
)
