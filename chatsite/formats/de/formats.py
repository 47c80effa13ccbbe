"""Numbers as Switzerland writes them, with a typographic apostrophe, in all its languages."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = "\u2019"
NUMBER_GROUPING = 3
