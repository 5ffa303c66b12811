# Marsad. Two commands do all the set-up on a machine with a Rust toolchain: make demo, make test.

# Shared between clones, so that a fresh clone does not compile everything again.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/marsad/target
CARGO ?= cargo
MARSAD = $(CARGO_TARGET_DIR)/fast/marsad
PYTHON ?= python3
VENV ?= $(HOME)/.cache/marsad/venv

.PHONY: demo test check bench bench-evidence bench-scale bench-search bench-soak bench-statements bench-stream build release doc clean-demo

## demo: build quickly, make a small world, measure it, write a report
demo: build
	$(MARSAD) demo

build:
	$(CARGO) build --quiet --profile fast -p marsad -p marsad-verify

release:
	$(CARGO) build --release -p marsad -p marsad-verify

## test: everything that must hold; installs what it needs
test: $(VENV)/ready
	scripts/test

## check: formatting and lints, as CI runs them
check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

## bench: import and measures on real posts, beside DuckDB and rensa, in one run
bench: release $(VENV)/bench-ready
	$(VENV)/bin/python benches/import/bench.py

## bench-evidence: the log's appends beside SQLite, its full check beside sha256sum, its start-up
bench-evidence:
	$(CARGO) build --release -p marsad-evidence --example figures
	$(PYTHON) benches/evidence/bench.py

## bench-scale: cost of a post of import and statements, from 10^5 to 10^7 posts
bench-scale: release
	$(PYTHON) benches/scale/bench.py

## bench-search: the search index on real posts: made, its size, latency of 200 queries
bench-search: release
	$(CARGO) build --release -p marsad-search --example latency
	$(PYTHON) benches/search/bench.py

## bench-statements: precision, recall and F1 of matching by kind of change, beside peers
SEEDS ?= 8
bench-statements: $(VENV)/bench-ready
	VENV=$(VENV) benches/statements/run $(SEEDS)

## bench-stream: a post against all history: microseconds, memory, disk; POSTS of history
POSTS ?= 1000000
bench-stream:
	$(CARGO) run --release --quiet -p marsad-matching --example stream -- $(POSTS)

## bench-soak: an hour of 2,000 channels in three minutes, 5 % faults, ten kills; CHANNELS, KILLS
CHANNELS ?= 2000
KILLS ?= 10
bench-soak: build
	$(CARGO) run --profile fast --quiet -p soak-bench -- --marsad $(MARSAD) --channels $(CHANNELS) --kills $(KILLS)

## doc: the code's documentation
doc:
	$(CARGO) doc --workspace --no-deps

# Readers that are not ours, for the tests of the lake and the evidence.
$(VENV)/ready: scripts/requirements-test.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements-test.txt
	touch $@

# Peers, for the benchmarks.
$(VENV)/bench-ready: $(VENV)/ready scripts/requirements-bench.txt
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements-bench.txt
	touch $@

clean-demo:
	rm -rf marsad-demo
