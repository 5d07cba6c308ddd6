"""What a prompt sends is the same before and after formatting, wherever a comma or a bracket stands in its lines."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.rendering import Renderer
from omnidsl.checking.report import Report
from omnidsl.checking.values import Instance
from omnidsl.language.engine import Unexpected, read_tokens
from omnidsl.language.formatting import formatted
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.settings.house import AS_SHIPPED

WORDS = (
    *("a", "Manga", "漫画", "Wide view", "${look}", "${who}", "\\$5", "\\{", "{", "}", "{红，绿}", "a::2", "--x", "# b", "#"),
    *(",", "，", "、", " ", "  ", "\u3000", "\\", "/", ":", "1,000"),
)  # fmt: skip  # words read best side by side
CATEGORIES = ("style", "风格", "light", "text", "文本", "drop", "unknown")
LINES = st.builds(
    "{}{} {}".format,
    st.sampled_from(CATEGORIES),
    st.sampled_from([":", "：", " :"]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map("".join),
)


def sent(text: str, catalogue: Catalogue, folder: Path) -> str:
    """Return the prompt `p` as it is handed to an operation."""
    found = inspect_source(
        Source(text, "a.omni"),
        folder / "a.omni",
        root=folder,
        catalogue=catalogue,
        rules=AS_SHIPPED,
    )
    assert found.recipe is not None
    evaluator = Evaluator(found.recipe.facts, Report(), found.recipe.root)
    (symbol,) = found.recipe.symbols("prompt").values()
    return Renderer(evaluator).render(Instance(symbol, {})).text


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINES, min_size=1, max_size=4),
    ending=st.sampled_from(["}", "a }", "a} }", "}}"]),
)
def test_a_prompt_sends_the_same_before_and_after(
    lines: list[str], ending: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    head = 'let look = "Manga, Pixel"\nlet who = "a {cat}"\nprompt p {'
    text = head + "\n".join([*lines, ""]) + ending
    try:
        read_tokens(text)
    except Unexpected:
        return
    assert sent(text, catalogue, tmp_path) == sent(formatted(text), catalogue, tmp_path)
