"""What the platforms tell that run clusters: Elastic Cloud, Elastic Cloud Enterprise."""
