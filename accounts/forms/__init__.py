"""Shapes of what people type on the pages of sign-in, set-up and settings."""
