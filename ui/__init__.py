"""Where people meet it: the command line. Rendering and wiring only; all logic stays in `qa` and `index`."""
