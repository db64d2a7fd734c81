"""What a question asks for: the form of its answer, its parts, the kind of thing."""
