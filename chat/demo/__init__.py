"""The demonstration provider: real HTTP in three dialects, without any key or model."""

from chat.demo.server import DemoServer, start

__all__ = ["DemoServer", "start"]
