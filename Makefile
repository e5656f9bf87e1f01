# Every word works from a bare clone that has Python 3.11+ and make; `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= 3.13
UV_VERSION := 0.13.8
SKLEARN_VERSION := 1.9.1
CHECKOV_VERSION := 3.3.30
UV := .tools/bin/uv
BIN := .venv/bin
SYNCED := .venv/.synced
CODE := $(wildcard cost_slo lambdas infra tests benchmarks)
# On every core, half-done work moving to whichever is free; `make test CORES=0` is one process.
CORES ?= auto
SPREAD := -n $(CORES) --dist worksteal
# Only the unit tests are traced: tests/conftest.py.
COVERED := --cov=cost_slo.domain --cov-branch --cov-fail-under=100
SPEC ?= $(firstword $(wildcard cost-slo.yaml) examples/quickstart.yaml)

# Interpreters are never downloaded: the usual one where present, else any that the package supports;
# one that was asked for (`make test PYTHON=3.12`) must be there.
ifeq ($(origin PYTHON),file)
FALLBACK := $(UV) python find --system '>=3.11'
else
FALLBACK := { echo "Python $(PYTHON) is not installed here" >&2; exit 1; }
endif
export UV_PYTHON_DOWNLOADS := never
# A company's proxy is trusted by the machine, so the machine's certificates decide where it has any.
export UV_SYSTEM_CERTS := $(if $(wildcard /etc/ssl/cert*/ca-*.crt /etc/ssl/cert.pem /etc/pki/tls/certs),true,false)
unexport PYTHONPATH UV_PROJECT_ENVIRONMENT UV_PYTHON VIRTUAL_ENV
# The checks start Python hundreds of times: what it has compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: sync
sync: $(SYNCED) ## install everything the checks need into .venv/

.PHONY: demo
demo: $(SYNCED) ## the whole story on a generated bill, written to demo/
	$(BIN)/cost-slo demo --out demo

# Far from UTC on purpose: every day and month of ours is a UTC one, wherever the machine is.
.PHONY: test coverage
test coverage: export TZ := Asia/Kathmandu
test: $(SYNCED) ## run the tests; the unit tests must take every branch of the domain
	$(BIN)/pytest $(SPREAD) -m "not e2e" $(COVERED)

coverage: $(SYNCED) ## run the unit tests alone, with the same demand
	$(BIN)/pytest $(SPREAD) $(COVERED) tests/unit

# `-s` prints what the account's stand-in leaves out, and which call needs which action.
.PHONY: e2e
e2e: $(SYNCED) ## deploy to an account on this machine and run forty days of what was deployed
	$(BIN)/pytest -m e2e -s -p no:randomly tests/e2e

# `make synth SPEC=mine.yaml ARGS="-c scope=organization"`; Node and the command line are in .venv/.
.PHONY: synth
synth: $(SYNCED) ## write the template of a deployment to cdk.out/
	PATH="$$PWD/$(BIN):$$PATH" $(BIN)/cdk synth --quiet --context "spec=$(SPEC)" $(ARGS)

# A hundred packages that nothing else needs: they get an environment of their own, for this word alone.
.PHONY: checkov
checkov: $(SYNCED) | $(UV) ## ask checkov about the least and the most that can be deployed
	$(MAKE) synth ARGS="--output build/checkov/least"
	$(MAKE) synth ARGS="--output build/checkov/most -c scope=organization -c chat=true \
		-c budgets=true -c customer_key=true -c channels_secret_id=channels"
	$(UV) tool run --quiet --python $(BIN)/python --from "checkov==$(CHECKOV_VERSION)" checkov \
		--file build/checkov/*/*.template.json --framework cloudformation --compact --quiet --skip-download

.PHONY: bundle
bundle: $(SYNCED) ## build what the Lambdas run in build/bundle/, and print its size
	$(BIN)/python -m infra.bundle --spec "$(SPEC)" --out build/bundle $(ARGS)

# What fails soonest comes first, what a newcomer runs comes last.
.PHONY: check
check: ## everything CI asks for
	@for step in lint floors types synth wheel e2e test; do echo "== $$step"; $(MAKE) "$$step"; done

.PHONY: format
format: $(SYNCED) ## rewrite the code the way `lint` wants it
	$(BIN)/ruff check --fix-only $(CODE)
	$(BIN)/ruff format $(CODE)

.PHONY: lint
lint: $(SYNCED) ## formatting and lint
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

.PHONY: floors
floors: $(SYNCED) ## imports go down only
	$(BIN)/lint-imports --no-logo

.PHONY: types
types: $(SYNCED) ## mypy, strict
	$(BIN)/mypy $(CODE)

# The product is what gets installed, so the commands run from the wheel, outside the checkout.
.PHONY: wheel
wheel: $(SYNCED) ## build the wheel and run the command line from it, in an environment of its own
	rm -rf build/wheel
	$(BIN)/hatchling build --target wheel --directory build/wheel
	$(UV) export --quiet --locked --extra local --no-dev --no-emit-project --no-hashes \
		--output-file build/wheel/locked.txt
	$(UV) venv --quiet --python $(BIN)/python build/wheel/venv
	$(UV) pip install --quiet --python build/wheel/venv/bin/python \
		--constraint build/wheel/locked.txt "$$(echo build/wheel/*.whl)[local]"
	cd build/wheel && export PATH="$$PWD/venv/bin:$$PATH" \
		&& cost-slo --help > help.txt \
		&& cost-slo schema > schema.json \
		&& cost-slo demo --out demo > demo.txt \
		&& wc -c help.txt schema.json demo.txt

# `make bench-scale ARGS=--record` writes what it measured to benchmarks/RESULTS.md.
.PHONY: bench
bench: bench-detection bench-scale bench-nab bench-unit-cost bench-forecast bench-drivers bench-explain bench-inflection bench-mornings bench-fuzz bench-mutants ## run the benchmarks

# The tool that changes the code is installed for this word alone; no check needs it.
.PHONY: bench-mutants
bench-mutants: $(SYNCED) ## change the code that decides an alarm: do the tests notice?
	$(UV) sync --quiet --locked --inexact --python $(BIN)/python --extra local --extra lambda --extra chat --group mutants
	$(BIN)/python -m benchmarks.mutants $(ARGS)

# The trees of this one are nobody else's dependency, so they are laid over .venv/ for the run alone.
.PHONY: bench-ceiling
bench-ceiling: $(SYNCED) | $(UV)
	$(UV) run --quiet --no-sync --with "scikit-learn==$(SKLEARN_VERSION)" \
		python -m benchmarks.ceiling $(ARGS)

bench-%: $(SYNCED)
	$(BIN)/python -m benchmarks.$(subst -,_,$*) $(ARGS)

.PHONY: clean
clean: ## forget everything that was installed or built
	rm -rf .bench .tools .venv build cdk.out dist demo mutants .*_cache .coverage .hypothesis

# --------------------------------------------------------------------------------------------------

$(SYNCED): pyproject.toml uv.lock .python-version | $(UV)
	@python="$$($(UV) python find --system $(PYTHON) 2>/dev/null || $(FALLBACK))" \
		&& $(UV) sync --quiet --locked --extra local --extra lambda --extra chat --python "$$python"
	@touch $@

# The installer gets an environment of its own, so a Python that refuses global installs is fine.
$(UV):
	@for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$python" -c 'import ensurepip' 2>/dev/null; then \
			"$$python" -m venv --clear .tools && pip=".tools/bin/python -m pip"; \
		elif "$$python" -m pip --version >/dev/null 2>&1; then \
			"$$python" -m venv --clear --without-pip .tools && pip="$$python -m pip --python .tools/bin/python"; \
		else continue; fi; \
		$$pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)" && exit 0; \
	done; \
	rm -rf .tools; \
	echo "make needs Python 3.11 or newer with venv and pip, and a way to a package index." >&2; \
	echo "On Debian or Ubuntu: sudo apt install python3-venv" >&2; \
	exit 1
