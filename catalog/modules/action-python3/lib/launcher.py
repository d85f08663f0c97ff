"""Loads an action in Python and runs it, activation by activation: the process behind python-runner.mjs."""

import fcntl
import glob
import json
import os
import sys
import traceback
import types

# What the action changes of these is its own affair.
DUMPS, LOADS = json.dumps, json.loads
NOT_MADE = "The action failed to generate or locate a binary. See logs for details."
NOT_STARTED = "Cannot start action. Check logs for details."
NO_RESULT = "The action did not return a dictionary or array."

# Python, and what OpenWhisk's own runtime makes of an action that it has prepared.
SOURCES = ("main__.py", "__main__.py")


class Refused(Exception):
    """The action cannot be run; the logs say why."""


def say(text):
    print(text, file=sys.__stderr__)


def report(error):
    """Prints a traceback that begins in the action, not here."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    # Where nothing of the action has run, all that can be shown is here.
    traceback.print_exception(type(error), error, frames or error.__traceback__, file=sys.__stderr__)


def activate(directory):
    """Makes the packages of a virtual environment that lies beside the code importable."""
    environment = os.path.join(directory, "virtualenv")
    if not os.path.isdir(environment):
        return
    for script in ("bin/activate_this.py", "Scripts/activate_this.py"):
        path = os.path.join(environment, script)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                code = compile(file.read(), path, "exec")
            exec(code, {"__file__": path, "__name__": "__main__"})
            return
    # An environment of `python3 -m venv` has no such script.
    packages = glob.glob(os.path.join(glob.escape(environment), "lib", "python3*", "site-packages"))
    if not packages:
        say("Invalid virtualenv. Zip file does not include 'activate_this.py'.")
        raise Refused(NOT_MADE)
    sys.path[1:1] = packages


def compiled(directory):
    path = next((path for name in SOURCES if os.path.exists(path := os.path.join(directory, name))), None)
    if path is None:
        say("Zip file does not include __main__.py")
        # Such a zip has been prepared for OpenWhisk, where it is not compiled but started.
        prepared = os.path.exists(os.path.join(directory, "exec__.py"))
        raise Refused(NOT_STARTED if prepared else NOT_MADE)
    try:
        with open(path, "rb") as file:
            return path, compile(file.read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        report(error)
        raise Refused(NOT_MADE) from None


def load(entry):
    """Returns the action's function. Raises Refused."""
    directory = os.getcwd()
    sys.path[0] = directory
    try:
        activate(directory)
        path, code = compiled(directory)
        module = types.ModuleType("main__")
        module.__file__ = path
        sys.modules["main__"] = module
        exec(code, module.__dict__)
    except Refused:
        raise
    except Exception as error:
        report(error)
        raise Refused(NOT_STARTED) from None
    function = vars(module).get(entry["main"])
    if not callable(function):
        say(f"cannot start: {os.path.basename(path)} has no function {entry['main']!r}")
        raise Refused(NOT_STARTED)
    return function


class Variables:
    """The environment variables of one run."""

    def __init__(self):
        self.changed = {}

    def set(self, values):
        for name, before in self.changed.items():
            if before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before
        self.changed = {name: os.environ.get(name) for name in values}
        for name, value in values.items():
            # Half of a surrogate pair is no character.
            os.environ[name] = value.encode("utf-8", "replace").decode()


def run(function, request, variables):
    """Returns the word of an answer and what follows it."""
    try:
        activation = LOADS(request)
        variables.set(activation["env"])
        result = function(activation["value"])
    except Exception as error:
        report(error)
        result = {"error": text_of(error)}
    if not isinstance(result, (dict, list, tuple)):
        return failed(502, NO_RESULT)
    try:
        try:
            return b"result", DUMPS(result, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            # JSON can say half of a surrogate pair, UTF-8 cannot.
            return b"result", DUMPS(result).encode()
    except Exception as error:
        report(error)
        return failed(502, NO_RESULT)


def text_of(error):
    try:
        return str(error)
    except Exception:
        return type(error).__name__


def failed(status, error):
    return b"failed", DUMPS({"status": status, "error": error}).encode()


def flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except Exception:
            # The action has closed it, or put something else there.
            pass


def main():
    # Away from where actions look, and not for what they start.
    channel = fcntl.fcntl(3, fcntl.F_DUPFD_CLOEXEC, 64)
    os.close(3)
    os.set_blocking(channel, True)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    requests, answers = os.fdopen(channel, "rb"), os.fdopen(channel, "wb", closefd=False)
    function, variables = None, Variables()
    for line in requests:
        number, _, request = line.partition(b" ")
        if function is None:
            try:
                function = load(LOADS(request))
                word, text = b"result", b"{}"
            except Refused as refused:
                word, text = failed(502, str(refused))
        else:
            word, text = run(function, request, variables)
        flush()
        answers.write(b"%s %s %s\n" % (number, word, text))
        answers.flush()


if __name__ == "__main__":
    main()
