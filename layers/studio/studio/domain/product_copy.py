"""What a product is called and said to be: honest about what is inside, and without promises."""

import re
from collections.abc import Sequence

from pydantic import Field

from studio.domain.base import Heading, Text, Written
from studio.domain.product import ProductFile, ProductPart
from studio.domain.script import Script

MAX_TITLE, MIN_DESCRIPTION, MAX_DESCRIPTION = 80, 40, 500
MADE_BY_AI = "Everything in it was made with AI."
REHEARSAL = "A rehearsal: what is in it is marked DRAFT, on every page and in every picture."

_NAMES: dict[ProductPart, str] = {
    ProductPart.SCRIPT_PDF: r"scripts?|screenplays?|pdf",
    ProductPart.STILLS_ZIP: r"stills?|frames?|photos?|pictures? from",
    ProductPart.WALLPAPERS: r"wallpapers?|backgrounds?|lock ?screens?",
}
"""Words by which something of the kind is named."""

_NEVER_INSIDE = r"videos?|films?|mp4|audio|soundtracks?|music|mp3|posters?|prints?|e-?books?|nfts?|merch\w*|outtakes?"
_PROMISES = (
    r"guarantee\w*|best|perfect|ultimate|must-have|exclusive\w*|limited|only today|hurry|last chance|free|bonus\w*|"
    r"lifetime|money back|refund\w*|unlimited|commercial use|royalt\w*|licen[sc]e\w*|official|signed|4k|8k|uhd|"
    r"high[- ]res\w*|print[- ]quality|award\w*|never before|you will love|you'll love|change your life|updates?"
)
_ADDRESS = re.compile(r"https?://|www\.|\w@\w|\b\w+\.(com|net|org|io|shop)\b", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥₹]|\b(usd|eur|gbp|dollars?|euros?|price|cost|cheap|sale|discount)\b", re.IGNORECASE)


class ProductCopy(Written):
    """What a buyer reads."""

    title: Heading = Field(description=f"What it is called; at most {MAX_TITLE} characters.")
    description: Text = Field(description=f"{MIN_DESCRIPTION} to {MAX_DESCRIPTION} characters.")


def copy_problems(copy: ProductCopy, files: Sequence[ProductFile], script: Script) -> list[str]:
    """Return what is wrong with a text, as sentences that say what to do. What the story says of itself is no claim."""
    found = []
    if len(copy.title) > MAX_TITLE:
        found.append(f"The title has {len(copy.title)} characters; {MAX_TITLE} at most.")
    if not MIN_DESCRIPTION <= len(copy.description) <= MAX_DESCRIPTION:
        found.append(f"The description needs {MIN_DESCRIPTION} to {MAX_DESCRIPTION} characters.")
    whole = f"{copy.title}\n{copy.description}"
    story = f"{script.title}\n{script.synopsis}".casefold()
    inside = {file.part for file in files}

    def said(words: str) -> list[str]:
        hits = {hit.casefold() for hit in re.findall(rf"\b(?:{words})\b", whole, re.IGNORECASE)}
        return sorted(hit for hit in hits if hit not in story)

    for part, words in _NAMES.items():
        if part not in inside and (hits := said(words)):
            found.append(f"There is no such thing inside: {', '.join(hits)}. Say only what is.")
    if hits := said(_NEVER_INSIDE):
        found.append(f"There is no such thing inside: {', '.join(hits)}. Say only what is.")
    if hits := said(_PROMISES):
        found.append(f"This promises what nobody can hold to: {', '.join(hits)}. Leave it out.")
    given = set(re.findall(r"\d+", story + " ".join(file.holds for file in files)))
    if wrong := sorted(set(re.findall(r"\d+", whole)) - given):
        found.append(f"These figures are not in what is given: {', '.join(wrong)}.")
    if _ADDRESS.search(whole):
        found.append("Leave out addresses of sites and mail.")
    if _MONEY.search(whole):
        found.append("Leave out the price: the page where it is paid says it.")
    if not any(said_once(words, whole) for part, words in _NAMES.items() if part in inside):
        found.append("Say what a buyer gets, by its name.")
    return found


def said_once(words: str, text: str) -> bool:
    """Return whether any of the words (a regular expression) stands in a text."""
    return re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) is not None


def plain_copy(files: Sequence[ProductFile], script: Script) -> ProductCopy:
    """Return a text put together from what there is: what a rehearsal says."""
    kinds = {
        ProductPart.SCRIPT_PDF: "the screenplay",
        ProductPart.STILLS_ZIP: "the stills",
        ProductPart.WALLPAPERS: "wallpapers",
    }
    named = [kinds[file.part] for file in files]
    things = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    name = script.title if len(script.title) <= 48 else f"{script.title[:47].rsplit(' ', 1)[0]}…"
    first = re.split(r"(?<=[.!?…])\s", script.synopsis.strip(), maxsplit=1)[0][:300]
    text = f"{things[0].upper()}{things[1:]} of the episode “{name}”, to keep. {first}"
    return ProductCopy(title=f"{name}: {things}"[:MAX_TITLE], description=text.strip())


def full_description(text: str, files: Sequence[ProductFile], *, draft: bool) -> str:
    """Return a description with what is inside, file by file, and how it was made: nobody can leave that out."""
    inside = "; ".join(file.holds.rstrip(".") for file in files)
    made = REHEARSAL if draft else MADE_BY_AI
    return f"{text.strip()}\n\nInside: {inside}. {made}"
