"""Starts the server."""

import os
import signal
import sys
import threading

from . import call_logs
from .http_service import FunctionHTTPServer
from .load import load_function
from .settings import read_settings


def main():
    try:
        settings = read_settings()
        server = FunctionHTTPServer(settings, load_function(settings))
    except Exception as error:
        sys.exit(f"function-server: {error}")
    call_logs.install()
    asked = _signals()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    if settings.port == 0:
        print(f"listening on port {server.server_address[1]}", file=sys.stderr)
    next(asked)
    threading.Thread(target=_drain, args=(server,), daemon=True).start()
    next(asked)
    os._exit(1)


def _signals():
    """Waits for each signal that asks for the end.

    By a pipe, whose reader wakes up whichever thread the system has given a signal to. A lock's would not.
    """
    wanted = (signal.SIGTERM, signal.SIGINT)
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in wanted:
        signal.signal(number, lambda _number, _frame: None)

    def wait():
        while True:
            # A function may have handlers of its own.
            if os.read(read, 1)[0] in wanted:
                yield

    return wait()


def _drain(server):
    server.drain()
    # Threads that functions have left behind must not keep the container.
    os._exit(0)
