"""The promises: documents, and the one model that every dialect is read into."""
