"""Every setting: its dotted name, what it holds, its default, and one line about it. The JSON Schema is made from this."""

from omnidsl._typing import TYPE_CHECKING

OWN, SHARED = "omni.toml", "pyproject.toml"
"""The files that hold settings, in the order in which they are looked for."""

if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal[
        "text",
        "flag",
        "count",
        "money",
        "number",
        "duration",
        "accounts",
        "limits-by-service",
        "services",
        "codes",
        "patterns",
        "codes-by-pattern",
        "names",
        "words",
        "files",
        "folders",
        "distributions",
        "plugin-tables",
        "prices",
    ]

SEVERITIES = ("error", "warning", "info")
PLANS = ("basic", "standard", "pro", "mega")
EMITS = ("corrected", "verbatim")
PERIODS = ("ever", "month")
PROVENANCE = ("both", "sidecar", "embedded", "none")
MODES = ("relax", "fast", "turbo")
KINDS = ("new-api", "plus", "proxy")
"""The kinds of gateway that are told apart: new-api; midjourney-proxy-plus and trueai-org's midjourney-proxy, asked directly."""
OF_SERVICES = ("tasks", "submissions", "rate", "burst", "retries")
"""The limits that a service may have of its own."""
DEFAULT_RULES = "latest"
MOST_STEPS = 100_000

Default = str | bool | int | float | list[str] | dict[str, list[str]] | dict[str, object] | None


class Setting:
    """One setting. `default` is None where nothing is set; `choices` are the texts that it may be, if they are few."""

    __slots__ = ("about", "choices", "default", "kind", "name")

    def __init__(
        self,
        name: str,
        kind: "Kind",
        default: Default,
        about: str,
        choices: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.about = about
        self.choices = choices


SETTINGS = (
    Setting("requires", "text", None, "Versions of OmniDSL that may read this project, as `>=0.1, <1`."),
    Setting("output", "text", "out", "The folder that results are saved in, below the settings file."),
    Setting("rules", "text", DEFAULT_RULES, "The rule set that prompts are judged by."),
    Setting("default-version", "text", None, "The version of Midjourney that prompts without one are for, as `8.1` or `niji 7`."),
    Setting("plan", "text", None, "The plan at Midjourney behind the gateway: it bounds how many jobs one prompt may make.", PLANS),
    Setting("allow-params", "names", [], "Options of your own that prompts may hold, without dashes."),
    Setting("banned-words", "words", [], "Words that no prompt may hold, files of them that end in `.txt`, and `default` for the list that comes with OmniDSL."),
    Setting("max-prompt-length", "count", None, "Characters of a prompt, beyond which it is reported."),
    Setting("vocabulary", "files", [], "Files of terms, with tabs between their columns, that prompts are read with beside our own."),
    Setting("plugins", "distributions", None, "The only distributions whose plugins take part; left out: all that are installed."),
    Setting("plugin-folders", "folders", [], "Folders of the project with plugins of its own; they take part where the project is trusted."),
    Setting("engine", "text", None, "The engine of a plugin that runs are given to, where `--engine` does not say."),
    Setting("plugin", "plugin-tables", {}, "What a project settles about plugins, by plugin: what there is, each says itself."),
    Setting("emit", "text", "corrected", "How terms are sent that common front ends misspell.", EMITS),
    Setting("max-steps", "count", MOST_STEPS, "The most steps in one plan: beyond it a loop is a slip."),
    Setting("exclude", "patterns", [".*/", "node_modules/", "__pycache__/"], "What a search leaves out, in the form of `.gitignore`; replaces the default."),
    Setting("extend-exclude", "patterns", [], "What a search leaves out beside `exclude`."),
    Setting("respect-gitignore", "flag", default=True, about="Whether a search leaves out what git ignores."),
    Setting("force-exclude", "flag", default=False, about="Whether files that are named on the command line can be excluded too."),
    Setting("gateway.name", "text", None, "The gateway's name: purchases are remembered under it."),
    Setting("gateway.base_url", "text", None, "The gateway's root, without `/v1` and the like."),
    Setting("gateway.mode", "text", None, "The mode of Midjourney's operations that name none.", MODES),
    Setting("gateway.kind", "text", None, "The gateway's kind: `omni check` then knows which operations it does not serve.", KINDS),
    Setting("gateway.accounts", "accounts", {}, "Several accounts of the gateway: by name, the environment variable that has its key."),
    Setting("limits.tasks", "count", 8, "Tasks of one account that are at the gateway at a time."),
    Setting("limits.submissions", "count", 4, "Paid requests of one account that are under way at a time: what a crash can leave in doubt."),
    Setting("limits.rate", "number", 10, "Paid requests of one account a second, after the burst."),
    Setting("limits.burst", "count", 20, "Paid requests of one account that may go out at once."),
    Setting("limits.retries", "count", 8, "How often a refusal that may pass is met, as 429."),
    Setting("limits.rest", "duration", "10s", "How long a gateway in trouble is left alone at first."),
    Setting("limits.outage", "duration", "10m", "How long a gateway in trouble is waited for altogether."),
    Setting("limits.deadline", "duration", None, "After this time a run buys nothing more, where `--deadline` does not say."),
    Setting("limits.grace", "duration", "30s", "How long a run that is stopped waits for what is paid for, where `--grace` does not say."),
    Setting("limits.services", "limits-by-service", {}, "Limits of services that do not share the common ones: tasks, submissions, rate, burst, retries."),
    Setting("services", "services", {}, "What single services have of their own: where their gateway is (base_url, name), which variables have their keys (key, accounts), and what their plugins let one settle."),
    Setting("prices", "prices", {}, "What operations cost at your gateway, by `service.operation argument=value`; replaces estimates."),
    Setting("budget.currency", "text", "USD", "The currency of all prices: a label, nothing is converted."),
    Setting("budget.run", "money", None, "What one run may cost at most, where `--max-cost` does not say."),
    Setting("budget.project", "money", None, "What all runs of the project may cost at most, in the period."),
    Setting("budget.period", "text", "ever", "What the project's budget is for: each calendar month (UTC), or ever.", PERIODS),
    Setting("files.max-image", "count", 64, "The largest picture that is taken from a service, in MB."),
    Setting("files.max-audio", "count", 256, "The largest sound that is taken from a service, in MB."),
    Setting("files.max-video", "count", 2048, "The largest video that is taken from a service, in MB."),
    Setting("files.max-pixels", "count", 200, "The most pixels of a picture that is taken from a service, in millions."),
    Setting("files.provenance", "text", "both", "Where saved files say what they come from: in a file beside them, inside PNG files, both, or none.", PROVENANCE),
    Setting("lint.select", "codes", ["ALL"], "Codes, or beginnings of codes, that `omni check` reports."),
    Setting("lint.extend-select", "codes", [], "Codes beside those of `select`."),
    Setting("lint.ignore", "codes", [], "Codes that are not reported; the longer of two that fit wins."),
    Setting("lint.per-file-ignores", "codes-by-pattern", {}, "Codes that are not reported in files, by pattern."),
    Setting("lint.fail-on", "text", "error", "The least severity that makes `omni check` exit with 1.", SEVERITIES),
)  # fmt: skip  # a table reads best one setting a line
BY_NAME = {one.name: one for one in SETTINGS}
TABLES = ("gateway", "limits", "budget", "files", "lint")
KNOWN = (*BY_NAME, *TABLES)
"""Every name that may stand in a settings file."""
