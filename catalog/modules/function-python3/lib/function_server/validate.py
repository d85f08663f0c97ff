"""Checks the function of an image while the image is built."""

import compileall
import os
import py_compile
import sys
import traceback

from .load import load_function
from .settings import read_settings


def validate():
    if sys.argv[1:] not in ([], ["--compile"]):
        sys.exit("usage: function-validate [--compile]")
    try:
        settings = read_settings()
        if sys.argv[1:]:
            # Bytecode that is valid whatever time its source has. The source is still looked at, unlike that of the server: an image
            # that is derived may bring another one.
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            compileall.compile_dir(settings.directory, quiet=2, invalidation_mode=mode)
        load_function(settings)
    except ValueError as error:
        sys.exit(f"function-validate: {error}")
    except BaseException:
        traceback.print_exc()
        sys.exit("function-validate: the function cannot be imported")
    print(f"{settings.handler} of {settings.directory} can be served")
    sys.stdout.flush()
    # A function may have threads of its own.
    os._exit(0)
