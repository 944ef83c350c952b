"""Elasticsearch's transport protocol as a pure codec: bytes in, values out. No sockets."""
