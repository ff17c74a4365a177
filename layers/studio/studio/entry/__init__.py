"""How a Lambda event becomes a typed call, and an answer or an error becomes what the caller expects."""

from studio.entry.bot import bot
from studio.entry.context import Settings, Studio
from studio.entry.events import on_event, stage
from studio.entry.http import api, resolver

__all__ = ["Settings", "Studio", "api", "bot", "on_event", "resolver", "stage"]
