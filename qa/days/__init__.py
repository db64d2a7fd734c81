"""Days and periods that a question speaks of."""
