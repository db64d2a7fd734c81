"""Input that is no plain file in a folder: standard input, and gzip files."""
