"""Doors of sign-in, set-up, the settings pages and preferences."""

from accounts.views.sign_in import locked_out

__all__ = ["locked_out"]
