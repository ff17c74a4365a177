"""What is printed: the screenplay as PDF, and the fonts it is set in."""
