"""`python -m fuzz.formatter`: see README.md."""

import atheris

with atheris.instrument_imports(include=["omnidsl"]):
    from fuzz import laws

    laws.formatter("a")  # imports what it needs when it runs

from fuzz import seeds
from fuzz.harness import fuzz

if __name__ == "__main__":
    fuzz(laws.formatter, seeds.recipes())
