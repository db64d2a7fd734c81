# Every chore has one word here; CI uses the same words.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
DEMO_INDEX := demo-index
export HF_HUB_OFFLINE := 1
export ANONYMIZED_TELEMETRY := false

.PHONY: install browser demo test test-fast check format bench bench-peers sbom clean help

help:  ## Show these words
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test,check]'
	@touch $@

install: $(VENV)/.installed  ## Make the environment and install everything

demo: install  ## Index articles/ and answer a question
	@$(BIN)/dateline reindex articles --index $(DEMO_INDEX)
	@echo
	$(BIN)/dateline ask "What are Russia's preconditions?" --index $(DEMO_INDEX)

browser:  ## Install Debian's Chromium where there is none: the web page's tests drive it
	@command -v chromium >/dev/null || { \
	  echo "Installing Chromium"; SUDO=$$([ "$$(id -u)" = 0 ] || command -v sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -qq -y chromium >/dev/null; } \
	|| echo "No Chromium could be installed; the page's browser tests are skipped"

test: install browser  ## Run every test
	$(PYTEST)

test-fast: install  ## Run the tests that start no server, browser or run of the indexer, in two minutes
	$(PYTEST) -m "not slow"

check: install  ## Lint, format and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## Let ruff rewrite the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install  ## Measure answers over our own articles and questions
	@$(BIN)/dateline reindex articles --index $(DEMO_INDEX)
	$(BIN)/dateline eval benchmarks/sample/questions.jsonl --index $(DEMO_INDEX) --report bench-report

bench-peers: install  ## Compare with other libraries, each in an environment of its own (needs ARTICLES, QUESTIONS)
	$(BIN)/python -m benchmarks.peers $(ARTICLES) $(QUESTIONS)

sbom: install  ## List the environment's packages with versions and licences in sbom.json (CycloneDX)
	$(PYTHON) -m venv $(VENV)-sbom
	$(VENV)-sbom/bin/pip install --quiet --constraint constraints.txt cyclonedx-bom
	$(VENV)-sbom/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml -o sbom.json

clean:  ## Delete the environment and the demo's index
	rm -rf $(VENV) $(VENV)-sbom $(DEMO_INDEX) bench-report sbom.json
