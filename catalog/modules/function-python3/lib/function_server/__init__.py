"""A function server: docs/functions.md. Only what Python 3.11 brings."""
