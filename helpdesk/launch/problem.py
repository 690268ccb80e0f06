class Problem(Exception):
    """Something a person at the terminal can put right, told in one sentence."""
