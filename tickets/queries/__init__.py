"""What the desk's screens read."""
