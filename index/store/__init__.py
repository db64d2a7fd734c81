"""The SQLite archive, and the paths of the index's folder."""
