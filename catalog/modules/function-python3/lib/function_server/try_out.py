"""Calls the function once, behind a server of its own: for tests of images, and for whoever wants to see their code run."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

SERVER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "serve.py")


def try_out():
    try:
        payload = json.loads(sys.argv[1] if len(sys.argv) > 1 else "null")
    except ValueError as error:
        sys.exit(f"function-try: {error}")
    env = {**os.environ, "PORT": "0", "HOST": "127.0.0.1"}
    with subprocess.Popen([sys.executable, SERVER], env=env, stdout=2, stderr=subprocess.PIPE, text=True) as server:
        for line in server.stderr:
            sys.stderr.write(line)
            port = re.match(r"listening on port (\d+)$", line)
            if port:
                break
        else:
            sys.exit(1)
        status, body = _post(int(port[1]), {"context": {}, "payload": payload})
        server.terminate()
        sys.stderr.write(server.stderr.read())
    print(status, body)
    sys.exit(0 if status == 200 else 1)


def _post(port, message):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", json.dumps(message).encode(), method="POST")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
