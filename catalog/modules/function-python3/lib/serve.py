"""Serves the function of this image."""

from function_server.main import main

main()
