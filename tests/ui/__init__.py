"""The command, the server and the page."""
