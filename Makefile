# Start here: `make help` lists the targets.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run dev test test-all test-postgres test-deploy deploy-tools image-size quick e2e unit mutants check lock format messages preview screenshots typeface icons pictures-of-mails bench bench-load bench-page bench-first-paint bench-visits bench-start bench-lighthouse bench-enumeration bench-side-channels bench-inbox bench-digest bench-faults bench-scale wrk chromium redis postgresql clean

help: ## List all targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

.venv/.run: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/.run ## Start the app on http://localhost:3000
	$(BIN)/reflex run --env prod

dev: .venv/.run ## Start the development server, which reloads your changes
	$(BIN)/reflex run

# Browser tests mostly wait, so they run in three processes, and all the others
# use what these leave of two cores.
IN_BROWSERS := -n 3 --dist loadfile
# One that fails is tried once more, and listed as such: see docs/decisions.md.
BROWSERS := -m e2e $(IN_BROWSERS) --reruns 1 -rR
OTHERS := -m "not e2e and not faults and not hosts" -n 2
# Without what `tests/thorough.py` names.
BROWSERS_SHORT := -m "e2e and not thorough" $(IN_BROWSERS)
OTHERS_SHORT := -m "not e2e and not faults and not hosts and not thorough" -n 2
# These load the machine themselves, so nothing else runs meanwhile.
FAULTS := -m faults -n 2
# Runs browser tests, and all the others alongside.
define alongside
	@mkdir -p test-artifacts
	@$(BIN)/python -m pytest -q $(2) > test-artifacts/others.log 2>&1 & others=$$!; \
	  trap "kill $$others 2>/dev/null" EXIT; trap "exit 130" INT TERM; \
	  echo "In a browser (the other tests run alongside):"; \
	  $(BIN)/python -m pytest -q $(1); browser=$$?; \
	  wait $$others; rest=$$?; trap - EXIT; \
	  echo "Without a browser:"; cat test-artifacts/others.log; \
	  [ $$browser = 0 ] && [ $$rest = 0 ]
endef

test: .venv/.dev chromium redis postgresql ## Run the tests that take no longer than a few minutes
	$(call alongside,$(BROWSERS_SHORT),$(OTHERS_SHORT))

test-all: .venv/.dev chromium redis postgresql ## Run all tests: also in every kind of browser, and under faults
	$(call alongside,$(BROWSERS),$(OTHERS))
	$(BIN)/python -m pytest -q $(FAULTS)

quick: .venv/.dev redis postgresql ## Run the tests of what you changed, or else the unit and service tests
	@$(BIN)/python -m tests.quick

unit: .venv/.dev redis postgresql ## Run the tests that don't need a browser
	$(BIN)/python -m pytest $(OTHERS)
	$(BIN)/python -m pytest $(FAULTS)

# The tests start a PostgreSQL of their own, which ends with them, whatever happens.
RACES := -m "race and not e2e and not faults and not hosts" -n 2
test-postgres: export TEST_DATABASE = postgresql
test-postgres: .venv/.dev chromium redis postgresql ## Run all tests on PostgreSQL, and every race ten times
	$(BIN)/python -m pytest -q $(OTHERS)
	$(BIN)/python -m pytest -q -m e2e -n 2 --dist loadfile
	@for turn in 1 2 3 4 5 6 7 8 9 10; do \
	  echo "Races, turn $$turn of 10:"; $(BIN)/python -m pytest -q $(RACES) || exit 1; done

e2e: .venv/.dev chromium ## Run the browser tests
	$(BIN)/python -m pytest $(BROWSERS)

test-deploy: .venv/.dev redis deploy-tools ## Test what is in deploy/: the image's files, systemd, and two instances behind nginx and Caddy
	$(BIN)/python -m pytest -m hosts tests/deploy

# Run only some with, for example: make mutants ONLY="outbox 'works once'"
mutants: .venv/.dev redis postgresql ## Remove one guard at a time and check that a test fails (only some: ONLY="outbox")
	$(BIN)/python -m tests.mutants $(ONLY)

check: .venv/.dev ## Check formatting, lint, types, older browsers and known vulnerabilities
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.supported_browsers
	$(BIN)/python -m tests.audit

lock: .venv/.dev ## Write requirements.lock, with hashes, from requirements.txt
	@sed '/^$$/q' requirements.lock > requirements.lock.new
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-find-links -o requirements.lock.made requirements.txt
	@cat requirements.lock.made >> requirements.lock.new; rm requirements.lock.made; mv requirements.lock.new requirements.lock

format: .venv/.dev ## Format the code and fix lint errors
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: .venv/.dev ## Extract translatable text to anonmsg/locale/anonmsg.pot
	$(BIN)/pybabel extract -q -F babel.cfg -k _ -k N_ -k ngettext:1,2 --project anonmsg --omit-header -o anonmsg/locale/anonmsg.pot anonmsg

preview: .venv/.run ## Redraw the site's own link preview
	PYTHONPATH=. $(BIN)/python docs/make_site_preview.py

typeface: .venv/.dev ## Make the pages' typeface again from its font package
	$(BIN)/python -m docs.make_typeface

screenshots: .venv/.dev chromium ## Take the README's screenshots into docs/pictures
	$(BIN)/python -m docs.make_pictures

icons: .venv/.dev chromium ## Redraw the icons from assets/favicon.svg
	$(BIN)/python -m docs.make_icons

pictures-of-mails: .venv/.dev chromium ## Take screenshots of every email into docs/mails
	$(BIN)/python -m docs.make_mail_pictures

bench: bench-load bench-page bench-first-paint bench-visits bench-start bench-lighthouse bench-enumeration bench-side-channels bench-inbox bench-digest bench-faults bench-scale ## Run every benchmark; each prints a table and a JSON line

SECONDS ?= 60
bench-load: .venv/.dev wrk ## Measure sending and page loads under load, against the floor; SECONDS=5 for a quick look
	$(BIN)/python -m bench.load --seconds $(SECONDS)

bench-page: .venv/.dev chromium ## Measure a first visit on a phone with a slow network
	$(BIN)/python -m bench.page

# Beside an older release, too: make bench-first-paint AGAINST=../release
bench-first-paint: .venv/.dev chromium ## Measure the first paint on a desktop (beside another checkout: AGAINST=../release)
	$(BIN)/python -m bench.first_paint $(if $(AGAINST),--against $(AGAINST))

bench-visits: .venv/.dev chromium ## Measure first visits without a WebSocket, without storage, and translated
	$(BIN)/python -m bench.first_visits

bench-start: .venv/.dev ## Measure startup time and memory
	$(BIN)/python -m bench.start

bench-lighthouse: .venv/.dev chromium ## Measure the four Lighthouse scores
	$(BIN)/python -m bench.lighthouse

bench-enumeration: .venv/.dev ## Measure whether timing reveals that an address has an account
	$(BIN)/python -m bench.enumeration

bench-side-channels: .venv/.dev chromium ## Measure whether an answer's time tells one visitor about another
	$(BIN)/python -m bench.side_channels

SIZES ?= 100,10000
bench-inbox: .venv/.dev ## Measure inboxes of different sizes, and search; SIZES=100,10000,1000000 takes minutes
	$(BIN)/python -m bench.inbox --sizes $(SIZES)

bench-digest: .venv/.dev ## Measure telling 100,000 owners by email that messages are new
	$(BIN)/python -m bench.digest

# Run only some with, for example: make bench-faults ONLY="kills outages"
bench-faults: .venv/.dev redis postgresql ## Flood, kill and starve the server, and see what gets lost (only some: ONLY="kills")
	$(BIN)/python -m bench.faults $(ONLY)

# Run only some with, for example: make bench-scale SECONDS=4 ONLY="pushes"
bench-scale: .venv/.dev wrk redis postgresql ## Measure what PostgreSQL, Redis and a second worker cost; SECONDS=4 for a quick look
	$(BIN)/python -m bench.scale --seconds $(SECONDS) $(ONLY)

image-size: .venv/.dev ## Build what the image holds, and sum it
	$(BIN)/python -m bench.image_size

wrk:
	@command -v wrk >/dev/null || { SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq wrk; }

# Several workers are tested with a real Redis, which the tests start and stop themselves.
redis: ## Install redis-server, which tests need
	@command -v redis-server >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "Tests need Redis on the PATH as 'redis-server'."; exit 1; }; \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends redis-server; }

# So is PostgreSQL, also without being asked for: what it answers otherwise has tests.
postgresql: ## Install PostgreSQL, which tests need
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "Tests need PostgreSQL's 'initdb' and 'postgres' on the PATH."; exit 1; }; \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends postgresql; }

# What is in deploy/ is tested with Debian's own; none of them is started as a service.
DEPLOY_TOOLS := nginx caddy docker-compose systemd
deploy-tools: ## Install nginx, Caddy and docker-compose, which the tests of deploy/ need
	@command -v caddy >/dev/null && command -v docker-compose >/dev/null && [ -x /usr/sbin/nginx ] && command -v systemd-analyze >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "These tests need Debian's packages $(DEPLOY_TOOLS)."; exit 1; }; \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends $(DEPLOY_TOOLS); }

# The tests drive Debian's Chromium, as people have it, and download no browser of their own.
# They run it headless, which saves a fifth of the work.
chromium:
	@command -v chromium >/dev/null && command -v chromium-headless-shell >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "The browser tests need Chromium on the PATH as 'chromium' and 'chromium-headless-shell'."; exit 1; }; \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium chromium-headless-shell; }

clean: ## Remove build output; your data in .data stays
	rm -rf .web test-artifacts .pytest_cache .mypy_cache .ruff_cache
