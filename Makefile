# Thin over start.py, which also works where there is no make: py start.py run | test | check | bench
PYTHON ?= python3

.PHONY: run test check bench
run:
	@$(PYTHON) start.py run
test:
	@$(PYTHON) start.py test
check:
	@$(PYTHON) start.py check
bench:
	@$(PYTHON) start.py bench $(if $(N),N=$(N)) $(if $(ONLY),ONLY=$(ONLY))
