"""Train, export and evaluate the reader of qa/reader.py. Nothing that runs imports this package."""
