"""Doors of the desk's screens."""
