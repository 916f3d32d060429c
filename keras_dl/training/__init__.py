"""One recipe, trained once: data → build → fit → evaluate → report."""
