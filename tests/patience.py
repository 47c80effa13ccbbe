"""How long tests wait: what takes longer hangs, however busy the machine is."""

# Seconds. Where a limit is proved, what would happen without it takes longer than this.
PATIENCE = 30.0
