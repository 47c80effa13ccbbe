"""Guesses the language of a question from its small words."""

import re

SMALL_WORDS = {
    "en": "the is are what how do does i my me can this that to of and who where it you in see when",
    "de": "der die das ist sind was wie ich mein meine mir kann dies zu und wer wo es du sie im wird"
    " werden nicht ein eine mit auf den dem von einen hier bitte passiert finde sieht wieder",
    "fr": "le la les est sont que quoi comment je mon ma mes moi peut ce cette et qui où il vous dans"
    " un une des du avec pas pour voit quel quelle puis fait",
    "it": "il lo gli è sono che cosa come io mio mia mi può questo questa e chi dove vi nel un una"
    " del della con non per vede quale posso fare succede",
}
VOCABULARY = {language: frozenset(words.split()) for language, words in SMALL_WORDS.items()}


def guess(text: str) -> str:
    """`en`, `de`, `fr` or `it`; English when nothing speaks for another."""
    words = re.findall(r"[a-zà-öø-ÿ]+", text.lower()[:2000])
    scores = {
        language: sum(word in known for word in words) for language, known in VOCABULARY.items()
    }
    return max(scores, key=lambda language: scores[language])
