"""Names of parameters that are understood, but are not the ones that people write."""

from collections.abc import Iterable

from omnidsl.prompts.division import Occurrence
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.setting import Setting


def check_names(
    settings: Iterable[Setting], occurrences: Iterable[Occurrence], findings: Findings
) -> None:
    """Report each sound parameter whose name is not the one that is emitted."""
    for one, given in zip(settings, occurrences, strict=True):
        row = one.parameter
        if row is None or given.name == row.written or one.faulty or not given.name.islower():
            continue
        start, end = given.name_end - len(given.name), given.name_end
        values = {"name": f"--{given.name}", "instead": f"--{row.written}"}
        findings.add("OM356", given.start, end, values, changes=[(start, end, row.written)])
