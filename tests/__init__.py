"""Tests: the tree mirrors diag/ and checks/."""
