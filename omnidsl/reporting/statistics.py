"""How often each code was found: a line a code, the most frequent first."""

from collections import Counter
from collections.abc import Iterator, Sequence

from omnidsl.language.catalogue import entry
from omnidsl.language.diagnostics import Diagnostic


def statistics(findings: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield lines `count  CODE  [*] name`; `[*]` says that `--fix` mends every one of them."""
    counts = Counter(one.code for one in findings)
    safe = Counter(one.code for one in findings if one.fix is not None and one.fix.safe)
    width = max((len(str(count)) for count in counts.values()), default=0)
    for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        mark = "[*]" if safe[code] == count else "   "
        yield f"{count:>{width}}  {code}  {mark} {entry(code).name}\n"
