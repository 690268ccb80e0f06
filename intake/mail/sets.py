"""Sets of names, written as words so that long lists stay readable."""


def listed(*lines: str) -> frozenset[str]:
    """All words of these lines."""
    return frozenset(word for line in lines for word in line.split())
