"""Secrets at rest and one-way hashes of one-time tokens."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, "at rest"))) for key in keys])


def _derive(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


def encrypt(plain: str) -> str:
    """The secret as it may stand in the database; empty stays empty."""
    return _fernet().encrypt(plain.encode()).decode() if plain else ""


def decrypt(stored: str) -> str:
    """The secret again; ValueError if it was written under a key we no longer have."""
    if not stored:
        return ""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise ValueError("stored secret was written under another key") from error


def new_token() -> str:
    """A one-time token of 256 bits for a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a one-time token. ValueError for one that was never issued (too short)."""
    if len(token) < 40:
        raise ValueError("not a token")
    return hashlib.sha256(token.encode()).hexdigest()


def mac(purpose: str, value: str, *, length: int = 20) -> str:
    """A signature over `value` for use in addresses: lower-case base32, `length` characters."""
    return _mac(settings.SECRET_KEY, purpose, value, length)


def mac_matches(purpose: str, value: str, signature: str) -> bool:
    """Whether `signature` was made by `mac` under the present key or a former one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(
        hmac.compare_digest(_mac(key, purpose, value, len(signature)), signature.lower())
        for key in keys
        if len(signature) >= 20
    )


def _mac(key: str, purpose: str, value: str, length: int) -> str:
    digest = hmac.new(_derive(key, purpose), value.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:length]
