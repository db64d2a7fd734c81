"""Compare Dateline with its peers on finding evidence: see `python -m benchmarks.peers --help`."""
