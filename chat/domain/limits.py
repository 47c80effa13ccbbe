"""How often something may be done in a while, counted in the cache that all processes share."""

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
