"""Draws a shot the way a storyboard artist hands it over: a set with depth, lit people, a lens, a grade and a slate."""

from media.storyboard.compose import Board, paint_board

__all__ = ["Board", "paint_board"]
