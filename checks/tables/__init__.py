"""Data that checks read: documentation links, ports, version gates. Each row names its source."""
