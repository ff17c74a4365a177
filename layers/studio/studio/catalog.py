"""The 23 bots: public name, category, one line each."""

from enum import StrEnum

from studio.domain.base import Value


class Category(StrEnum):
    """What a bot is for."""

    VIRALITY = "virality"
    GROWTH = "growth"
    MONETIZATION = "monetization"
    CREATOR_TOOLS = "creator_tools"
    ANALYTICS = "analytics"
    AGENTS = "agents"


class BotEntry(Value):
    """A bot, as the catalogue lists it. `deployed` says whether this stack has it."""

    name: str
    category: Category
    summary: str
    deployed: bool


_C = Category
_BOTS: tuple[tuple[str, Category, str], ...] = (
    ("trend-detection-bot", _C.VIRALITY, "Finds what people are starting to talk about and what suits your show."),
    ("hook-optimization-bot", _C.VIRALITY, "Writes and ranks the first three seconds."),
    ("remix-bot", _C.VIRALITY, "Makes a new cut of an episode: other aspect, length, order, hook or ending."),
    ("cultural-injection-bot", _C.VIRALITY, "Roots a script in a place and a community, with its sources."),
    ("cross-platform-posting-bot", _C.GROWTH, "Turns an episode into a post for each network, and posts it."),
    ("multi-channel-upload-bot", _C.GROWTH, "Uploads to your YouTube channels, and resumes what broke off."),
    ("engagement-bot", _C.GROWTH, "Reads comments and drafts replies for you to approve."),
    ("live-boost-bot", _C.GROWTH, "Plans a live event around an episode."),
    ("affiliate-bot", _C.MONETIZATION, "Matches things in the script with your offers, and discloses it."),
    ("lead-capture-bot", _C.MONETIZATION, "Collects addresses with consent, and forgets them when asked."),
    ("sales-funnel-bot", _C.MONETIZATION, "Shows where viewers are lost on the way to paying."),
    ("digital-product-bot", _C.MONETIZATION, "Sells the script and the stills."),
    ("script-generator-bot", _C.CREATOR_TOOLS, "Turns a prompt into a script with dialogue and clip descriptions."),
    ("thumbnail-design-bot", _C.CREATOR_TOOLS, "Designs thumbnails that can be read on a phone."),
    ("video-assembly-bot", _C.CREATOR_TOOLS, "Cuts clips, voices and music into the film."),
    ("voiceover-bot", _C.CREATOR_TOOLS, "Gives every character a voice."),
    ("performance-tracking-bot", _C.ANALYTICS, "Keeps what each network measured, and notices what stands out."),
    ("ab-testing-bot", _C.ANALYTICS, "Tests variants, and says when it knows."),
    ("roi-analysis-bot", _C.ANALYTICS, "Sets what an episode brought against what it cost."),
    ("feedback-loop-bot", _C.ANALYTICS, "Proposes changes from what worked, with the evidence."),
    ("llm-reflection-bot", _C.AGENTS, "Drafts, criticises and revises, and keeps the better one."),
    ("orchestrator-bot", _C.AGENTS, "Plans which bots to run for a goal, and runs them."),
    ("persona-bot", _C.AGENTS, "Speaks as a character, or reads a script as an audience."),
)


NAMES = tuple(name for name, _, _ in _BOTS)
"""The public names of all 23."""


def bots(deployed: frozenset[str]) -> tuple[BotEntry, ...]:
    """Return all 23 bots. deployed: public names of those this stack has."""
    return tuple(
        BotEntry(name=name, category=category, summary=summary, deployed=name in deployed)
        for name, category, summary in _BOTS
    )
