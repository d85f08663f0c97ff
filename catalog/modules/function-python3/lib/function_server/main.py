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
    stop = threading.Event()
    asked = []

    def on_signal(_number, _frame):
        if asked:
            os._exit(1)
        asked.append(True)
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    if settings.port == 0:
        print(f"listening on port {server.server_address[1]}", file=sys.stderr)
    stop.wait()
    server.drain()
    # Threads that functions have left behind must not keep the container.
    os._exit(0)
