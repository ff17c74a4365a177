"""What plain rules see in words that strangers wrote: links, spam, threats, personal data, and orders to a machine.

The rules are a floor and no judge: they can only make a reading worse, and what they miss a writer or a person may
find. They know the usual forms in English and a few other languages.
"""

import re
import unicodedata
from enum import StrEnum


def _phrases(*parts: str) -> re.Pattern[str]:
    """Return what finds any of these as whole words, in any case."""
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE)


_DOMAINS = "com|net|org|info|biz|ru|cn|xyz|top|shop|club|site|online|link|click|io|co|me|ly|gg|tv"
LINK = re.compile(rf"https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:{_DOMAINS})\b(?:/\S*)?", re.IGNORECASE)
_MAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.|\s?\(dot\)\s?|\s?\[dot\]\s?)[\w.-]*\w",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w:])(?!\d{4}-\d\d-\d\d(?!\d))\+?\(?\d(?:[\s().-]{0,2}\d){7,14}(?!\w)")
_STREET = _phrases(
    r"\d{1,5}[a-z]?\s+(?:\w+\s){1,3}(?:street|st|avenue|ave|road|rd|lane|drive|boulevard|blvd)",
    r"\w+(?:straße|strasse)\s\d{1,4}",
)
_HANDLE = re.compile(r"(?<![\w.])@[\w.-]{2,}")

_CHILDS_AGE = r"(?:[4-9]|1[0-7])"
_OF_SOMETHING_ELSE = (
    r"(?!\d|\s*(?:st|nd|rd|th|minutes?|hours?|days?|weeks?|months?|episodes?|times?|miles?|km|k)\b|\s*[%/:])"
)
_MINOR = _phrases(
    rf"(?:i am|i'?m|we are|we're)\s+(?:only\s+|just\s+)?{_CHILDS_AGE}{_OF_SOMETHING_ELSE}",
    rf"{_CHILDS_AGE}[\s-]?(?:years?|yrs?)[\s-]?old",
    rf"{_CHILDS_AGE}\s?yo",
    r"in (?:[1-9]|1[01])(?:st|nd|rd|th) grade",
    rf"ich bin (?:erst )?{_CHILDS_AGE}{_OF_SOMETHING_ELSE}",
    rf"j'ai {_CHILDS_AGE} ans",
    rf"tengo {_CHILDS_AGE} años",
)
_ORDERS = _phrases(
    r"(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines|system)",
    r"(?:system|developer) (?:prompt|message)",
    r"you are (?:now )?(?:an? )?(?:ai|assistant|chatbot|language model|bot)",
    r"(?:as an? ai|dear (?:ai|bot|assistant))",
    r"(?:reply|respond|answer) (?:only )?with",
    r"(?:classify|mark|label|rate|flag) (?:this|me|all|every)",
    r"(?:jailbreak|prompt injection)",
)
_MARKUP = re.compile(r"</?\s*(?:material|system|instructions?)\b", re.IGNORECASE)
_SELLS = _phrases(
    r"check (?:out )?my (?:channel|profile|bio|page)",
    r"link in (?:my )?bio",
    r"sub(?:scribe)?\s?(?:4|for)\s?sub",
    r"sub (?:to )?me",
    r"free (?:gift ?cards?|robux|v-?bucks|iphones?|money|followers|subs(?:cribers)?)",
    r"(?:crypto|bitcoin|forex) (?:mentor|trading|expert|profits?)",
    r"(?:whats\s?app|telegram)\b.{0,20}\d",
    r"earn(?:ed|ing)? \$?\d[\d,.]* (?:a|per|every) (?:day|week|month)",
    r"(?:dm|text|message|contact) (?:me|him|her|them) on",
    r"make money online",
    r"promo\s?sm",
    r"(?:gratis|kostenlose) (?:follower|abonnenten)",
    r"gana dinero",
)
_THREATS = _phrases(
    r"kill (?:yo)?urself",
    r"kys",
    r"i(?:'ll| will| am going to|'m gonna) (?:kill|hurt|find|rape|shoot|stab) (?:you|u|her|him|them)",
    r"i know where (?:you|she|he|they) lives?",
    r"(?:you|she|he|they) (?:should|deserves? to) die",
    r"go die",
    r"hope (?:you|she|he|they) dies?",
    r"(?:neck|unalive) yourself",
)
_INSULTS = _phrases(
    r"idiots?|morons?|imbeciles?",
    r"stupid (?:people|bitch|cow|woman|man|girl)",
    r"bitch(?:es)?|whores?|sluts?|retard(?:s|ed)?|scum|subhuman|vermin",
    r"shut up|stfu|fuck (?:you|off|them|her|him)",
    r"(?:go|get) back to (?:your|their) (?:own )?country",
    r"piece of (?:shit|trash)",
    r"disgusting (?:people|pig)s?",
    r"hurensohn|arschloch|connard|salope|hijo de puta|puta",
)
_PROMISES = _phrases(
    r"(?:i|we|the show|they) (?:promise|guarantee|will|shall|won't)",
    r"(?:i|we|they)'ll",
    r"(?:i|we)(?:'re| are) going to",
    r"(?:you|you'll|you will) (?:get|win|receive)",
    r"guaranteed?|refunds?|coming soon|stay tuned|giveaway|for free",
    r"next (?:week|month|episode|season)",
    r"wir (?:versprechen|werden)|versprochen",
    r"nous (?:promettons|allons)|on (?:promet|va)",
    r"prometemos|vamos a",
    r"waan (?:ballan|samayn)\w*",
)
_AUDIENCE = (
    r"(?:viewers?|views?|watchers?|likes?|subs(?:cribers)?|followers?|comments?|chatters?|traffic|engagement|audience)"
)
_ARTIFICIAL = _phrases(
    rf"(?:fake|bots?|bought|paid|artificial|purchased|automated) (?:{_AUDIENCE}|accounts?)",
    r"(?:buy|purchase|rent|inflat|boost|fak|pump|spoof|simulat)\w*\b.{0,25}\b"
    r"(?:viewers?|views|view ?counts?|watch ?time|likes|subs(?:cribers)?|followers|counts?|metrics|numbers|chatters)",
    r"(?:view|viewer|chat|like|sub) ?-?bot(?:s|ting|ted)?",
    r"(?:sub|view|like) ?(?:4|for) ?(?:sub|view|like)",
    r"(?:open|keep|run)\b.{0,30}\b(?:several|many|multiple|more|extra|\d+) (?:tabs|windows|devices|accounts|browsers)",
    r"(?:refresh|reload)\b.{0,30}\b(?:page|stream|video|views?)",
    r"(?:alt|second|burner|sock ?puppet) accounts?",
    r"click ?farms?",
)


class Sign(StrEnum):
    """What plain rules see in a text."""

    LINK = "link"
    SPAM = "spam"
    THREAT = "threat"
    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    MINOR = "minor"
    ORDERS = "orders"


def seen_text(text: str) -> str:
    """Return a text without what nobody sees: tag characters, zero-width spaces, marks that turn the reading order.

    The joiners that emoji and several scripts need stay.
    """
    kept = (
        c
        for c in text
        if c in "\u200c\u200d\u200e\u200f\n\t" or unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co"}
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def signs(text: str) -> tuple[Sign, ...]:
    """Return what plain rules see in a text, each once."""
    plain = _folded(text)
    found = {
        Sign.LINK: LINK.search(plain) is not None,
        Sign.SPAM: _SELLS.search(plain) is not None or _shouts_the_same(plain),
        Sign.THREAT: _THREATS.search(plain) is not None,
        Sign.INSULT: _INSULTS.search(plain) is not None,
        Sign.PERSONAL_DATA: has_personal_data(plain),
        Sign.MINOR: _MINOR.search(plain) is not None,
        Sign.ORDERS: _ORDERS.search(plain) is not None or _MARKUP.search(plain) is not None,
    }
    return tuple(sign for sign, there in found.items() if there)


def has_personal_data(text: str) -> bool:
    """Tell whether a text has a mail address, a telephone number or a street address in it."""
    return any(pattern.search(text) for pattern in (_MAIL, _PHONE, _STREET))


def redacted(text: str) -> str:
    """Return a text with `[…]` in the place of addresses, numbers and accounts that lead to a person."""
    for pattern, name in ((_MAIL, "[address]"), (_STREET, "[address]"), (_PHONE, "[number]"), (_HANDLE, "[account]")):
        text = pattern.sub(name, text)
    return text


def names_somebody(text: str) -> bool:
    """Tell whether a text has a link, an account or personal data in it: what no answer of a show should carry."""
    return LINK.search(text) is not None or _HANDLE.search(text) is not None or has_personal_data(text)


def promise_in(text: str) -> str:
    """Return the words with which a text promises something, or ""."""
    found = _PROMISES.search(_folded(text))
    return found[0] if found else ""


def inflating(text: str) -> str:
    """Return the words with which a text speaks of an audience that is none, or ""."""
    found = _ARTIFICIAL.search(_folded(text))
    return found[0] if found else ""


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, for comparing: what is left of it without case, marks and order."""
    return frozenset(re.findall(r"\w+", _folded(text).casefold()))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two sets of words share, 0 to 1 (Jaccard, 1901)."""
    both = one | other
    return len(one & other) / len(both) if both else 0.0


def _folded(text: str) -> str:
    """Return a text with full-width letters, curly apostrophes and the like as the plain ones they stand for."""
    return unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")


def _shouts_the_same(text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    return len(words) >= 8 and len(set(words)) <= len(words) // 4
