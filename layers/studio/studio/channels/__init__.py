"""The networks an episode goes to and hears from: one small client each, over httpx2. They post what they are told."""
