"""`make bench`: Chatsite beside a bare relay, in one run on one machine, as ratios."""
