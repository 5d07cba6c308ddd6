"""The gallery: one page, from the ledger alone, that loads nothing and in which nothing hostile comes to life."""

import contextlib
import html
import re
import shutil
import socket
import subprocess
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from omnidsl import Gateway, load
from omnidsl_sandbox import Sandbox
from tests.conftest import Omni

HOSTILE = (
    '</p></title><script>document.title="pwned"</script><img src=x onerror="document.title=1">&amp;'
)
RECIPE = f"""
pipeline main {{
    grid = midjourney.imagine(cat)
    bad = midjourney.imagine(dog)
    none = bad -> upscale(1)
    one = grid -> upscale(2)
    words = {HOSTILE!r} -> openai.chat
    best: int(1..4) = "which one is best?" -> openai.chat
    boats = "这里有几条船？" -> openai.chat
    save boats as "boats.txt"
    save one as "pictures/one.png"
    save words as "words.txt"
    save none as "none.png"
}}
prompt cat {{ a cat <b>bold</b> --ar 4:3 }}
prompt dog {{ a dog [[sandbox:fail]] }}
""".replace(f"{HOSTILE!r}", '"' + HOSTILE.replace('"', '\\"') + '"')

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "omni.toml").write_text('output = "out"\n', "utf-8")
    (folder / "hostile.omni").write_text(RECIPE, "utf-8")
    loaded = load(folder / "hostile.omni")
    with Sandbox(duration=0.05) as sandbox:
        done = loaded.run(gateway=Gateway.sandbox(sandbox.url))
    assert 1 == done.status
    return folder


def page(omni: Omni, project: Path, target: Path, *options: str, **environment: str) -> str:
    state = {"OMNI_STATE_DIR": str(project / ".omni")}
    done = omni("report", "--output", str(target), *options, **state, **environment)
    assert (0, "") == (done.returncode, done.stderr)
    return target.read_text("utf-8")


def read(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    return tags


def test_a_page_shows_pictures_texts_money_and_what_failed(
    omni: Omni, project: Path, tmp_path: Path
) -> None:
    tags = read(page(omni, project, tmp_path / "page.html"))

    words = " ".join(tags.words)
    assert 2 == sum(tag == "img" for tag, _ in tags.found)
    assert "a cat <b>bold</b> --ar 4:3" in words
    assert "aspect 4:3" in words
    assert re.search(r"Made by a simulator", words)
    assert "[Invalid parameter] Invalid value" in words
    assert re.search(r"omni retry \d{8}-\d{6}-[0-9a-f]{6}", words)
    assert re.search(r"USD \d\.\d\d \(simulated\)", words)
    assert re.search(r"which one is best\?\s+[1-4]\s", words)
    assert "out/pictures/one.png" in words


def test_what_was_asked_in_chinese_stands_on_the_card_as_well(
    omni: Omni, project: Path, tmp_path: Path
) -> None:
    text = page(omni, project, tmp_path / "page.html")

    assert '<p class="prompt">这里有几条船？</p>' in text
    assert '<p class="prompt">which one is best?</p>' in text


def test_nothing_hostile_becomes_markup_and_nothing_is_loaded(
    omni: Omni, project: Path, tmp_path: Path
) -> None:
    text = page(omni, project, tmp_path / "page.html")
    tags = read(text)

    assert html.escape(HOSTILE) in text
    assert not [tag for tag, _ in tags.found if tag in ("script", "iframe", "object", "link", "b")]
    assert not [name for _, found in tags.found for name in found if name.startswith("on")]
    addresses = [
        value or ""
        for _, found in tags.found
        for name, value in found.items()
        if name in ("src", "href", "poster", "srcset", "action")
    ]
    assert addresses
    assert all(one.startswith("data:") for one in addresses)
    policy = next(found["content"] for tag, found in tags.found if "http-equiv" in found)
    assert "default-src 'none'" in (policy or "")
    assert "url(" not in text.split("</style>")[0]


def test_no_path_of_the_machine_stands_in_it(omni: Omni, project: Path, tmp_path: Path) -> None:
    text = page(omni, project, tmp_path / "page.html")

    assert str(project) not in text
    assert str(Path.home()) not in text


def test_large_files_are_named_and_not_embedded(omni: Omni, project: Path, tmp_path: Path) -> None:
    text = page(omni, project, tmp_path / "page.html", "--largest", "0")

    assert "base64" not in text
    assert "is too large for this page" in text


def test_a_file_that_is_gone_is_told(omni: Omni, project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    for one in (copy / ".omni" / "artifacts").rglob("*.png"):
        one.unlink()

    assert "is no longer in the store" in page(omni, copy, tmp_path / "page.html")


def test_the_page_speaks_chinese(omni: Omni, project: Path, tmp_path: Path) -> None:
    text = page(omni, project, tmp_path / "page.html", OMNI_LANG="zh")

    assert '<html lang="zh-Hans">' in text
    assert "由模拟器生成" in text


def test_a_run_that_nobody_knows_and_a_place_that_cannot_be_written_are_told(
    omni: Omni, project: Path, tmp_path: Path
) -> None:
    unknown = omni("report", "20200101-000000-abcdef")
    none = omni("report")
    (tmp_path / "file").write_text("", "utf-8")
    unwritable = omni(
        "report",
        "--output",
        str(tmp_path / "file" / "page.html"),
        OMNI_STATE_DIR=str(project / ".omni"),
    )

    assert (2, 2, 2) == (unknown.returncode, unwritable.returncode, none.returncode)
    assert "there are no runs" in none.stderr
    assert "there is no run" in unknown.stderr
    assert "Traceback" not in unwritable.stderr


needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="NOT TESTED IN A BROWSER: there is no chromium here"
)


def browse(page: Path, folder: Path, *options: str) -> str:
    command = [
        str(CHROMIUM),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        "--window-size=900,1400",
        *options,
        page.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60).stdout


@needs_browser
def test_in_a_browser_scripts_stay_words(omni: Omni, project: Path, tmp_path: Path) -> None:
    page(omni, project, tmp_path / "page.html")

    shown = browse(tmp_path / "page.html", tmp_path, "--dump-dom")

    assert "<title>hostile.omni" in shown
    assert "pwned" not in re.sub(r"<p.*?</p>", "", shown, flags=re.DOTALL)
    assert "<script" not in shown


@needs_browser
def test_in_a_browser_it_has_a_light_and_a_dark_form_and_shows_its_pictures(
    omni: Omni, project: Path, tmp_path: Path
) -> None:
    page(omni, project, tmp_path / "page.html")
    grounds: list[tuple[int, ...]] = []
    for scheme in (0, 1):
        shot = tmp_path / f"{scheme}.png"
        browse(
            tmp_path / "page.html",
            tmp_path,
            f"--blink-settings=preferredColorScheme={scheme}",
            f"--screenshot={shot}",
        )
        with Image.open(shot) as picture:
            colours = picture.convert("RGB").getcolors(1 << 24) or []
            grounds.append(max(colours)[1])  # type: ignore[arg-type]  # three channels
            assert len(colours) > 200  # pictures, not only words

    dark, light = (sum(one) for one in grounds)
    assert dark < 150 < 600 < light


@needs_browser
@pytest.mark.parametrize("guarded", [True, False])
def test_in_a_browser_the_policy_keeps_the_page_from_asking_any_server(
    omni: Omni, project: Path, tmp_path: Path, *, guarded: bool
) -> None:
    text = page(omni, project, tmp_path / "page.html")
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        text = text.replace("<main>", f'<main><img src="{address}">')
        text = text if guarded else re.sub(r"<meta http-equiv=[^>]*>", "", text)
        (tmp_path / "page.html").write_text(text, "utf-8")

        def listen() -> None:
            with contextlib.suppress(TimeoutError):
                connection, _ = server.accept()
                asked.append(True)
                connection.close()

        server.settimeout(10)
        listener = threading.Thread(target=listen)
        listener.start()
        browse(tmp_path / "page.html", tmp_path, f"--screenshot={tmp_path / 'shot.png'}")
        if not asked:
            socket.create_connection(server.getsockname()).close()  # ends the wait
            listener.join()
            asked.pop()
        listener.join()

    assert guarded is not bool(asked)
