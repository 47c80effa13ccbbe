"""Numbers as Switzerland writes them: 1'234'567.50 with a typographic apostrophe, in all of its languages."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = "\u2019"
NUMBER_GROUPING = 3
