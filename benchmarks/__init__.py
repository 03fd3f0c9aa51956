"""The budgets, each measured beside a baseline in the same run."""
