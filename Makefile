# Everything runs in .venv, made from the lock files with hashes.  Only Python 3.11 to 3.13, a C compiler and make are needed.
#   make run     decide an example incident with the shipped plan
#   make test    the whole test-suite
#   make help    the rest

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
FACTS  ?= examples/incidents/assault.yaml
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1

# CPython 3.13 no longer has a name that the C source of durable-rules 2.0.28 uses; its successor takes the same arguments.
COMPAT_3_13 := -DPyEval_CallObject=PyObject_CallObject

.PHONY: help run test fast check lint format types layers docs wheel bench lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run      decide an example incident (FACTS=file for another)"
	@echo "make test     run every test                 make fast     leave out the slow ones"
	@echo "make check    lint, types, layers and docs   make format   let ruff rewrite the code"
	@echo "make lint     ruff check and ruff format     make types    mypy --strict"
	@echo "make layers   import-linter                  make docs     build the site into site/"
	@echo "make wheel    build dist/*.whl and the sdist make bench    run the benchmarks"
	@echo "make lock     remake the lock files          make clean    remove all that make made"

run: $(READY)
	$(BIN)/plan-rules decide $(FACTS)

test: $(READY)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

fast: $(READY)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not slow"

check: lint types layers docs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

# Never --quiet: it drops the warnings that --strict counts.
docs: $(READY)
	$(BIN)/mkdocs build --strict

wheel: $(READY)
	$(BIN)/python -m build --no-isolation --outdir dist .

bench: $(READY)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.proofs
	$(BIN)/python -m benchmarks.service
	$(BIN)/python -m benchmarks.cases --cases 5000 --events 50000 --rounds 40

# Build tools first and builds without isolation: pip's isolated builds would fetch build tools without a hash.
# durable-rules is compiled here and not taken from pip's cache: a wheel cached by a build without COMPAT_3_13 does not load.
$(READY): requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit("plan-rules needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12" % v)'
	@command -v cc >/dev/null || command -v gcc >/dev/null || { echo "durable-rules needs a C compiler (on Debian: apt-get install gcc python3-dev)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --require-hashes --only-binary :all: -r requirements-build.lock
	sed -n '/^durable-rules==/,/[^\\]$$/p' requirements.lock > $(VENV)/durable-rules.lock
	$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 13))' && export CPPFLAGS="$$CPPFLAGS $(COMPAT_3_13)"; \
	$(BIN)/pip install --quiet --require-hashes --no-build-isolation --no-cache-dir -r $(VENV)/durable-rules.lock
	$(BIN)/python -c 'import durable_rules_engine'
	$(BIN)/pip install --quiet --require-hashes --no-build-isolation -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Needs uv on the PATH.  The header is left out: it would hold the command line of whoever ran it.
lock:
	uv pip compile pyproject.toml --all-extras $(LOCKING) --output-file requirements.lock
	printf 'hatchling\nsetuptools\nwheel\n' | uv pip compile - --constraint requirements.lock $(LOCKING) --output-file requirements-build.lock

LOCKING := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean:
	rm -rf $(VENV) dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
