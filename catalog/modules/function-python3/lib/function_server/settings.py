"""What the environment says of the server."""

import os
from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    directory: str  # where the function is
    handler: str  # module:name
    body_limit: int  # bytes
    log_limit: int  # characters of one stream of one call


def read_settings(env=os.environ):
    """Raises ValueError where a variable makes no sense."""
    return Settings(
        host=env.get("HOST") or "0.0.0.0",
        port=_whole_number(env, "PORT", 8080, 0, 65_535),
        directory=env.get("FUNCTION_DIRECTORY") or "/function",
        handler=env.get("FUNCTION_HANDLER") or "handler:handle",
        body_limit=_whole_number(env, "FUNCTION_BODY_LIMIT", 64 * MIB, 1, 1024 * MIB),
        log_limit=_whole_number(env, "FUNCTION_LOG_LIMIT", MIB, 1, 1024 * MIB),
    )


def _whole_number(env, name, otherwise, least, most):
    text = env.get(name, "")
    if text == "":
        return otherwise
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    raise ValueError(f'{name} is "{text}"; it must be a whole number from {least} to {most}')
