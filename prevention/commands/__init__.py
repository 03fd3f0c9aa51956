"""The commands of ``docent``, one module for each group; they import late, to start quickly."""
