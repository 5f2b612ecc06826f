# make demo    see the whole thing work: set-up, then a visit from scan to receipt
# make test    everything that must hold before a change lands
# make test-system  the same in machines of their own: Debian folders and systemd containers
# make test-hardware CONFIG=kiosk.toml  the contracts, on the devices of a booth that is stopped
# make setup   .venv with the `kiosk` command in it
# make bench   speed and memory, as ratios to the bare libraries
# make lint    style, types, and which room may import which
# make deb     a Debian package in dist; WHEELS=dir puts wheels into it
# make format  put the code into the house style

PYTHON ?= $(firstword $(foreach v,python3.11 python3.12 python3,$(shell command -v $(v) 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
DEMO_OPTIONS ?= --auto

# Compiled modules are kept: the suite starts many processes, and each would compile all again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-system test-hardware lint format bench deb lock wheels clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

setup: $(VENV)/ready

$(VENV)/ready: requirements.txt pyproject.toml systemd/system-packages.sh
	@./systemd/system-packages.sh run
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v in ((3, 11), (3, 12)) else \
	  "Python 3.11 or 3.12 is needed, this is %d.%d. Name one: make PYTHON=python3.11 …\n" \
	  "On Debian 13 and Raspberry Pi OS 13: sudo systemd/debian-12-python.sh" % v)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Python packages into $(VENV) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@$(BIN)/kiosk demo $(DEMO_OPTIONS)

# Three at a time on two cores, for many a test waits; the long files, in tests/integration, first.
test: setup lint
	@./systemd/system-packages.sh test
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow and not system and not hardware"
	@$(BIN)/python -m pytest -m "slow and not system and not hardware"

test-system: setup
	@./systemd/system-packages.sh system
	@$(BIN)/python -m pytest -m system tests/system

test-hardware: setup
	@KIOSK_HARDWARE_CONFIG="$(CONFIG)" $(BIN)/python -m pytest -m hardware tests/hardware

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup
	@$(BIN)/python -m tests.benchmarks

deb:
	@./systemd/deb.sh $(if $(WHEELS),--wheels "$(WHEELS)")

# The locks serve CPython 3.11 and 3.12 on x86_64 and aarch64 alike: requirements.txt for whoever
# works on the code, requirements-run.txt for booths and servers.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --python-version 3.11 pyproject.toml
lock: setup
	@$(BIN)/pip install --quiet uv
	@$(LOCK) --extra central --extra dslr --extra lights --extra dev -o requirements.txt
	@$(LOCK) --extra central --extra dslr --extra lights --extra install -o requirements-run.txt
	@$(MAKE) --no-print-directory wheels

# Booths have no compiler. Nothing is downloaded; 2.36 is the C library of Debian 12.
wheels: setup
	@$(BIN)/pip install --quiet uv
	@for machine in x86_64 aarch64; do for python in 3.11 3.12; do \
	  echo "requirements-run.txt: wheels for $$machine, Python $$python"; \
	  $(BIN)/uv pip install --quiet --dry-run --target $(VENV)/nothing --no-deps --only-binary :all: \
	    --require-hashes --python-platform $$machine-manylinux_2_36 --python-version $$python \
	    -r requirements-run.txt || exit 1; \
	done; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-out
