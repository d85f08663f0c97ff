"""HTTP around the function."""

import json
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .call import Problem, answer_call, refusal

# How many times the limit is read and thrown away so that a client still hears that its body is too large.
PATIENCE = 4
CHUNK = 1 << 16


class FunctionHTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, settings, handler):
        self.settings = settings
        self.function = handler
        self.draining = False
        self._open = 0
        self._idle = threading.Condition()
        super().__init__((settings.host, settings.port), _Handler)

    def begin(self):
        with self._idle:
            self._open += 1

    def end(self):
        with self._idle:
            self._open -= 1
            self._idle.notify_all()

    def drain(self):
        """Takes no more requests and ends when all that came have been answered."""
        self.draining = True
        self.shutdown()
        self.socket.close()
        with self._idle:
            self._idle.wait_for(lambda: self._open == 0)

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "function-server"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one write
    timeout = 75  # seconds for which a connection may say nothing

    def handle_one_request(self):
        """As the library's, but a request counts as open from its first line on."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        self.server.begin()
        try:
            if len(self.raw_requestline) > 65_536:
                self.requestline = self.request_version = self.command = ""
                self.send_error(414)
            elif self.parse_request():
                self._respond()
            self.wfile.flush()
        finally:
            self.server.end()

    def _respond(self):
        headers = {}
        try:
            status, body = self._answer(self.path.split("?", 1)[0])
        except Problem as problem:
            status, headers = problem.status, problem.headers
            body = json.dumps({"error": str(problem)})
        except OSError:
            raise
        except Exception as error:
            traceback.print_exc()
            status, body = 500, json.dumps({"error": f"Internal error: {error}"})
        self._send(status, body, headers)

    def _answer(self, path):
        if path == "/healthz":
            self._read_body()
            if self.command not in ("GET", "HEAD"):
                raise Problem(405, "/healthz takes GET.", {"allow": "GET, HEAD"})
            return 200, "{}"
        try:
            body = self._read_body()
            if path != "/":
                raise Problem(404, "There are / and /healthz.")
            if self.command != "POST":
                raise Problem(405, "/ takes POST.", {"allow": "POST"})
            return answer_call(self.server.function, body, self.server.settings.log_limit)
        except Problem as problem:
            if problem.status in (404, 405):
                raise
            return problem.status, refusal(problem)

    def _read_body(self):
        limit = self.server.settings.body_limit
        chunks = []
        size = 0
        for chunk in self._body_chunks():
            size += len(chunk)
            if size <= limit:
                chunks.append(chunk)
            else:
                chunks.clear()
            if size > limit * PATIENCE:
                self.close_connection = True
                break
        if size > limit:
            raise Problem(413, f"The body is larger than {limit} bytes.")
        return b"".join(chunks)

    def _body_chunks(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunked()
        text = self.headers.get("content-length", "0")
        if not (text.isascii() and text.isdigit()):
            self.close_connection = True
            raise Problem(400, "content-length must be a whole number.")
        return self._exactly(int(text))

    def _exactly(self, length):
        while length > 0:
            data = self.rfile.read(min(length, CHUNK))
            if not data:
                self.close_connection = True
                raise Problem(400, "The body ended too early.")
            length -= len(data)
            yield data

    def _chunked(self):
        """RFC 9112, section 7.1."""
        while True:
            line = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                length = int(line, 16) if line[:1] not in (b"+", b"-", b"") else -1
            except ValueError:
                length = -1
            if length < 0:
                self.close_connection = True
                raise Problem(400, "The body's chunks are broken.")
            if length == 0:
                break
            yield from self._exactly(length)
            self.rfile.readline(1024)
        while self.rfile.readline(1024) not in (b"\r\n", b"\n", b""):
            pass

    def _send(self, status, body, headers):
        data = body.encode("utf-8", "backslashreplace")
        if self.server.draining:
            self.close_connection = True
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()
        if self.close_connection:
            self._linger()

    def _linger(self):
        """Reads on for a moment: what a client still sends would otherwise make the kernel take the answer back."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            while self.connection.recv(CHUNK):
                pass
        except OSError:
            pass

    def send_error(self, code, message=None, explain=None):
        """The library calls it for what is no HTTP."""
        self.close_connection = True
        self.request_version = "HTTP/1.1"  # it takes everything unknown for HTTP/0.9, which has no status
        self.command = getattr(self, "command", None) or ""
        short = self.responses.get(code, ("",))[0]
        self._send(code, json.dumps({"error": f"This is no HTTP request: {message or short}"}), {})

    def log_message(self, format, *args):
        pass
