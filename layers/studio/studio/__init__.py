"""What every function of Episode Studio shares."""
