"""What a round can know: the nouns, and where each of them comes from. No I/O, no third-party import; everything frozen."""
