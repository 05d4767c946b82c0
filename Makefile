# The front door: `make help` says what is behind it.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run dev test e2e unit mutants check format messages preview screenshots icons pictures-of-mails bench bench-load bench-page bench-start bench-lighthouse bench-enumeration wrk chromium clean

help: ## Say what every target does
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.run: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/.run ## Start the app on http://localhost:3000
	$(BIN)/reflex run --env prod

dev: .venv/.run ## Start the development server, which reloads what you change
	$(BIN)/reflex run

# A browser mostly waits: its tests go in two processes, beside all the others.
BROWSERS := -m e2e -n 2 --dist loadfile
test: .venv/.dev chromium ## Set everything up and run all the tests, the browser's too
	@mkdir -p test-artifacts
	@$(BIN)/python -m pytest -q -m "not e2e" > test-artifacts/others.log 2>&1 & others=$$!; \
	  $(BIN)/python -m pytest $(BROWSERS); browser=$$?; \
	  wait $$others; rest=$$?; cat test-artifacts/others.log; exit $$((browser + rest))

unit: .venv/.dev ## Run the tests that need no browser
	$(BIN)/python -m pytest -m "not e2e"

e2e: .venv/.dev chromium ## Run the tests in a real browser
	$(BIN)/python -m pytest $(BROWSERS)

# Such as: make mutants ONLY="outbox 'works once'"
mutants: .venv/.dev ## Take out one guard at a time and see that a test fails (some of them: ONLY="outbox")
	$(BIN)/python -m tests.mutants $(ONLY)

check: .venv/.dev ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.dev ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: .venv/.dev ## Collect the words to translate into anonmsg/locale/anonmsg.pot
	$(BIN)/pybabel extract -q -F babel.cfg -k _ -k N_ -k ngettext:1,2 --project anonmsg --omit-header -o anonmsg/locale/anonmsg.pot anonmsg

preview: .venv/.run ## Draw the site's own preview picture again
	PYTHONPATH=. $(BIN)/python docs/make_site_preview.py

screenshots: .venv/.dev chromium ## Take each page for the README into docs/pictures
	$(BIN)/python -m docs.make_pictures

icons: .venv/.dev chromium ## Draw the icons again from assets/favicon.svg
	$(BIN)/python -m docs.make_icons

pictures-of-mails: .venv/.dev chromium ## Take each mail, light and dark, wide and narrow, into docs/mails
	$(BIN)/python -m docs.make_mail_pictures

bench: bench-load bench-page bench-start bench-lighthouse bench-enumeration ## Measure everything; each prints a table and a JSON line

bench-load: .venv/.dev wrk ## Measure sending and opening at 50 connections, against the floor
	$(BIN)/python -m bench.load

bench-page: .venv/.dev chromium ## Measure a phone's first visit on a slow network
	$(BIN)/python -m bench.page

bench-start: .venv/.dev ## Measure the start and the memory
	$(BIN)/python -m bench.start

bench-lighthouse: .venv/.dev chromium ## Ask Lighthouse for its four scores
	$(BIN)/python -m bench.lighthouse

bench-enumeration: .venv/.dev ## Measure whether time tells that an address has an account
	$(BIN)/python -m bench.enumeration

wrk:
	@command -v wrk >/dev/null || { SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq wrk; }

# Debian's browser: the tests drive what people have, and download none of their own.
# The tests use Chromium without its window, which costs a fifth of the work.
chromium:
	@command -v chromium >/dev/null && command -v chromium-headless-shell >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "The browser tests need Chromium on the PATH as 'chromium' and 'chromium-headless-shell'."; exit 1; }; \
	  SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium chromium-headless-shell; }

clean: ## Remove what was built; your data in .data stays
	rm -rf .web test-artifacts .pytest_cache .mypy_cache .ruff_cache
