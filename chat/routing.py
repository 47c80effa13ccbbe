"""Where the live doors are."""

from .consumers import LiveConsumer, PollConsumer

SOCKET_PATH = "/live/"
POLL_PATH = "/live/poll/"

socket_application = LiveConsumer.as_asgi()
poll_application = PollConsumer.as_asgi()
