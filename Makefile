# Thin over start.py, which also works where there is no make: py start.py TASK
PYTHON ?= python3

.PHONY: run test clock check bench coverage dist audit docs nightly mutants
run:
	@$(PYTHON) start.py run
test:
	@$(PYTHON) start.py test
clock:
	@$(PYTHON) start.py clock
check:
	@$(PYTHON) start.py check
bench:
	@$(PYTHON) start.py bench $(if $(N),N=$(N)) $(if $(ONLY),ONLY=$(ONLY))
dist:
	@$(PYTHON) start.py dist
mutants:
	@$(PYTHON) start.py mutants $(ONLY)
nightly:
	@$(PYTHON) start.py nightly
audit:
	@$(PYTHON) start.py audit $(LIST)
docs:
	@$(PYTHON) start.py docs
coverage:
	@$(PYTHON) start.py coverage
