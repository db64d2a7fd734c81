"""The answerer's contract, the extractive answer, verification."""
