"""The questions that a change to a contract is asked before it is let in, and their answers."""
