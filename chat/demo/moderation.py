"""The few phrases that a moderated request is not answered for."""

HARMFUL = (
    "build a bomb",
    "make a bomb",
    "make a weapon",
    "poison someone",
    "poison my",
    "steal a password",
    "steal passwords",
    "write malware",
    "hurt someone",
    "bombe bauen",
    "jemanden vergiften",
    "passwörter stehlen",
    "fabriquer une bombe",
    "costruire una bomba",
)


def asks_for_harm(text: str) -> bool:
    folded = " ".join(text.lower().split())
    return any(phrase in folded for phrase in HARMFUL)
