"""What holds for the whole: packages, the README, benchmarks and training."""
