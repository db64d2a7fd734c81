"""The page: what a reader sees in the browser, and what its buttons do. All that it shows is found by `qa`."""
