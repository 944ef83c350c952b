# Every target sets up what it needs: nothing has to be done before.
PYTHON ?= python3
BIN := .venv/bin
# Other runs of the tests keep nothing between them; this one has to know what failed.
E2E := $(BIN)/pytest -q tests/e2e -m "not full" -o cache_dir=.venv/e2e -o addopts="--strict-markers --strict-config --import-mode=importlib"
COMPILE := .venv/lock/bin/uv pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: run test check new-check lint format types imports docs picture man lock dist sbom e2e e2e-all bench bench-quick clean

## run: start the lab and the daemon on it, print the report, serve until Ctrl-C
run: .venv/run.stamp
	@$(BIN)/diag lab --daemon

## test: the whole hermetic suite; the programs that it starts, dozens of times, are compiled once
test: .venv/dev.stamp
	PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/pycache $(BIN)/pytest -q -n auto --dist worksteal

## check: every gate that needs no extra package of the system
check: lint types imports docs test

## new-check: the skeleton of a check with its four cases: make new-check ID=group/problem
new-check: .venv/dev.stamp
	$(BIN)/python tools/new_check.py "$(ID)"

lint: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: .venv/dev.stamp
	$(BIN)/mypy

imports: .venv/dev.stamp
	$(BIN)/lint-imports

## docs: write what is generated from the code
docs: .venv/dev.stamp
	$(BIN)/python tools/check_table.py
	$(BIN)/diag checks reference > checks/REFERENCE.md.new && mv checks/REFERENCE.md.new checks/REFERENCE.md
	$(BIN)/diag config schema > diag.schema.json.new && mv diag.schema.json.new diag.schema.json
	$(BIN)/diag config schema --report > report.schema.json.new && mv report.schema.json.new report.schema.json
	$(BIN)/diag config schema --documents > documents.schema.json.new && mv documents.schema.json.new documents.schema.json
	$(BIN)/diag setup alerts > grafana/alerts.yml.new && mv grafana/alerts.yml.new grafana/alerts.yml
	$(BIN)/python tools/dashboards/write.py
	$(BIN)/python tools/statements.py
	$(BIN)/python tools/permissions_page.py
	$(BIN)/python tools/readme_table.py
	$(BIN)/python tools/kubernetes_rules.py
	$(BIN)/python bench/kept.py

## picture: what diag says of remotes of the lab at a terminal, as the picture of the README
picture: .venv/dev.stamp
	$(BIN)/python tools/picture.py

## man: the manual pages of the commands, in dist/man
man: .venv/dev.stamp
	$(BIN)/python tools/man_pages.py dist/man

## dist: wheel and sdist, the same bytes wherever they are built, looked over as an index would
dist: .venv/dev.stamp
	rm -f dist/*.whl dist/*.tar.gz
	$(BIN)/python -m hatchling build -d dist
	$(BIN)/twine check --strict dist/*.whl dist/*.tar.gz
	$(BIN)/check-wheel-contents dist/*.whl
	cd dist && sha256sum *.whl *.tar.gz > SHA256SUMS

## sbom: what is installed with diag, alone and with what vantage points need, with versions, hashes and licenses, as CycloneDX
sbom: .venv/dev.stamp
	$(BIN)/python tools/sbom.py dist/diag.cdx.json run
	$(BIN)/python tools/sbom.py dist/diag-dask.cdx.json dask

## e2e: against servers and a Prometheus that are not ours: a core of pairs and oracles (needs promtool, haproxy, openssl, JDKs).
## What fails runs once more, alone and with servers of its own: what passes only then is named in the log, and is a defect of that test
e2e: .venv/dev.stamp
	$(E2E) || { [ $$? -eq 1 ] && echo "What failed runs once more." && $(E2E) --last-failed --last-failed-no-failures none; }

## e2e-all: the same with every release and every breakage
e2e-all: .venv/dev.stamp
	$(BIN)/pytest -q tests/e2e

## pictures: take those of the README anew (needs chromium)
pictures: .venv/dev.stamp
	$(BIN)/python -m tests.e2e.pictures

## bench: the promises of speed, measured side by side, compared with the figures of the last commit, and written down (a quarter of an hour, on
## a machine that does nothing else; needs haproxy and prometheus-blackbox-exporter)
bench: .venv/dev.stamp
	$(BIN)/python bench --write

## bench-quick: the same with fewer repeats of less, and nothing is written: whether the benchmarks themselves work
bench-quick: .venv/dev.stamp
	$(BIN)/python bench --quick

## lock: renew the pinned versions in requirements/
lock: .venv/dev.stamp
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install -q uv
	$(COMPILE) pyproject.toml -o requirements/run.lock
	$(COMPILE) pyproject.toml --extra dask -o requirements/dask.lock
	$(COMPILE) --group build -o requirements/build.lock
	$(COMPILE) pyproject.toml --extra dask --group dev -o requirements/dev.lock

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit("diag needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/python.stamp requirements/run.lock requirements/build.lock pyproject.toml
	@echo "Installing what diag needs into .venv; half a minute, once."
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.lock -r requirements/build.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/python.stamp requirements/dev.lock pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/run.stamp
