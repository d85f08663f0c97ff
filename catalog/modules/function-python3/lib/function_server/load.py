"""Finds the function that is served."""

import importlib
import inspect
import os
import sys


def load_function(settings):
    """Raises ValueError with what is wrong, for whoever wrote the function; and whatever importing it raises."""
    module_name, _, name = settings.handler.partition(":")
    if not module_name or not name.isidentifier():
        raise ValueError(
            f'FUNCTION_HANDLER is "{settings.handler}"; it must be MODULE:NAME, for instance handler:handle'
        )
    directory = os.path.abspath(settings.directory)
    path = os.path.join(directory, *module_name.split("."))
    if not os.path.exists(path + ".py") and not os.path.exists(os.path.join(path, "__init__.py")):
        raise ValueError(f"there is no function: {module_name}.py is not in {directory}")
    sys.path.insert(0, directory)
    found = getattr(importlib.import_module(module_name), name, None)
    if not callable(found):
        raise ValueError(f"{path}.py has no function named {name}")
    try:
        inspect.signature(found).bind({}, None)
    except TypeError as error:
        raise ValueError(f"{name} of {path}.py must take (context, payload): {error}") from None
    except ValueError:
        pass  # of a built-in function nobody knows
    return found
