"""`omni report [RUN]`: what a run made, as one page for a browser."""

import argparse
from pathlib import Path

from omnidsl.cli.stored_runs import find
from omnidsl.language.catalogue import phrase


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-report")
    parser = subparsers.add_parser("report", help=words, description=words)
    parser.add_argument("run_id", nargs="?", metavar="RUN", help=phrase("help-report-run"))
    parser.add_argument("--output", type=Path, metavar="FILE", help=phrase("help-report-output"))
    parser.add_argument(
        "--largest", type=_megabytes, default=None, metavar="MB", help=phrase("help-report-largest")
    )
    parser.add_argument("--open", action="store_true", help=phrase("help-report-open"))
    parser.set_defaults(run=run)


def _megabytes(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(phrase("bad-megabytes").format(text=text))
    return value


def run(arguments: argparse.Namespace) -> int:
    """Write the page, print its path, and return 0; SettingsError for a run that nobody knows."""
    from omnidsl.embedding import state_folder
    from omnidsl.reporting.gallery.album import gather
    from omnidsl.reporting.gallery.page import LARGEST, Gallery
    from omnidsl.reporting.progress_paths import shown_path
    from omnidsl.running.artifacts import FolderStore
    from omnidsl.running.durable import fresh_file, settle
    from omnidsl.running.errors import SettingsError
    from omnidsl.running.sqlite_ledger import SqliteLedger
    from omnidsl.settings import load

    found = find(Path.cwd(), arguments.run_id)
    if found is None:
        looked = shown_path(str(state_folder(load(Path.cwd())[0])))
        if arguments.run_id is None:
            raise SettingsError("no-runs", path=looked)
        raise SettingsError("no-such-run", run=arguments.run_id, path=looked)
    name = f"report-{found.record.id}.html"
    target = arguments.output or Path(name)
    target = target / name if target.is_dir() else target
    ledger = SqliteLedger(found.state / "ledger.sqlite3")
    try:
        store = FolderStore(found.state / "artifacts")
        album = gather(ledger, store, found.state, found.record, found.project)
    finally:
        ledger.close()
    largest = (LARGEST if arguments.largest is None else arguments.largest) << 20
    gallery = Gallery(album, project=found.project, folder=target.parent, largest=largest)
    try:
        with fresh_file(target.absolute().parent) as (file, temporary):
            gallery.write(file)
            settle(file, temporary, target.absolute(), named=False)
    except OSError as error:
        raise SettingsError("disk", path=str(target), words=error.strerror or str(error)) from None
    print(shown_path(str(target)))
    if arguments.open:
        import webbrowser

        webbrowser.open(target.absolute().as_uri())
    return 0
