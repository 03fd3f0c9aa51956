"""The tour in a real browser: JupyterLab as ``docent lab`` serves it, in Debian's Chromium."""
