"""How two contracts, tables, columns or functions are compared; one module for each."""
