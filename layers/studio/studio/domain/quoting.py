"""Whether somebody's words are really there: a quotation held against the text it says it is from."""

import re

_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": " "})
_AROUND = " \t\n\"'.,;:!?-()[]"


def quoted_in(quote: str, text: str) -> bool:
    """Tell whether `text` has these words, in this order, without a gap.

    Letter case, white space, the kind of quotation marks and dashes, and what stands around the quotation do not count.
    Nothing is quoted by a quotation without a letter or a digit. A whole word is needed at either end, so that "art"
    is not quoted from "party".
    """
    words = _plain(quote).strip(_AROUND)
    if not re.search(r"\w", words):
        return False
    # Scripts without spaces have no word edges to hold a quotation to.
    edge = r"(?<!\w){}(?!\w)" if words.isascii() else "{}"
    return re.search(edge.format(re.escape(words)), _plain(text)) is not None


def _plain(text: str) -> str:
    return " ".join(text.translate(_MARKS).replace("...", " ").casefold().split())
