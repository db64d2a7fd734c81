"""What finds, judges, answers and measures."""
