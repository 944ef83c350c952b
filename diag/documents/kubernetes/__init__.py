"""Manifests of Kubernetes: every document of a file, the items of lists."""
