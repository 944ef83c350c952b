"""Situations that practitioners reported in public, rebuilt and saved: what diag says of each."""
