"""Emulated remote clusters on loopback, healthy and broken, behind real TLS: for the demo, the tests and the daemon's e2e."""
