"""Who may ask what of the server: hosts, admission, limits, headers, sign-in."""
