"""The statistics: pure functions of numbers that others have read, with the uncertainty of what they say."""
