"""Which language a short text is in, where that is plain: by its script, and by the small words that give it away."""

import re
import unicodedata
from collections import Counter

_SCRIPTS = (
    "LATIN", "ARABIC", "CYRILLIC", "GREEK", "HEBREW", "DEVANAGARI", "BENGALI", "TAMIL", "THAI", "ETHIOPIC", "HANGUL",
    "HIRAGANA", "KATAKANA", "CJK",
)  # fmt: skip

_SMALL_WORDS = {
    "en": "the and is was are this that you your what who why how did does do not it of to in for with we she he they "
    "there here when where her his my me so just have has will would can could i about more please make",
    "so": "waa iyo maxaa sidee yaa waxaan waxay ma oo ku ka la si aad ayaa miyaa waxa mahadsanid uu ay kan tan halkee",
    "es": "el los las que qué por para con una es está muy pero como cómo quién cuándo dónde no y de en lo su me",
    "fr": "le les des que qui est une pour pas avec dans sur très mais comment pourquoi vous je tu il elle et c'est "
    "merci",
    "de": "der die das und ist nicht ich du ihr wir was wer warum wie mit für ein eine auf von danke aber sehr wann "
    "habt den dem hat haben sie er es im zu",
    "pt": "os um uma não que por para com está muito mas como quem quando você vocês eu e obrigado obrigada isso ele",
    "tr": "bir ve bu ne çok için mi mı neden kim nasıl ama değil ben sen teşekkürler var yok daha",
    "sw": "na ya wa ni kwa hii hiyo sana lakini nini nani kwa nini asante mimi wewe yeye",
}
_KNOWN = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_OF_SCRIPT = {
    "ARABIC": "ar", "GREEK": "el", "HEBREW": "he", "THAI": "th", "ETHIOPIC": "am", "HANGUL": "ko", "HIRAGANA": "ja",
    "KATAKANA": "ja", "TAMIL": "ta", "BENGALI": "bn",
}  # fmt: skip


def script_of(text: str) -> str:
    """Return the script that most letters of a text are in, such as LATIN or ARABIC; "" for a text without letters."""
    counted: Counter[str] = Counter()
    for letter in text:
        if letter.isalpha():
            name = unicodedata.name(letter, "")
            counted[next((script for script in _SCRIPTS if name.startswith(script)), "OTHER")] += 1
    return counted.most_common(1)[0][0] if counted else ""


def language_of(text: str) -> str:
    """Return the code of the language a text is in, and "" where that is not plain.

    A script that serves one language mostly is taken for it; in Latin letters, the small words of one language must
    outnumber those of every other.
    """
    script = script_of(text)
    if script != "LATIN":
        return _OF_SCRIPT.get(script, "")
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold().replace("’", "'"))
    scored = sorted(((sum(word in known for word in words), code) for code, known in _KNOWN.items()), reverse=True)
    (most, code), (second, _) = scored[:2]
    return code if most > second and (most >= 2 or len(words) <= 4) else ""


def differ(one: str, other: str) -> bool:
    """Tell whether two texts are plainly in two languages: two scripts, or two languages of which both are known."""
    scripts = {script for script in (script_of(one), script_of(other)) if script}
    known = {code for code in (language_of(one), language_of(other)) if code}
    return len(scripts) > 1 or len(known) > 1
