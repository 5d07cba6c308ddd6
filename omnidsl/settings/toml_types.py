"""What TOML calls the types of values, in findings about settings."""

_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "float",
    list: "array",
    dict: "table",
}
EXPECTED = {
    "text": "string",
    "number": "float",
    "duration": "string",
    "accounts": "table of strings",
    "limits-by-service": "table of tables",
    "services": "table of tables",
    "plugin-tables": "table of tables",
    "flag": "boolean",
    "count": "integer",
    "codes": "array of strings",
    "patterns": "array of strings",
    "files": "array of strings",
    "folders": "array of strings",
    "distributions": "array of strings",
    "codes-by-pattern": "table of arrays of strings",
    "names": "array of strings",
    "words": "array of strings",
    "money": "number",
    "prices": "table",
}
"""What a setting of each kind must be."""


def toml_type(value: object) -> str:
    """Return the type of a value that tomllib has read."""
    return _TYPES.get(type(value), "datetime")
