"""What the conversation adds to a question."""
