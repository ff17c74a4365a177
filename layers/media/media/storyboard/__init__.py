"""Draws a shot the way a storyboard artist hands it over: a set with depth, lit people, a lens, a grade and a slate."""

from media.storyboard.compose import Board, paint_board, slate_right
from media.storyboard.layout import layout
from media.storyboard.slate import slate_box

__all__ = ["Board", "layout", "paint_board", "slate_box", "slate_right"]
