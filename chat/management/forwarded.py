"""Who asked the reverse proxies in front of the server: the part of a header that is theirs."""

import ipaddress
from collections.abc import Sequence
from contextlib import suppress

HEADER = "x-forwarded-for"


def nearest_address(values: Sequence[bytes], proxies: int) -> bytes | None:
    """The address that the outermost of so many proxies noted; None when it is no address.

    Each proxy puts the address of who asked it to the end. What stands further left came with the
    request: anybody can have written it.
    """
    noted = b",".join(values).split(b",")[-proxies:][0]
    text = noted.decode("ascii", "replace").strip()
    # Some note the port, too: 192.0.2.1:443, [2001:db8::1]:443.
    without_port = text.rpartition(":")[0].strip("[]")
    for written in (text.strip("[]"), without_port):
        with suppress(ValueError):
            return _plain(written).encode()
    return None


def _plain(written: str) -> str:
    """One spelling for each address; an IPv4 address in the form of IPv6 is the IPv4 address."""
    address = ipaddress.ip_address(written)
    return str(getattr(address, "ipv4_mapped", None) or address)
