"""The demonstration provider in a thread, for tests that are not async themselves."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chat import demo


@contextmanager
def demonstration() -> Iterator[demo.DemoServer]:
    """Answers at once, on a port of its own: `server.port`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(demo.start("127.0.0.1", 0, pace=0), loop).result()
        yield server
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
