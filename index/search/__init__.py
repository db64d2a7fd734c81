"""Chunks by meaning, by words, and both fused."""
