# What each target does is in its script; this file only names them.
PORT ?= 8000
STATE ?= .demo
INSECURE ?=
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo build test check clean bench-path bench-durability bench-grading

demo: ## set up what is missing, then start the hub with the demo courses
	@$(PYTHON) hub_config/set_up.py run
	@exec $(BIN)/trailbook demo --port $(PORT) --state $(STATE) $(if $(INSECURE),--insecure)

build: ## the scripts and styles of Home and of the lesson pages
	@$(PYTHON) hub_config/set_up.py run

check: ## what must hold before any test runs
	@$(PYTHON) hub_config/set_up.py dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix extensions/web run --silent check

test: ## every test, the browser's too
	@$(PYTHON) hub_config/set_up.py dev
	npm --prefix extensions/web test --silent
	$(BIN)/pytest --durations=20

bench-path: ## learner models beside the field's, on real learners
	@$(PYTHON) hub_config/set_up.py dev
	$(BIN)/python -m bench.path

bench-durability: ## what is kept when processes are killed and the power is cut, and how soon it is acknowledged
	@$(PYTHON) hub_config/set_up.py dev
	@PYTHONPATH=bench:tests $(BIN)/python -m durability

bench-grading: ## grading beside nbgrader's, and what it costs, leaves and lets through
	@$(PYTHON) hub_config/set_up.py dev
	@$(BIN)/python -m bench.grading

clean: ## everything that was built; the demo's data stays
	rm -rf .venv .build extensions/web/dist extensions/web/node_modules hub_config/node_modules
