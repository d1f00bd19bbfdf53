# Everything a person calls. Each target does its own set-up; the first run takes minutes, later ones seconds.
PYTHON ?= python3
ADDON ?=
TAGS ?=
ONLY ?=
ARGS ?=
SUITES ?=
SEED ?= 1
MINUTES ?= 5
RUN = PYTHONWARNINGS=ignore "$(or $(VENV_DIR),.venv)/bin/python" -m

# compiled once for the hundreds of processes of a run, and nothing of it beside the sources
export PYTHONPYCACHEPREFIX = $(CURDIR)/.state/pycache
export PYTHONDONTWRITEBYTECODE =

.PHONY: help provision run test test-core test-lifecycle production-check hostile faults mutants versions load lint bench i18n screenshots wheels clean

help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

provision: ## install Odoo 19, the virtual environment and the system tools
	@"$(PYTHON)" tools/provision.py

run: provision ## start Odoo with all addons and demo data, the sandbox supplier and the mail sink
	@exec env $(RUN) tools.run

test: provision ## run all tests; ADDON=<name> for one addon
	@$(RUN) tools.test $(if $(ADDON),--addon $(ADDON)) $(if $(TAGS),--tags $(TAGS)) $(if $(ONLY),--only $(ONLY)) -- $(ARGS)

hostile: provision ## all of the hostile suite: every damaged file of the corpora instead of a sample
	@HOSTILE=all $(RUN) tools.test --only pytest --folder hostile -- $(ARGS)

test-core: provision ## run Odoo's own tests without and with our addons; SUITES=sale,purchase for some, BROWSER=0 for no tours
	@$(RUN) tools.test_core $(if $(SUITES),--suites $(SUITES)) $(if $(filter 0,$(BROWSER)),--no-browser) $(ARGS)

test-lifecycle: provision ## install, uninstall and update the addons in five random orders (make test: in one)
	@LIFECYCLE_PERMUTATIONS=5 $(RUN) pytest tests/lifecycle $(ARGS)

production-check: provision ## set up deploy/ with the machine's PostgreSQL and nginx, two hosts, backup and restore; needs root
	@command -v nginx > /dev/null || apt-get install -q -y --no-install-recommends nginx
	@ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || apt-get install -q -y --no-install-recommends postgresql
	@$(RUN) pytest tests/production $(ARGS)

lint: provision ## ruff, pylint-odoo, OCA's hooks, mypy, prettier, eslint, the dialect, translations
	@$(RUN) tools.lint

faults: provision ## break servers, database, disk and mail on purpose and count; SEED=1 repeats, ARGS="--only kill"
	@$(RUN) tests.faults --seed $(SEED) $(ARGS)

mutants: provision ## break every guard once and see which test notices; ADDON=<name> for one addon, ARGS="--share 10" for a tenth
	@$(RUN) tools.mutants $(ADDON) $(ARGS)

versions: provision ## the tests with each Python and PostgreSQL that is here; ADDON=<name>, ARGS=--newest for newer packages, too
	@$(RUN) tools.versions $(if $(ADDON),--addon $(ADDON)) $(ARGS)

load: provision ## 50 portal users for MINUTES=5; writes benchmarks/LOAD.md
	@$(RUN) benchmarks.load --minutes $(MINUTES) $(ARGS)

bench: provision ## measure beside the peers; ADDON=<name> for one addon, ARGS=--durable with fsync on
	@$(RUN) tools.bench $(ADDON) $(ARGS)

i18n: provision ## export the .pot files and merge them into the translations; ADDON=<name> for one addon
	@$(RUN) tools.i18n $(ADDON)

screenshots: provision ## run the stories and renew the pictures of docs/ and of the Apps page
	@$(RUN) tools.screenshots $(ARGS)

wheels: provision ## build a wheel of each addon under .state/wheels; ADDON=<name> for one
	@$(RUN) tools.wheels $(ADDON)

clean: ## drop databases, logs and mail (.state); keeps Odoo and the virtual environment
	rm -rf "$(or $(STATE_DIR),.state)"
