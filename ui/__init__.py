"""The user interfaces: command line, web page, server. Rendering and wiring only; all logic is in `qa` and `index`."""
