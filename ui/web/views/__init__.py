"""What the page shows, as HTML: pure functions of values, all built on `markup`, which escapes every text."""
