# Every target sets up what it needs. CI runs `make test` and nothing that a person could not run.
#
# The project is installed in .venv in one of two ways:
#   at a desk    strict editable: edits count at once; a new or removed file is linked by the next `make`
#   CI is set    a regular install, as users get it: a module that the wheel forgets fails the tests

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := cli features ingest models reports serving training
DEPENDENCIES := .venv/.dependencies
INSTALLED := .venv/.installed-$(if $(CI),regular,editable)
# A folder changes when a file is added to it or removed. An edit shows through the links, but not in a regular install.
SOURCES := $(shell find $(PACKAGES) -name __pycache__ -prune -o \( -type d $(if $(CI),-o -type f) \) -print)
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --no-input

# Kept, the compiled modules spare every one of the many processes that tests start some seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup test checks quick format format-check lint types layers unit quick-unit coverage rest long fuzz lowest \
	demo docs screenshots lock clean

help: ## Say what can be made (this text)
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup: $(INSTALLED) ## Make .venv, with the locked dependencies and littlegiants itself

test: checks rest ## All that CI checks: format, lint, types, layers, tests, coverage

# The types are checked in one process, which leaves a core to the tests of units.
checks: $(INSTALLED)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line format-check lint layers types coverage

quick: $(INSTALLED) ## Check format, lint, types, layers, and the tests of units (a few minutes)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target format-check lint types layers quick-unit

format: $(DEPENDENCIES) ## Put every file in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --select I --fix .

format-check: $(DEPENDENCIES)
	$(BIN)/ruff format --check .

lint: $(DEPENDENCIES) ## Lint with ruff
	$(BIN)/ruff check .

types: $(INSTALLED) ## Check types: strictly in the packages, inside only in tests
	$(BIN)/mypy $(foreach package,$(PACKAGES),-p littlegiants.$(package)) -p tests | \
		sed -E 's#^(build/__editable__[^/]*|\.venv/lib/[^/]*/site-packages)/littlegiants/##'

layers: $(INSTALLED) ## Check who may import whom
	$(BIN)/lint-imports --config pyproject.toml --no-logo

unit: $(INSTALLED) ## Run the tests and the docstrings' examples; ARGS="-k heat" picks some
	$(BIN)/pytest --numprocesses 2 --durations 25 --durations-min 1 $(ARGS)

# In one process: to start others would take as long as the tests. The other core checks types meanwhile.
quick-unit: $(INSTALLED)
	$(BIN)/pytest -p no:xdist -p no:schemathesis -p no:pytest_cov --quiet --hypothesis-profile=quick -m quick $(QUICK) $(ARGS)

# Where the tests marked `quick` are: tests/conftest.py says which they are.
QUICK := $(addprefix tests/,$(addprefix ingest/,entities files readers records tables) features models/artefact \
	models/scoring reports training/evaluation)

long: $(INSTALLED) ## Try the rules of time on 10,000 pairs of generated worlds, all else on 20 times as many, benchmarks whole
	LITTLEGIANTS_LONG_TESTS=20 $(BIN)/pytest --numprocesses 2 tests/features/test_time.py tests/ingest/audit/test_run.py \
		tests/ingest/linkage/test_link.py tests/ingest/records/test_fast_path.py tests/ingest/files/test_file_set.py \
		tests/faults/test_artefacts.py tests/faults/test_outputs.py tests/serving/spark/test_job.py tests/cli/test_spark.py tests/examples/test_schedule.py \
		tests/serving/watch/test_feature_drift.py \
		tests/benchmarks/test_benchmarks.py tests/benchmarks/test_ablation.py tests/benchmarks/test_sbir_to_market.py $(ARGS)
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=60

fuzz: $(INSTALLED) ## Fuzz CSV, workbooks, Parquet and JSON for FUZZ_SECONDS each (600); needs Linux
	$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ_SECONDS) $(ARGS)

FUZZ_SECONDS ?= 600

coverage: $(INSTALLED) ## Measure which lines the tests of units reach, against the floor in pyproject.toml
	$(BIN)/pytest --numprocesses 2 --quiet --cov --cov-report term -m quick $(QUICK) $(ARGS)

# In more processes than there are cores: many of these tests wait for a service, a browser or a time to be over.
rest: $(INSTALLED)
	$(BIN)/pytest --numprocesses 3 --durations 25 --durations-min 1 -m "not quick" $(ARGS)

lowest: $(DEPENDENCIES) ## Train and score with the base alone, then test, all in the lowest versions allowed
	rm -rf $(LOWEST) && mkdir -p $(LOWEST)/tree
	cp -r $(PACKAGES) tests docs examples benchmarks pyproject.toml Makefile LICENSE *.md $(LOWEST)/tree
	$(BIN)/uv venv --quiet --python $(BIN)/python $(LOWEST)/env
	$(INSTALL_LOWEST) $(LOWEST)/tree
	cd $(LOWEST) && env/bin/giants simulate --out data --firms 3000
	cd $(LOWEST) && env/bin/giants train --data data --artefact model
	cd $(LOWEST) && env/bin/giants score --data data --as-of 2025-12-31 --model model --out scores.csv
	$(INSTALL_LOWEST) "$(LOWEST)/tree[dev]"
	cd $(LOWEST)/tree && ../env/bin/pytest --numprocesses 2 --quiet -p no:cacheprovider \
		tests/features tests/ingest tests/models tests/training -m "not (slow or service or browser or real_data)" $(ARGS)

LOWEST := build/lowest
INSTALL_LOWEST = $(BIN)/uv pip install --quiet --python $(LOWEST)/env/bin/python --resolution lowest-direct

demo: $(INSTALLED) ## Simulate an economy, train on it, score a portfolio of new firms, into demo/
	@rm -rf demo && mkdir demo
	@echo "== an economy of 20,000 firms, from which the model learns"
	@$(BIN)/giants simulate --out demo/data --firms 20000
	@echo && echo "== training: fitted, calibrated and tested on later and later dates, then registered in MLflow"
	@$(BIN)/giants train --data demo/data --artefact demo/model --store $(DEMO_STORE)
	@echo && echo "== the new model passes the gate and becomes the champion"
	@$(BIN)/giants promote latest --data demo/data --store $(DEMO_STORE)
	@echo && echo "== a portfolio of firms the model has never seen"
	@$(BIN)/giants simulate --out demo/portfolio --firms 400 --seed 2026
	@$(BIN)/giants score --data demo/portfolio --as-of 2025-12-31 --store $(DEMO_STORE) \
		--out demo/scores.csv --report demo/report.html
	@echo
	@echo "Look at demo/report.html in a browser and at demo/scores.csv in a spreadsheet."
	@echo "The runs: $(BIN)/mlflow ui --backend-store-uri $(DEMO_STORE)"

DEMO_STORE := sqlite:///demo/mlflow.db

# The theme's notice of its successor is silenced. No page loads anything from the network.
docs: $(INSTALLED) ## Build the documentation as a site, strictly, into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

screenshots: $(INSTALLED) ## Take the pictures of the page in docs/page anew, in Chromium
	$(BIN)/python -m tests.serving.http.page.screenshots

lock: $(DEPENDENCIES) ## Lock the dependencies anew, with hashes; UPGRADE=1 takes newer releases
	echo 'python-dateutil<3' | $(COMPILE) --output-file requirements.lock --constraints - pyproject.toml
	$(COMPILE) --output-file requirements-dev.lock --extra dev --constraints requirements.lock pyproject.toml
	$(COMPILE) --output-file requirements-service.lock --extra serve --constraints requirements-dev.lock pyproject.toml
	printf 'pip>=26\nsetuptools\n' | $(COMPILE) --output-file requirements-build.lock --constraints requirements-dev.lock -

clean: ## Remove all that the other targets make
	rm -rf .venv build dist demo site *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# One lock for every Python and platform, and in it neither the address of an index nor a path.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet \
	--universal --python-version 3.11 --fork-strategy fewest \
	--no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "littlegiants needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version 2>&1 || true);" \
			"name another: make setup PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# Everything by known hash, and as wheels, so that no install runs code; by a pip of known hash too, since that of Python
# 3.11 does not find the hash of a package that is asked for with an extra (pydantic[email]). Three packages are published
# as source only: they are built by the locked setuptools, not by whichever an isolated build would fetch that day.
$(DEPENDENCIES): requirements-build.lock requirements-dev.lock | .venv/bin/python
	$(INSTALL) --require-hashes --only-binary :all: --requirement requirements-build.lock
	$(INSTALL) --require-hashes --only-binary :all: --no-binary autograd-gamma,pyspark,venn-abers --no-build-isolation \
		--requirement requirements-dev.lock
	@touch $@

# build/lib is removed first, or setuptools would pack modules that are long gone.
$(INSTALLED): $(DEPENDENCIES) pyproject.toml $(SOURCES)
	@rm -rf build/lib build/bdist.* .venv/.installed-*
	$(INSTALL) --no-deps --no-build-isolation \
		$(if $(CI),.,--editable . --config-settings editable_mode=strict)
	@touch $@
