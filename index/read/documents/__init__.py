"""Documents of an office or a mail program: a file, or a message, is one article."""
