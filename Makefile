# Docent's tasks. `make` alone lists them. Written for GNU Make 3.81 and any POSIX shell.

VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8888
# As many as there are cores, and no more than four: each starts servers of its own.
WORKERS ?= auto --maxprocesses 4
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
WORKFLOWS = $(wildcard .github/workflows/*.yml)

# Where the lock must find wheels: what is supported, and not only the machine at hand.
PYTHONS = 3.11 3.12 3.13 3.14
PLATFORMS = x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin \
	x86_64-apple-darwin x86_64-pc-windows-msvc

# The shared test input is found where it lies beside the clone; one that is named stays.
ifeq ($(origin DOCENT_SHARED),undefined)
ifneq ($(wildcard ../shared/met/met_api_records.json.gz),)
export DOCENT_SHARED := $(CURDIR)/../shared
endif
endif

DEVCONTAINER = npx --yes @devcontainers/cli@0.89.0
REPORT ?= contract-report.json

.PHONY: help setup lab up migrate test check gate pr-text bench lint format docs screenshots lock \
	lock-check compose compose-test devcontainer comment clean

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv and install the locked packages; a second run costs nothing
	@VENV="$(VENV)" PYTHON="$(PYTHON)" GOALS="$(MAKECMDGOALS)" sh .ci/setup

lab: setup ## Start Postgres, fill it and open JupyterLab (PORT=8899; ARGS=--no-browser)
	@"$(BIN)/docent" lab --port "$(PORT)" $(ARGS)

up: setup ## Start Postgres and fill it, without JupyterLab
	@"$(BIN)/docent" up $(ARGS)

migrate: setup ## Bring the database's tables to the newest migration, without data
	@"$(BIN)/alembic" upgrade head

test: setup ## Run every test and name what was left out (only some: ARGS='-k catalog')
	@"$(BIN)/python" -m pytest --numprocesses $(WORKERS) $(ARGS)

check: setup ## Compare the contracts with the database (see docent check --help)
	@"$(BIN)/docent" check $(ARGS)

gate: setup ## Judge what a branch breaks before it is merged (see docent gate --help)
	@"$(BIN)/docent" gate $(ARGS)

pr-text: setup ## Fetch the pull request's text, in a workflow (FILE=where to)
	@"$(BIN)/python" -m prevention.pull_request_text $(FILE)

bench: setup ## Measure every budget and write docs/benchmarks.md (some: ARGS='seed')
	@"$(BIN)/python" -m benchmarks $(ARGS)

lint: setup ## Look for mistakes in code, notebooks, workflows and the compose file
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/lint-imports"
	$(if $(NOTEBOOKS),"$(BIN)/nbstripout" --verify --extra-keys 'metadata.papermill cell.metadata.papermill' $(NOTEBOOKS))
	"$(BIN)/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml \
		.devcontainer/docker-compose.yml
	"$(BIN)/check-jsonschema" --builtin-schema vendor.github-workflows $(WORKFLOWS)
	"$(BIN)/check-jsonschema" --builtin-schema vendor.dependabot .github/dependabot.yml
	"$(BIN)/zizmor" --offline --quiet .github
	"$(BIN)/pre-commit" validate-config
	"$(BIN)/pre-commit" validate-manifest

format: setup ## Mend what can be mended: layout, imports, outputs left in notebooks
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .
	$(if $(NOTEBOOKS),"$(BIN)/nbstripout" --extra-keys 'metadata.papermill cell.metadata.papermill' $(NOTEBOOKS))

docs: setup ## Write the reference pages in docs anew from the code
	@"$(BIN)/python" docs/generate.py

screenshots: setup ## Take the README's pictures anew (needs Chromium)
	@"$(BIN)/python" -m tests.browser.screenshots

lock: setup ## Write requirements.lock anew (newer versions: ARGS=--upgrade)
	"$(BIN)/uv" pip compile --quiet --universal --all-extras --generate-hashes --no-emit-index-url \
		--no-header $(ARGS) --output-file requirements.lock pyproject.toml

lock-check: setup ## Show that the lock has wheels for every Python and system (network)
	@for python in $(PYTHONS); do for platform in $(PLATFORMS); do \
		echo "Python $$python on $$platform"; \
		"$(BIN)/uv" pip install --quiet --dry-run --target "$(VENV)/lock-check" --no-deps \
			--only-binary :all: --require-hashes --python-version $$python \
			--python-platform $$platform -r requirements.lock || exit 1; \
	done; done

compose: ## Start the compose stack and wait until it is seeded and green (Docker)
	DOCENT_UID="$${DOCENT_UID:-$$(id -u)}" \
		docker compose up --build --detach --wait --wait-timeout 600
	docker compose exec -T workspace docent check

compose-test: ## Check the contracts against a new database without data (Docker)
	DOCENT_UID="$${DOCENT_UID:-$$(id -u)}" docker compose --profile test run --build --rm test

devcontainer: ## Start the dev container and wait until it is green (Docker, npx)
	$(DEVCONTAINER) up --workspace-folder . --skip-post-attach
	$(DEVCONTAINER) exec --workspace-folder . docent check

comment: setup ## Tell a pull request the outcome of a check (REPORT=its JSON)
	@"$(BIN)/python" -m prevention.github_comment $(REPORT)

clean: ## Take away packages and caches; never notebooks, data or progress
	@if [ -x "$(BIN)/docent" ]; then "$(BIN)/docent" down >/dev/null 2>&1 || true; fi
	@if [ -f "$(VENV)/pyvenv.cfg" ] || [ -f "$(VENV)/.docent-unfinished" ]; then rm -rf "$(VENV)"; fi
	@rm -rf build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find benchmarks contracts data_assets detection docs notebooks prevention tests \
		-name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
