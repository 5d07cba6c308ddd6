# Everything here needs Python 3.11+ and make, nothing else. `.venv` is made once, from pinned and hashed packages.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PEERS := .peers/.ready

.PHONY: demo test check bench soak fmt grammar docs wheel clean
.DEFAULT_GOAL := demo

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("OmniDSL needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Setting up .venv (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Vendors' own clients and their specifications are parties to tests, in an environment of their own: they bring an HTTP
# library that ours would choose. Without npm, tests against the fake server of its world are skipped, and say so.
$(PEERS): tests/peers/constraints.txt tests/peers/package-lock.json
	@echo "Setting up .peers (once) …"
	@$(PYTHON) -m venv .peers
	@.peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement tests/peers/constraints.txt
	@cp tests/peers/package.json tests/peers/package-lock.json .peers/
	@if command -v npm >/dev/null; then npm ci --prefix .peers --ignore-scripts --no-audit --no-fund --silent || echo "npm could not install aimock: its tests will be skipped"; else echo "npm is missing: tests against aimock will be skipped"; fi
	@touch $@

demo: $(READY)
	@$(BIN)/omni run examples/hero.omni --sandbox --yes --output out

test: $(READY) $(PEERS)
	@$(BIN)/python -m $(if $(ARGS),pytest $(ARGS),tests)

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m omnidsl.language.compiler --check
	@$(BIN)/python -m docs --check
	@$(BIN)/python -m omnidsl.running.schemas --check

bench: $(READY)
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m tests.language.differential 20000

soak: $(READY)
	@$(BIN)/python -m tests.running.soak --steps 3000 --seed 1
	@$(BIN)/python -m tests.running.soak --steps 1000 --seed 2 --kill 5
	@$(BIN)/python -m tests.running.crash_matrix
	@$(BIN)/python -m tests.running.crash_matrix
	@$(BIN)/python -m tests.testing.mutants
	@OMNI_WHOLE_CONFORMANCE=1 $(BIN)/python -m pytest -q tests/plugins/conformance tests/packaging/test_authors.py

fmt: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

grammar: $(READY)
	@$(BIN)/python -m omnidsl.language.compiler

docs: $(READY)
	@$(BIN)/python -m docs

wheel: $(READY)
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist

clean:
	rm -rf .venv .peers dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis
