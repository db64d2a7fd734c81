"""`python -m ui` is `dateline`."""

from ui.cli import main

main()
