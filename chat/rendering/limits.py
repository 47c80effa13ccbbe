"""How large things may grow before they are cut or shown as plain text."""

# A browser gets the open block anew with every frame, so no block may become long; lists and
# tables, which cost most, least of all. Sizes of source are in bytes of UTF-8.
PART = 8_000
ROWS = 4_000
# A quote, or one list item, is only torn apart when it is hopeless.
CONTAINER = 16_000
# What is parsed at once, so that a long text stays linear when it must be cut often.
WINDOW = 24_000

BLOCK_HTML = 128_000
REPLY_NODES = 20_000
REPLY_BLOCKS = 2_000
NESTING = 32

FORMULA = 1_000
FORMULA_HTML = 20_000
# Per block: converting costs about 12 microseconds a character.
FORMULAS = 2_500

ADDRESS = 2_048
