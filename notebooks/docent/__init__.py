"""The guide: what the notebooks ask, check and show."""
