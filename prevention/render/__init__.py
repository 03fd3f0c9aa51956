"""A decision in words: one module for each output format."""
