"""Answers of an API as documents: pasted into a file or under a request, or gathered by Elastic's support-diagnostics."""
