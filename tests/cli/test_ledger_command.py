"""`omni ledger verify | export | import`, as somebody types them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl import Gateway, load
from omnidsl_sandbox import Sandbox
from tests.conftest import Omni

RECIPE = 'prompt cat { a cat }\npipeline p {\n    a = cat -> midjourney.imagine\n    save a as "a.png"\n}\n'
KEY = "sk-planted-0123456789"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a recipe has run, with a key that nobody may see again."""
    folder = tmp_path_factory.mktemp("ran")
    (folder / "a.omni").write_text(RECIPE, "utf-8")
    with Sandbox(state=folder / "gateway", duration=0.05) as sandbox:
        gateway = Gateway.at(sandbox.url, key=KEY)
        result = load(folder / "a.omni").run(gateway=gateway)
    assert 0 == result.status
    return folder


@pytest.fixture
def folder(
    ran: Path, tmp_path: Path, omni: Omni
) -> Path:  # `omni` makes the folder that it runs in
    shutil.copytree(ran, tmp_path / "folder", dirs_exist_ok=True)
    return tmp_path / "folder"


@pytest.mark.usefixtures("folder")
def test_a_ledger_that_hangs_together_is_told_so(omni: Omni) -> None:
    found = omni("ledger", "verify", "--deep")

    assert (0, "") == (found.returncode, found.stdout)
    assert found.stderr.endswith("ledger.sqlite3: it hangs together\n")


def test_what_is_wrong_is_told_with_the_way_out_in_both_languages(omni: Omni, folder: Path) -> None:
    stored = next((folder / ".omni" / "artifacts").glob("??/*"))
    stored.chmod(0o644)
    stored.write_bytes(b"something else")

    english, chinese = omni("ledger", "verify"), omni("ledger", "verify", OMNI_LANG="zh")
    machine = omni("ledger", "verify", "--json")

    assert (1, 1, 1) == (english.returncode, chinese.returncode, machine.returncode)
    assert f"error: the stored file {stored}" in english.stdout.replace("\n", " ")
    assert "help: look at the disk" in english.stdout
    assert "存储的文件" in chinese.stdout
    (body,) = (json.loads(line) for line in machine.stdout.splitlines())
    assert ("file-damaged", True) == (body["reason"], body["grave"])


def test_what_is_only_worth_knowing_is_no_failure(omni: Omni, folder: Path) -> None:
    next((folder / ".omni" / "artifacts").glob("??/*")).unlink()

    found = omni("ledger", "verify")

    assert (0, True) == (found.returncode, found.stdout.startswith("note: "))


def test_a_ledger_is_carried_elsewhere_without_a_secret(omni: Omni, folder: Path) -> None:
    exported = omni("ledger", "export", "kept.jsonl")
    elsewhere = {"OMNI_STATE_DIR": str(folder / "elsewhere")}
    imported = omni("ledger", "import", "kept.jsonl", **elsewhere)
    again = omni("ledger", "export", **elsewhere)
    verified = omni("ledger", "verify", **elsewhere)

    text = (folder / "kept.jsonl").read_text("utf-8")
    assert (0, 0, text) == (exported.returncode, imported.returncode, again.stdout)
    assert f"rows added: {len(text.splitlines()) - 1}, there already: 0" in imported.stdout
    assert (0, True) == (verified.returncode, "is not in the store" in verified.stdout)
    assert KEY not in text
    assert KEY.removeprefix("sk-") not in text


def test_an_export_overwrites_nothing(omni: Omni, folder: Path) -> None:
    (folder / "kept.jsonl").write_text("mine", "utf-8")

    refused = omni("ledger", "export", "kept.jsonl")

    assert (2, "mine") == (refused.returncode, (folder / "kept.jsonl").read_text("utf-8"))
    assert "omni: error: kept.jsonl is there already" in refused.stderr


@pytest.mark.parametrize("command", ["verify", "export"])
def test_where_nothing_has_run_there_is_no_ledger(omni: Omni, command: str) -> None:
    refused = omni("ledger", command)

    assert (2, "") == (refused.returncode, refused.stdout)
    assert "nothing has run here yet" in refused.stderr


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [(b"", 0, b"there already: 0"), (b"\xff\n", 2, b"line 1 is not of an exported ledger")],
)
def test_an_export_can_be_piped_into_an_import(
    omni: Omni,
    folder: Path,
    child_environment: dict[str, str],
    change: bytes,
    status: int,
    words: bytes,
) -> None:
    exported = omni("ledger", "export").stdout.encode()
    command = [sys.executable, "-m", "omnidsl", "ledger", "import", "-"]
    environment = child_environment | {"OMNI_STATE_DIR": str(folder / "elsewhere")}

    piped = subprocess.run(
        command,
        input=change + exported,
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )

    assert (status, True) == (piped.returncode, words in piped.stdout + piped.stderr)
    assert b"Traceback" not in piped.stderr


def test_a_file_that_is_no_export_is_refused_by_its_line(omni: Omni, folder: Path) -> None:
    (folder / "other.jsonl").write_bytes(b'{"row":"ledger","format":2}\n\xff\xfe\n')

    refused = omni("ledger", "import", "other.jsonl")

    assert (2, True) == (refused.returncode, "line 2" in refused.stderr)
    assert "Traceback" not in refused.stderr
