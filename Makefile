# `make demo` and `make test` set everything up by themselves; the rest is for those who change it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MARKS ?= not slow and not ui and not network
# Test processes at a time; a file's tests stay in one, which imports the backend once.
WORKERS ?= 2
# Successive versions test one of so many parts of the files each.
PARTS ?= 1
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --durations 25

.PHONY: help demo test slow ui lint type bench docs pictures clean
help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.installed  ## search LeNet-5's hyperparameters on the embedded digits (about 3 minutes)
	$(BIN)/keras-dl tune lenet5 --dataset digits --epochs 10 --trials 20 --algorithm bayesian \
	  --search activation,pooling,learning_rate,weight_decay,batch_size --workers 2 --final-seeds 5

test: $(VENV)/.tested     ## fast tests; MARKS="" runs all
	$(PYTEST) --parts $(PARTS) -m "$(MARKS)"

slow: $(VENV)/.tested     ## tests that train on real data or kill processes
	$(PYTEST) -m "slow and not network"

ui: $(VENV)/.tested       ## the MLflow pages in a headless Chromium
	$(BIN)/python -m pytest -m ui

lint: $(VENV)/.tested     ## style
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

type: $(VENV)/.tested     ## types
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: $(VENV)/.tested    ## speed beside others, one table (20 minutes on a quiet machine)
	$(BIN)/python -m benchmarks

docs: $(VENV)/.documented  ## the documentation site in site/; STORE=URI adds figures of tracked runs
	$(BIN)/python docs/generator/build.py $(if $(STORE),--store '$(STORE)')

pictures: $(VENV)/.installed  ## the pictures of README and documentation, from real runs (seven minutes)
	$(BIN)/python docs/generator/pictures.py

clean:           ## removes the environment, keeps the runs
	rm -rf $(VENV)

# uv installs in a tenth of pip's time; where it does not reach the registry, pip does it.
# Bytecode is compiled here once, or every later start would take ten seconds more.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv || true
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt -e . \
	  || $(BIN)/python -m pip install --quiet --compile -c constraints.txt -e .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt -e '.[dev]' \
	  || $(BIN)/python -m pip install --quiet --compile -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/.documented: $(VENV)/.installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt -e '.[docs]' \
	  || $(BIN)/python -m pip install --quiet --compile -c constraints.txt -e '.[docs]'
	touch $@
