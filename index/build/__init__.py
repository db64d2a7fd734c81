"""Articles in, a checked generation out."""
