"""What fuzzing begins with: the examples, the golden cases, recipes by chance, and the words of the language."""

import json
import re
from pathlib import Path
from random import Random

from omnidsl.language.keywords import KEYWORDS
from tests.strategies import recipe

ROOT = Path(__file__).parents[1]
SIGNS = [
    *"(){}[]<>\"'#\\,:;.=+-*/%|@$^&~`!?", *"，：；。、（）｛｝【】“”‘’＝－—–…　",
    '"""', "->", "→", "${", "}", "..", "::", "::2", "--", " --", "：", "\n", "\r\n", "\r", "\t", "    ", "\0", "\ufeff", "\u2028", "\u200b", "e\u0301",
    "\\u{", "\\u{0}", "\\n", "\\$", "1", "0", "1.5", "16:9", "30s", "1..4", "9" * 40, '"a"', "${a}", "# c", "# omni: ignore[OM301]",
    "--ar 4:3", "--v 6", "--niji 6", "--no ", "--sref ", "--q .5", "{a, b}", "https://example.test/a.png", "<", "raw(", "file(", "lines(",
    "list[", "int(", "midjourney.imagine", "openai.chat", "upscale(", "style: ", "风格：", "text:", "image:", "drop:", "max", "猫", "🐈", "\U000e0001",
]  # fmt: skip  # signs read best side by side
WORDS = [*sorted(KEYWORDS), *SIGNS]


def recipes() -> list[str]:
    """Return sound recipes, and some that are not."""
    files = [*ROOT.glob("examples/**/*.omni"), *ROOT.glob("tests/**/*.omni")]
    return [
        *(file.read_text("utf-8", "replace") for file in sorted(files)),
        *(recipe(Random(seed)) for seed in range(100)),
    ]


def prompts() -> list[str]:
    """Return prompts of Midjourney."""
    cases = (ROOT / "tests" / "data" / "midjourney-cases.jsonl").read_text("utf-8")
    return [json.loads(line)["prompt"] for line in cases.splitlines()]


def interpolations() -> list[str]:
    """Return what stands in `${…}` in recipes, expressions, and values that would like to be more."""
    inside = re.findall(r"\$\{([^}\n]*)\}", "\n".join(recipes()))
    after = re.findall(r"= ([^\n{]+)\n", "\n".join(recipes()))
    return sorted({*inside, *after, *SIGNS, *prompts()[:50]})
