"""The demonstration provider: a small server that speaks three dialects over real HTTP, without any key or model."""

from chat.demo.server import DemoServer, start

__all__ = ["DemoServer", "start"]
