"""One call of the function: what it is given, and what becomes of it."""

import asyncio
import copy
import inspect
import json
import os
import traceback

from .call_logs import captured

HERE = os.path.dirname(os.path.abspath(__file__))
NO_LOGS = {"stdout": [], "stderr": []}


class Problem(Exception):
    """Why a request is refused: an HTTP status and a sentence for whoever sent it."""

    def __init__(self, status, message, headers=()):
        super().__init__(message)
        self.status = status
        self.headers = dict(headers)


def answer_call(handler, body, log_limit):
    """The status and the JSON that answer a POST of {context, payload}; raises a Problem."""
    context, payload = _input(body)
    echo = copy.deepcopy(context)  # the function may change the one it is given
    (status, result, error), logs = captured(log_limit, lambda: _call(handler, context, payload))
    return status, _answer(echo, logs, error, result)


def refusal(problem):
    """The JSON that answers a wrong input."""
    return _answer({}, NO_LOGS, _error("InputError", str(problem)), "null")


def _input(body):
    if not body:
        raise Problem(400, "The body is empty; it must be JSON.")
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Problem(400, "The body is not UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Problem(400, "The body must be a dictionary with `context` and `payload`.")
    context = value.get("context")
    if context is not None and not isinstance(context, dict):
        raise Problem(400, "`context` must be a dictionary.")
    return context or {}, value.get("payload")


def _call(handler, context, payload):
    try:
        result = handler(context, payload)
        if inspect.isawaitable(result):
            result = asyncio.run(_wait(result))
    except BaseException as error:  # a function that calls sys.exit() has failed, too
        # By its name, so that a function need not import a class from here.
        wrong_input = any(kind.__name__ == "InputError" for kind in type(error).__mro__)
        kind = "InputError" if wrong_input else "FunctionError"
        return 400 if wrong_input else 500, "null", _error(kind, str(error) or type(error).__name__, _stack(error))
    try:
        return 200, _json(result), None
    except (TypeError, ValueError, RecursionError) as error:
        return 422, "null", _error("FunctionError", f"The result cannot be serialised as JSON: {error}")


async def _wait(result):
    return await result


def _stack(error):
    """The lines of the traceback, without the frames of the server."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(HERE):
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    return text.rstrip("\n").split("\n")


def _error(kind, message, stacktrace=()):
    return {"type": kind, "message": message, "stacktrace": list(stacktrace)}


def _answer(context, logs, error, payload):
    return f'{{"context":{_json({**context, "logs": logs, "error": error})},"payload":{payload}}}'


def _refuse(constant):
    raise ValueError(f"{constant} is no JSON")


def _json(value):
    """As JavaScript writes it; but half of a surrogate pair is escaped, as everything outside of ASCII is. Raises ValueError for NaN and the infinities."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
