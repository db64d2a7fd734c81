"""Fetch pages from the web, also those that feeds and sitemaps list, into a folder that is read like any other."""
