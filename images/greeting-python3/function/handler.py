"""Greets whoever the payload names."""


class InputError(Exception):
    """The caller's mistake: the answer is 400."""


def handle(context, payload):
    if not isinstance(payload, dict) or "name" not in payload:
        raise InputError("name is missing")
    print("greeting", payload["name"])
    return {"greeting": f"Hello, {payload['name']}!"}
