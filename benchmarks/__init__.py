"""Speed beside others: both sides in one run, interleaved; ratios of medians, no timed test."""
