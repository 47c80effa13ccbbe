"""Where the socket is."""

from .consumers import LiveConsumer

SOCKET_PATH = "/live/"

socket_application = LiveConsumer.as_asgi()
