# Two commands matter: `make demo` and `make test`. `make help` lists the others.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input --only-binary :all: --require-hashes
# Where data lives (default: var/) and the demo's port; both may be set in the environment or on the command line.
export PORT INNOTEAMS_HOME

.DEFAULT_GOAL := help
.PHONY: help demo reset-demo test check check-style check-types check-templates check-imports check-migrations \
	check-deploy check-documents format lock messages bench

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  make demo honours PORT= (default 8000) and INNOTEAMS_HOME= (default var/)."

demo: $(VENV)/run.stamp ## the whole portal on this machine, with demo data; Ctrl-C ends it
	@$(BIN)/python -m innoteams.demo.run

reset-demo: $(VENV)/run.stamp ## remove the demo's data
	@$(BIN)/python -m innoteams.demo.run --reset

test: $(VENV)/dev.stamp ## the whole suite, on servers of its own; ARGS="-k word" chooses
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/dev.stamp ## style, types, templates, import directions, migrations, deployment, documents
	@$(MAKE) --no-print-directory --keep-going check-style check-types check-templates check-imports \
		check-migrations check-deploy check-documents && echo "All checks passed."

check-style: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-types: $(VENV)/dev.stamp
	$(BIN)/mypy

check-templates: $(VENV)/dev.stamp
	$(BIN)/djlint templates --lint --quiet

check-imports: $(VENV)/dev.stamp
	$(BIN)/lint-imports

# On an embedded database of its own: a demo's is not touched, and the engine is the one that the models are made for.
check-migrations: $(VENV)/dev.stamp
	INNOTEAMS_HOME=$(CURDIR)/build/check $(BIN)/python manage.py makemigrations --check --dry-run

check-deploy: $(VENV)/dev.stamp
	SITE_URL=https://innoteams.example ALLOWED_HOSTS=innoteams.example \
		SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") \
		DATABASE_URL=postgres://db/innoteams REDIS_URL=redis://broker $(BIN)/python manage.py check --deploy --fail-level WARNING

check-documents: $(VENV)/dev.stamp
	$(BIN)/python -m tests.deploy.documents

format: $(VENV)/dev.stamp ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# In an environment of its own, so that the tool's needs do not mix with the project's.
lock: $(VENV)/dev.stamp ## pin all dependencies anew, with hashes
	$(BIN)/python -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	build/lock/bin/pip-compile $(LOCK) --output-file requirements.lock pyproject.toml
	build/lock/bin/pip-compile $(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

LOCK := --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-options --strip-extras --allow-unsafe

messages: $(VENV)/dev.stamp ## collect the texts to translate (needs gettext), compile the translations (does not)
	$(BIN)/python manage.py makemessages --locale fr --locale es --locale he --no-location --no-obsolete \
		--ignore "$(VENV)/*" --ignore "var/*" --ignore "build/*"
	$(BIN)/python manage.py compilemessages

bench: $(VENV)/dev.stamp ## measure, beside the limits of the platform
	$(BIN)/python -m benchmarks $(ARGS)

$(VENV)/run.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null || echo not there); \
		echo "innoteams needs Python 3.11 or newer, and $(PYTHON) is $$found: name another one, as in make demo PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) can't make virtual environments: install its venv module (Debian: apt install python3-venv)" >&2; exit 1; }
	@$(PIP_INSTALL) -r requirements.lock || { \
		echo "The pinned packages could not be installed; the lines above tell why. Wheels exist for Linux (glibc) and macOS on x86_64 and ARM: elsewhere use docker compose." >&2; exit 1; }
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "Installing the packages for tests and checks …"
	@$(PIP_INSTALL) -r requirements-dev.lock || { \
		echo "The packages for tests and checks could not be installed; the lines above tell why." >&2; exit 1; }
	@touch $@
