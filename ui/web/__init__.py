"""The web page: what it shows, and what its buttons do. Everything that it shows is found by `qa`."""
