"""From stills, speech and words to an episode that plays.

`assemble` writes it, `probe` plays it back, `problems` says why it may not be handed out.
"""

from media.film.assemble import assemble
from media.film.bed import Mood, mood_of
from media.film.cards import card
from media.film.encode import Chapter, Tags, Words
from media.film.glyphs import missing
from media.film.joins import Join, Shot
from media.film.probe import Probe, Unplayable, Wanted, probe, problems
from media.film.shape import Format, Lines, Rate
from media.film.sound import Bed
from media.film.speech import BrokenSpeech, Speech, seconds_of
from media.film.stills import BrokenStill, whole

__all__ = [
    "Bed",
    "BrokenSpeech",
    "BrokenStill",
    "Chapter",
    "Format",
    "Join",
    "Lines",
    "Mood",
    "Probe",
    "Rate",
    "Shot",
    "Speech",
    "Tags",
    "Unplayable",
    "Wanted",
    "Words",
    "assemble",
    "card",
    "missing",
    "mood_of",
    "probe",
    "problems",
    "seconds_of",
    "whole",
]
