"""What a text must say by itself where a network has no mark for it: that AI made it, that somebody paid for it."""

import re

_AI = {
    "ar": "صُنع بالذكاء الاصطناعي.",
    "de": "Mit KI erstellt.",
    "en": "Made with AI.",
    "es": "Hecho con IA.",
    "fr": "Créé avec l’IA.",
    "hi": "AI से बनाया गया।",
    "it": "Creato con l’IA.",
    "nl": "Gemaakt met AI.",
    "pt": "Feito com IA.",
    "so": "Waxaa lagu sameeyay AI.",
    "sv": "Gjord med AI.",
    "tr": "Yapay zekâ ile yapıldı.",
}
_PAID = {
    "ar": "شراكة مدفوعة.",
    "de": "Werbung: bezahlte Partnerschaft.",
    "en": "Paid partnership.",
    "es": "Colaboración pagada.",
    "fr": "Collaboration commerciale.",
    "hi": "सशुल्क साझेदारी।",
    "it": "Partnership retribuita.",
    "nl": "Betaald partnerschap.",
    "pt": "Parceria paga.",
    "so": "Iskaashi lacag laga bixiyay.",
    "sv": "Reklam: betalt samarbete.",
    "tr": "Ücretli iş birliği.",
}
"""By language; English for all others. Regulators want it in the words of those who read it."""

_SAYS_AI = re.compile(
    # In capitals, because Ai and Ki are names, and ia and ai words.
    r"(?<!\w)(AI|KI|IA|A\.I\.)(?!\w)"
    r"|(?i:#(ai|ki|ia)(?!\w)|ai[_-]?generated|yapay zek[âa]|artificial intelligence|künstliche[rn]? intelligenz"
    r"|intelligence artificielle|inteligencia artificial|inteligência artificial|intelligenza artificiale)"
    r"|الذكاء الاصطناعي"
)
_SAYS_PAID = re.compile(
    r"(?<!\w)#(ad|advert|sponsored|werbung|anzeige|publi|pub|publicidad|publicidade|reklam|reclame)(?!\w)"
    r"|paid partnership|advertisement|sponsored by|(?<!\w)(werbung|anzeige)(?!\w)",
    re.IGNORECASE,
)


def ai_line(language: str) -> str:
    """Return the sentence that says AI made it. language: a BCP 47 tag."""
    return _AI.get(_primary(language), _AI["en"])


def paid_line(language: str) -> str:
    """Return the sentence that says somebody paid for it. language: a BCP 47 tag."""
    return _PAID.get(_primary(language), _PAID["en"])


def says_ai(text: str) -> bool:
    """Tell whether a text says that AI made it, in our words or a person's own."""
    return _SAYS_AI.search(text) is not None or any(line.rstrip(".।") in text for line in _AI.values())


def says_paid(text: str) -> bool:
    """Tell whether a text says that somebody paid for it."""
    return _SAYS_PAID.search(text) is not None or any(line.rstrip(".।") in text for line in _PAID.values())


def _primary(language: str) -> str:
    return language.partition("-")[0].casefold()
