"""Lists of words, one text file each: what the demonstration recognises."""

from importlib.resources import files


def read(name: str) -> str:
    return (files(__name__) / f"{name}.txt").read_text("utf-8")
