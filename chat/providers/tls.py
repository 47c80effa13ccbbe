"""TLS over memory buffers, so that encrypted sockets are read like plain ones."""

from __future__ import annotations

import ssl


class TLSLayer:
    def __init__(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.ssl_object = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=server_hostname
        )

    def handshake(self) -> bool:
        """Take a step; False while the other side has to answer first."""
        try:
            self.ssl_object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def incoming(self, data: bytes) -> None:
        """Bytes from the socket; none means that it was closed."""
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def outgoing(self) -> bytes:
        return self._outgoing.read()

    def encrypt(self, data: bytes) -> bytes:
        self.ssl_object.write(data)
        return self._outgoing.read()

    def decrypt(self, max_bytes: int) -> bytes | None:
        """Plain bytes, b"" after a proper goodbye, None if more has to come in first.

        A connection cut without the goodbye raises ssl.SSLEOFError, an OSError: it is broken.
        """
        try:
            return self.ssl_object.read(max_bytes)
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLZeroReturnError:
            return b""
