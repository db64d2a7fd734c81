"""Clean text, and its chunks."""
