"""From stills, speech and words to an episode that plays.

`assemble` writes it, `probe` plays it back, `problems` says why it may not be handed out.
"""

from film.assemble import assemble
from film.bed import Mood, mood_of
from film.cards import card
from film.encode import Chapter, Tags, Words
from film.footage import BrokenClip, playable
from film.glyphs import missing
from film.joins import Join, Shot
from film.probe import Probe, Unplayable, Wanted, probe, problems
from film.shape import Format, Lines, Rate
from film.sound import Bed
from film.speech import BrokenSpeech, Speech, seconds_of
from film.stills import BrokenStill, whole

__all__ = [
    "Bed",
    "BrokenClip",
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
    "playable",
    "probe",
    "problems",
    "seconds_of",
    "whole",
]
