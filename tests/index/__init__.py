"""What reads, stores, builds and searches."""
