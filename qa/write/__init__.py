"""An answer by a language model."""
