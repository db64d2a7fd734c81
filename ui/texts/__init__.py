"""The texts of the page, one module a language. Both have the same keys, and the same gaps in each text."""
