"""The same index on a Chroma server."""
