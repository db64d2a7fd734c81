"""Bring pages, feeds and what sitemaps list from the web into a folder, from which they are read like any others."""
