"""What each call writes to standard output and standard error, whatever other calls do meanwhile.

A call is known by a context variable, which asyncio hands on by itself. Threads do not (before Python 3.14), so the two
ways to give work to one are taught to.
"""

import concurrent.futures
import contextvars
import io
import sys
import threading

_call = contextvars.ContextVar("call", default=None)
LONGEST_LINE = 1 << 16  # characters
LIMIT_REACHED = "… (the rest is in the logs of the container)"


class CallLogs:
    """The lines of one call, up to a limit."""

    def __init__(self, limit):
        self._limit = limit
        self._lock = threading.Lock()
        self._texts = {"stdout": [], "stderr": []}
        self._sizes = {"stdout": 0, "stderr": 0}

    def add(self, name, text):
        with self._lock:
            room = self._limit - self._sizes[name]
            if room > 0:
                self._texts[name].append(text[:room])
            self._sizes[name] += len(text)

    def lines(self):
        with self._lock:
            return {name: self._lines(name) for name in self._texts}

    def _lines(self, name):
        text = "".join(self._texts[name])
        lines = text.removesuffix("\n").split("\n") if text else []
        return [*lines, LIMIT_REACHED] if self._sizes[name] > self._limit else lines


class _Stream(io.TextIOBase):
    """In the place of sys.stdout or sys.stderr; all that is written goes to the logs of the container, too.

    There whole lines of a thread, for print() writes a line in parts, and other calls write meanwhile.
    """

    def __init__(self, name, stream):
        self._name = name
        self._stream = stream
        self._lock = threading.Lock()
        self._begun = threading.local()

    def write(self, text):
        call = _call.get()
        if call is None:
            self._pass_on(text)
            return len(text)
        call.add(self._name, text)
        line = getattr(self._begun, "text", "") + text
        end = line.rfind("\n") + 1 if len(line) < LONGEST_LINE else len(line)
        self._begun.text = line[end:]
        self._pass_on(line[:end])
        return len(text)

    def flush(self):
        text = getattr(self._begun, "text", "")
        self._begun.text = ""
        self._pass_on(text)

    def _pass_on(self, text):
        if not text:
            return
        try:
            with self._lock:
                self._stream.write(text)
                self._stream.flush()
        except (OSError, ValueError):
            pass  # a reader of the container's logs that went away is no matter of the function

    def writable(self):
        return True

    def __getattr__(self, attribute):
        return getattr(self._stream, attribute)


def install():
    """Begins to listen."""
    for name in ("stdout", "stderr"):
        getattr(sys, name).reconfigure(encoding="utf-8", errors="backslashreplace")
        setattr(sys, name, _Stream(name, getattr(sys, name)))

    start = threading.Thread.start

    def start_in_context(thread):
        if _call.get() is not None:
            thread.run = _in_context(thread.run)
        start(thread)

    threading.Thread.start = start_in_context

    submit = concurrent.futures.ThreadPoolExecutor.submit

    def submit_in_context(executor, function, /, *args, **kwargs):
        return submit(executor, _in_context(function), *args, **kwargs)

    concurrent.futures.ThreadPoolExecutor.submit = submit_in_context


def _in_context(function):
    """As part of the call that is running now."""
    context = contextvars.copy_context()
    return lambda *args, **kwargs: context.run(_to_its_end, function, *args, **kwargs)


def _to_its_end(function, /, *args, **kwargs):
    """No line of it stays behind."""
    try:
        return function(*args, **kwargs)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def captured(limit, work):
    """Runs `work`; gives its result, and what it has written."""
    logs = CallLogs(limit)
    token = _call.set(logs)
    try:
        result = _to_its_end(work)
    finally:
        _call.reset(token)
    return result, logs.lines()
