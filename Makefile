# make run    serve the article
# make quick  run the tests of the engine and of the parts of the pages; no browser, no network
# make test   run every test
# make bench  compare the engine's speed with other libraries, and time the pages
# make load   three waves of 200 readers at once, on a server of their own
# make vectors  ask other libraries again for what the tests compare the engine with
# make results  train and store the runs that ship with the project, and its figures without their rows, and the rows that follow a slider
# make heights  measure again the places that the pages keep for what comes late, after words or figures have changed
# make pictures  take a picture of every page, and the small one that others show of a link to it

PYTHON ?= python3
BIN := .venv/bin
PARALLEL := --numprocesses 2 --dist worksteal
export OPENBLAS_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

run: .venv/app
	$(BIN)/streamlit run serve.py

quick: .venv/test
	$(BIN)/python -m pytest $(PARALLEL) -m "not (remakes or rests or sweeps or faults)" tests/engine tests/view

test: .venv/dev browser
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python -m pytest $(PARALLEL)

bench: .bench/ready .venv/dev browser
	.bench/bin/python -m scripts.bench
	$(BIN)/python -m scripts.bench_sweep
	$(BIN)/python -m scripts.bench_pages
	$(BIN)/python -m scripts.view_cost

heights: .venv/dev browser
	$(BIN)/python -m scripts.heights

load: .venv/test
	$(BIN)/python -m scripts.load --waves 3

vectors: .bench/ready
	.bench/bin/python -m scripts.vectors

results: .venv/app
	$(BIN)/python -m engine.defaults
	$(BIN)/python -m engine.sliders
	$(BIN)/python -m engine.studies.contest
	$(BIN)/python -m engine.studies.regimes
	$(BIN)/python -m engine.studies.accuracies
	$(BIN)/python -m engine.studies.looks
	$(BIN)/python -m engine.studies.straight
	$(BIN)/python -m engine.studies.difference
	$(BIN)/python -m engine.studies.erf_unit
	$(BIN)/python -m engine.studies.book
	$(BIN)/python -m engine.studies.film
	$(BIN)/python -m engine.studies.today
	$(BIN)/python -m view.specifications

pictures: .venv/dev browser
	$(BIN)/python -m scripts.pictures
	$(BIN)/python -m scripts.previews

# A browser that is there, else Debian's when root, else Playwright's own.
browser: .venv/dev
	@which chromium chromium-browser google-chrome > /dev/null 2>&1 \
	|| { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq chromium; } \
	|| $(BIN)/playwright install chromium

.venv/app: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

.venv/test: requirements-test.txt .venv/app
	$(BIN)/pip install --quiet -r requirements-test.txt
	touch $@

.venv/dev: requirements-dev.txt requirements-cluster.txt .venv/test
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@

.bench/ready: requirements-bench.txt
	$(PYTHON) -m venv .bench
	.bench/bin/pip install --quiet -r requirements-bench.txt
	touch $@

.PHONY: run quick test bench heights load vectors results pictures browser
