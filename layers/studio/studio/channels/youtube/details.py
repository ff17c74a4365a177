"""What a video says of itself, checked before YouTube sees it.

SOURCE of fields and limits: developers.google.com/youtube/v3/docs/videos, snippet.* and status.*.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from studio.domain.base import Instant, Value

TITLE_CHARACTERS = 100
DESCRIPTION_BYTES = 5000
TAGS_CHARACTERS = 500
ENTERTAINMENT = "24"

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class VideoDetails(Value):
    """A video's metadata. `problems` says what of it YouTube would refuse.

    category_id: of `videoCategories.list`. publish_at: when a private video becomes public by itself. synthetic:
    whether it shows realistic people, places or events that were generated; YouTube labels it then. language: of title
    and description, BCP 47. notify: whether subscribers hear of it.
    """

    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    category_id: str = ENTERTAINMENT
    privacy: Literal["private", "unlisted", "public"] = "private"
    publish_at: Instant | None = None
    made_for_kids: bool
    synthetic: bool
    language: str | None = None
    notify: bool = True

    def resource(self) -> dict[str, Any]:
        """Return the `video` resource as `videos.insert` takes it."""
        snippet: dict[str, Any] = {
            "title": self.title,
            "description": self.description,
            "tags": list(self.tags),
            "categoryId": self.category_id,
        }
        if self.language:
            snippet["defaultLanguage"] = self.language
        status: dict[str, Any] = {
            "privacyStatus": self.privacy,
            "selfDeclaredMadeForKids": self.made_for_kids,
            "containsSyntheticMedia": self.synthetic,
        }
        if self.publish_at:
            status["publishAt"] = self.publish_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"snippet": snippet, "status": status}


def tags_length(tags: Iterable[str]) -> int:
    """Return how many characters tags count for: a comma between two, and quotation marks around one with a space."""
    counted = [len(tag) + 2 * (" " in tag) for tag in tags]
    return sum(counted) + max(0, len(counted) - 1)


def problems(details: VideoDetails, now: datetime | None = None) -> tuple[str, ...]:
    """Return what YouTube would refuse, a sentence each. now: for a moment of publication that has passed."""
    found = []
    title, described = details.title, len(details.description.encode("utf-8", "replace"))
    if not title.strip():
        found.append("The title is empty.")
    if len(title) > TITLE_CHARACTERS:
        found.append(f"The title has {len(title)} characters; YouTube takes {TITLE_CHARACTERS}.")
    if described > DESCRIPTION_BYTES:
        found.append(f"The description has {described} bytes; YouTube takes {DESCRIPTION_BYTES}.")
    counted = tags_length(details.tags)
    if counted > TAGS_CHARACTERS:
        found.append(f"The tags count for {counted} characters; YouTube takes {TAGS_CHARACTERS}.")
    if any(not tag.strip() for tag in details.tags):
        found.append("A tag is empty.")
    for what, texts in (("title", (title,)), ("description", (details.description,)), ("tags", details.tags)):
        if any("<" in text or ">" in text for text in texts):
            found.append(f"YouTube takes no angle brackets in the {what}.")
    if not re.fullmatch(r"[0-9]{1,3}", details.category_id):
        found.append("The category is a number of YouTube's list.")
    if details.language is not None and not _LANGUAGE.fullmatch(details.language):
        found.append("The language is no BCP 47 tag, such as “en” or “pt-BR”.")
    if details.publish_at is not None:
        if details.privacy != "private":
            found.append("A video with a moment of publication has to be private until then.")
        if now is not None and details.publish_at <= now:
            found.append("The moment of publication has passed.")
    return tuple(found)
