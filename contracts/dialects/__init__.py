"""One module for each way of writing a contract down."""
