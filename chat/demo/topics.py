"""Which topic a question is about, by the beginnings of words in four languages."""

import re

UNKNOWN = "unknown"

# A word counts when it starts with one of these; a phrase with spaces counts where it occurs.
# Rarer words stand for more: what is listed as strong counts three times.
STRONG: dict[str, str] = {
    "help": "help hilfe aide aiuto demo special|what can you do|was kannst du",
    "hello": "hello hallo bonjour ciao salut grüezi servus buongiorno",
    "about": "chatsite vorführung|what is this|who are you|was ist das|wer bist du|qui es-tu|qui êtes-vous"
    "|c'est quoi|qu'est-ce que c'est|chi sei|che cos'è|cos'è questo",
    "privacy": "anonymi anonimi privacy datenschutz vertraulich confidential confidenti protected"
    " geschützt protég protett secret geheim moderat moder|my text|meinem text|mon texte|mio testo",
    "stop": "stop stopp abbrech anhalten arrêt ferma interromp interrupt cancel",
    "regenerate": "regenerat retry erneut nochmals neu|try again|noch einmal|réessay"
    "|à nouveau|di nuovo|riprova|other answer|andere antwort",
    "find": "find search suche finde gesucht retrouv cherch trov cerca sidebar verlauf history"
    " historique cronologia",
    "admin": "admin administrator chef boss vorgesetz direttore|can see|kann sehen|mitlesen"
    "|read my|liest meine",
    "usage": "usage token verbrauch kosten cost coût costo consum consom price preis prix prezzo"
    " bill budget rechnung",
    "provider": "provider anbieter fournisseur fornitor openai|api key|add a model"
    "|echten anbieter|schlüssel",
    "features": "markdown table tabelle tableau tabella formula formel formule code example beispiel"
    " exemple esempio mathe math",
}
WEAK: dict[str, str] = {
    "privacy": "text data daten données dati safe sicher privé privato private happens passiert",
    "stop": "halt end beenden",
    "regenerate": "again edit bearbeiten modifi change ändern",
    "find": "old alte last letzte conversation gespräch unterhaltung conversazione where wo où dove"
    " rename delete löschen",
    "admin": "see sieht sehen voit vede who wer qui chi",
    "usage": "count zählt much viel combien quanto",
    "provider": "key model modell modèle modello real echt vrai vero add hinzufügen ajout aggiung",
    "features": "show zeig montre mostra",
    "about": "what was quoi cosa this dies",
}


def find_topic(question: str) -> str:
    """The topic most of the question's words speak for; `unknown` when hardly any does."""
    folded = " ".join(question.lower()[:4000].split())
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", folded)
    if folded.startswith("/demo"):
        return "help"
    scores = {
        topic: 3 * _count(STRONG[topic], folded, words) + _count(WEAK.get(topic, ""), folded, words)
        for topic in STRONG
    }
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] >= 3 else UNKNOWN


def _count(listed: str, folded: str, words: list[str]) -> int:
    starts, *phrases = listed.split("|")
    prefixes = tuple(starts.split())
    by_word = sum(word.startswith(prefixes) for word in words) if prefixes else 0
    return by_word + sum(phrase in folded for phrase in phrases)
