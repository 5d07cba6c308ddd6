"""What the tests of OpenAI's operations share: the tables of `data/openai.toml`, and a project with files of many kinds."""

import io
import re
import tomllib
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from omnidsl_sandbox.sounds import tone

Row = dict[str, Any]  # a row of the file, as it stands there

TABLES: dict[str, list[Row]] = tomllib.loads(
    (Path(__file__).parent / "data" / "openai.toml").read_text("utf-8")
)


def png(size: tuple[int, int] = (8, 8), colour: tuple[int, ...] = (200, 0, 0)) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def project(made: Path) -> Path:
    """Fill an empty folder: a project with files of many kinds."""
    (made / "omni.toml").touch()
    jpeg = io.BytesIO()
    Pillow.new("RGB", (8, 8)).save(jpeg, "JPEG")
    content = {
        "a.png": png(),
        "wide.png": png((16, 8)),
        "mask.png": png(colour=(0, 0, 0, 0)),
        "b.jpg": jpeg.getvalue(),
        "a.wav": tone("a fox", 0.2, "wav"),
        "a.mp3": tone("a fox", 0.2, "mp3"),
        "a.aac": tone("a fox", 0.2, "aac"),
    }
    for name, data in content.items():
        (made / name).write_bytes(data)
    for name, more in (("most.wav", 0), ("more.wav", 1)):
        with (made / name).open("wb") as file:
            file.truncate(25 * 2**20 + more)
    return made


def written(call: str) -> str:
    """Return a call of the table as a recipe has it."""
    call = re.sub(r'"(\d+)\*(.)"', lambda found: f'"{found[2] * int(found[1])}"', call)
    repeated = re.compile(r'(\d+)#(file\("[^"]*"\)|"[^"]*")')
    return repeated.sub(lambda found: f"[{', '.join([found[2]] * int(found[1]))}]", call)
