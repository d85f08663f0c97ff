"""function-try [PAYLOAD]: calls the function of this image once."""

from function_server.try_out import try_out

try_out()
