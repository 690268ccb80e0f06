"""The three ways a verb says no. Doors turn them into 409, 403 and 404."""


class Refused(Exception):
    """A rule says no.

    The sentence is meant for a person and says what to do; `code` is stable and meant for
    programs; `field` names the form field at fault, `facts` holds what a screen may offer
    instead (ids, numbers, instants).
    """

    def __init__(
        self, sentence: str, *, code: str, field: str = "", facts: dict[str, object] | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.field = field
        self.facts = facts or {}


class Forbidden(Exception):
    """The actor sees the thing but lacks the right named in `right`."""

    def __init__(self, right: str) -> None:
        super().__init__(f"missing right: {right}")
        self.right = right


class NotFound(Exception):
    """There is no such thing, or the actor may not know that there is."""
