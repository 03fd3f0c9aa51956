"""Decide, tell, stop: what is done about a broken promise, and the command line."""
