"""Train, export and evaluate the reader of qa/judge/reader.py. Nothing that runs imports this package."""
