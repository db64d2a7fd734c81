"""What stands behind the page: `dateline serve`, its doors, limits, sign-in, API, probes. Rendering is in `ui.web`."""
