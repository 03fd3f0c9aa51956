"""What is, against what was promised."""
