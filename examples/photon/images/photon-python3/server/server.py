"""POST / calls handle(context, payload) of function.py with what the JSON in the body says; GET / says that this is there."""
import importlib.util
import json
import os
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def load(path):
    spec = importlib.util.spec_from_file_location("function", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, {"language": "python3"})

    def do_POST(self):
        try:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            function = load(os.path.join(os.environ["FUNCTION_DIR"], "function.py"))
            self.answer(200, function.handle(message.get("context"), message.get("payload")))
        except Exception as error:
            traceback.print_exc()
            self.answer(500, {"error": str(error)})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", int(os.environ["FUNCTION_PORT"])), Server).serve_forever()
