"""Forms, and the words that stand beside them."""
