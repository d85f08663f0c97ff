"""Fails the build of an image whose function would not start; a command of `setup`."""

from function_server.validate import validate

validate()
