"""Side-by-side measurements, each against a peer or a floor in the same run."""

import sys
from pathlib import Path

# As Lambda has them on its path, and pytest by its settings.
sys.path[:0] = [str(Path(__file__).parent.parent / "layers" / layer) for layer in ("studio", "media", "film")]
