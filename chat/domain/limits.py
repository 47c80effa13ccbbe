"""How often something may be done in a while, counted in the cache that all processes share."""

import ipaddress

from django.core.cache import cache


def within(what: str, who: object, most: int, seconds: int) -> bool:
    """Counts one more; False when it is more than `most` in the `seconds` since the first.

    Adding and raising are atomic: attempts at one instant are all counted.
    """
    name = f"limit:{what}:{who}"
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) <= most
    except ValueError:
        # It ran out in between: this is the first of a new while.
        cache.set(name, 1, seconds)
        return True


def network(address: str) -> str:
    """Whom an address stands for: of IPv6, one line has 2^64 addresses to try passwords from."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
