"""What the promises are about: the database, its migrations and its data."""
