# Every chore has one word here; CI uses the same words.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_INDEX := demo-index
export HF_HUB_OFFLINE := 1
export ANONYMIZED_TELEMETRY := false

.PHONY: install demo test test-fast check format bench clean help

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

test: install  ## Run every test
	$(BIN)/pytest

test-fast: install  ## Run the tests that take seconds
	$(BIN)/pytest -m "not slow"

check: install  ## Lint, format and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## Let ruff rewrite the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Delete the environment and the demo's index
	rm -rf $(VENV) $(DEMO_INDEX)
