"""The Gemini adapter. Importing it loads google-genai (about half a second), so only what calls Gemini imports it."""

from studio.generation.gemini.client import open_client
from studio.generation.gemini.judge import GeminiJudge
from studio.generation.gemini.painter import GeminiPainter
from studio.generation.gemini.writer import GeminiWriter

__all__ = ["GeminiJudge", "GeminiPainter", "GeminiWriter", "open_client"]
