"""`verify` finds what is wrong with a ledger, each thing by its name, and nothing where nothing is."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from omnidsl.plugins import Receipt
from omnidsl.plugins.outcomes import Reply
from omnidsl.running import Gateway
from omnidsl.running.errors import LedgerError
from omnidsl.running.records import Attempt, Cap, Intent, RunRecord
from omnidsl.running.spool import Spool
from omnidsl.running.sqlite_ledger import SqliteLedger
from omnidsl.running.verification import verify
from omnidsl.testing import Bench, step
from omnidsl_sandbox import Sandbox


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a run that bought a picture, with money, and of an attempt that is at work."""
    from omnidsl.planning.values import PromptInput

    folder = tmp_path_factory.mktemp("whole")
    with Sandbox(state=folder / "sandbox", duration=0.05) as sandbox:
        bench = Bench(folder, Gateway.sandbox(sandbox.url))
        prompt = PromptInput(("a red fox",))
        ran = bench.run(bench.plan(step("grid", "midjourney.imagine", {"prompt": prompt})))
        assert ran.status == 0
    ledger = bench.ledger()
    run = RunRecord(
        id="live", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0
    )
    ledger.add_run(run)
    attempt = Attempt(
        id="",
        step="k.1",
        number=0,
        run="live",
        node="n",
        operation="s.o",
        gateway="g",
        account="default",
        owner="o",
    )
    opened = ledger.open_attempt(attempt)
    intent = Intent(
        attempt=opened.id,
        name="submit",
        path="/p",
        request="h",
        owner="o",
        fence=1,
        run="live",
        account="default",
        reserved=7,
        caps=(Cap(scope="project"), Cap(scope="run:live")),
    )
    stage = ledger.intend(intent)
    Spool(bench.state / "replies").keep(stage, Reply(200, {}, b"{}"))
    ledger.settle(opened.id, "submit", "answered")
    ledger.close()
    return bench.state


@pytest.fixture
def state(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "state")
    return tmp_path / "state"


def change(state: Path, *statements: str) -> None:
    ledger = SqliteLedger(state / "ledger.sqlite3")
    ledger._file.database.execute("PRAGMA foreign_keys = OFF")
    for one in statements:
        ledger._file.database.execute(one)
    ledger.close()


def stored_file(state: Path) -> Path:
    return next((state / "artifacts").glob("??/*"))


def test_a_ledger_that_hangs_together_has_no_findings(state: Path) -> None:
    assert [] == verify(state, deep=True)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE attempts SET state = 'bought' WHERE id = 'omni-k.1.1'", "unknown-state"),
        ("UPDATE stages SET state = 'sent'", "unknown-state"),
        ("UPDATE runs SET state = 'odd' WHERE id = 'live'", "unknown-state"),
        ("INSERT INTO receipts VALUES ('omni-k.1.1', '17', '{}')", "sold-twice"),
        ("UPDATE attempts SET state = 'submitted' WHERE id <> 'omni-k.1.1'", "result-without-done"),
        ("UPDATE attempts SET state = 'submitted' WHERE id = 'omni-k.1.1'", "receipt-and-state"),
        ("UPDATE attempts SET number = 2 WHERE id = 'omni-k.1.1'", "wrong-id"),
        ("UPDATE attempts SET charged = 5 WHERE id = 'omni-k.1.1'", "wrong-charge"),
        ("UPDATE spending SET reserved = 6 WHERE scope = 'project'", "wrong-total"),
        ("DELETE FROM spending WHERE scope = 'run:live'", "wrong-total"),
        ("INSERT INTO spending VALUES ('project:2026-11', 0, 3)", "wrong-total"),
        ("DELETE FROM runs WHERE id = 'live'", "missing-row"),
        ("DELETE FROM attempts WHERE id = 'omni-k.1.1'", "missing-row"),
        ("INSERT INTO events VALUES ('nobody', 1, '{}')", "missing-row"),
        ("INSERT INTO events VALUES ('live', 1, '{')", "broken-row"),
        ("UPDATE results SET artifacts = ''", "broken-row"),
        ("UPDATE results SET artifacts = '{}'", "broken-row"),
        ("UPDATE results SET artifacts = '[\"a\"]'", "broken-row"),
        ('UPDATE results SET artifacts = \'[{"kind": "image"}]\'', "broken-row"),
        ("UPDATE results SET facts = '[]'", "broken-row"),
        ("UPDATE results SET made = 9e999", "broken-row"),
        ("UPDATE attempts SET receipt = '{\"task\": 1}'", "broken-row"),
        ("UPDATE attempts SET charged = -1", "broken-row"),
        ("UPDATE attempts SET opened = -1", "broken-row"),
        ("UPDATE stages SET scopes = '[1]'", "broken-row"),
        ("UPDATE stages SET reserved = -1", "broken-row"),
        ("UPDATE stages SET charged = -1", "broken-row"),
        ("UPDATE stages SET intended = 9e999", "broken-row"),
        ("UPDATE runs SET started = 9e999", "broken-row"),
        ("UPDATE runs SET plan = '[]'", "broken-row"),
        ("UPDATE runs SET options = '1'", "broken-row"),
        ("INSERT INTO events VALUES ('live', 1, '[]')", "broken-row"),
    ],
)
def test_what_the_ledger_may_not_say_is_found(state: Path, statement: str, reason: str) -> None:
    change(state, statement)

    found = verify(state)

    assert reason in {one.reason for one in found}
    assert all(one.grave and one.message() and one.help("zh") for one in found)


def test_a_result_that_was_cleaned_away_is_worth_knowing_and_no_more(state: Path) -> None:
    change(state, "DELETE FROM results")

    assert [("done-without-result", False)] == [(one.reason, one.grave) for one in verify(state)]


def test_a_damaged_file_is_found(state: Path) -> None:
    path = state / "ledger.sqlite3"
    data = bytearray(path.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 64] = b"\xaa" * 64
    path.write_bytes(data)

    assert ["broken-file"] == sorted({one.reason for one in verify(state)})


def test_a_file_that_is_no_ledger_is_found(state: Path) -> None:
    (state / "ledger.sqlite3").write_bytes(b"no database, though it is long enough for one" * 30)

    assert ["broken-file"] == [one.reason for one in verify(state)]


def test_a_ledger_of_a_newer_format_is_not_judged(state: Path) -> None:
    change(state, "PRAGMA user_version = 99")

    with pytest.raises(LedgerError, match="newer"):
        verify(state)


def drop_reply(state: Path) -> None:
    next((state / "replies").glob("omni-k.1.1-*")).unlink()


def drop_result(state: Path) -> None:
    stored_file(state).unlink()


def alter_result(state: Path) -> None:
    path = stored_file(state)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def shorten_result(state: Path) -> None:
    path = stored_file(state)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def forget_what_was_bought(state: Path) -> None:
    change(state, "DELETE FROM stages WHERE attempt = 'omni-k.1.1'", "DELETE FROM spending")


@pytest.mark.parametrize(
    ("damage", "deep", "expected"),
    [
        (drop_reply, False, [("reply-missing", True)]),
        (forget_what_was_bought, False, [("reply-unknown", True)]),
        (drop_result, False, [("file-missing", False)]),
        (shorten_result, False, [("file-damaged", True)]),
        (alter_result, False, []),
        (alter_result, True, [("file-damaged", True)]),
    ],
)
def test_what_lies_beside_the_ledger_is_looked_at_too(
    state: Path, damage: Callable[[Path], None], deep: bool, expected: list[tuple[str, bool]]
) -> None:
    damage(state)

    found = [(one.reason, one.grave) for one in verify(state, deep=deep)]

    assert expected == [one for one in found if one[0] != "wrong-total"]


def test_a_ledger_that_is_being_written_hangs_together_at_every_moment(state: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        ledger = SqliteLedger(state / "ledger.sqlite3")
        spool = Spool(state / "replies")
        for number in range(2, 40):
            attempt = ledger.attempt("omni-k.1.1")
            assert attempt is not None
            opened = ledger.open_attempt(attempt)
            caps = (Cap(scope="project"),)
            intent = Intent(
                attempt=opened.id,
                name="submit",
                path="/p",
                request="h",
                owner="o",
                fence=1,
                run="live",
                account="default",
                reserved=number,
                caps=caps,
            )
            stage = ledger.intend(intent)
            spool.keep(stage, Reply(200, {}, b"{}"))
            ledger.settle(opened.id, "submit", "answered")
            ledger.receive(opened.id, Receipt("17"))
        ledger.close()
        ended.set()

    writing = threading.Thread(target=write)
    writing.start()
    found = []
    while not ended.is_set():
        found += verify(state)
    writing.join()

    assert [] == found


def test_a_log_that_was_cut_shows_by_the_replies_it_does_not_know(
    whole: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    ledger = SqliteLedger(state / "ledger.sqlite3")
    ledger._file.database.execute("PRAGMA wal_autocheckpoint = 0")
    run = RunRecord(id="r", recipe="a", pipeline="p", gateway="g", plan={}, owner="o", started=1.0)
    ledger.add_run(run)
    attempt = Attempt(
        id="",
        step="k.1",
        number=0,
        run="r",
        node="n",
        operation="s.o",
        gateway="g",
        account="default",
        owner="o",
    )
    opened = ledger.open_attempt(attempt)
    log = state / "ledger.sqlite3-wal"
    before = log.stat().st_size
    intent = Intent(
        attempt=opened.id,
        name="submit",
        path="/p",
        request="h",
        owner="o",
        fence=1,
        run="r",
        account="default",
    )
    stage = ledger.intend(intent)
    Spool(state / "replies").keep(stage, Reply(200, {}, b"{}"))
    ledger.receive(opened.id, Receipt("17"))
    cut = tmp_path / "cut"
    shutil.copytree(state, cut)
    ledger.close()
    (cut / log.name).write_bytes(log_bytes(cut / log.name)[: before + 100])

    assert ["reply-unknown"] == [one.reason for one in verify(cut)]


def log_bytes(path: Path) -> bytes:
    return path.read_bytes()
