"""The museum's records: the bundled sample, its builder, and how to pull the real thing."""
