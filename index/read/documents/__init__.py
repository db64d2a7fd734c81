"""Office documents, PDF and mail: each file or message is one article."""
