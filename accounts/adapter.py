"""How the sign-in library behaves here: nobody signs himself up or learns who has an account."""

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """Sign-up is closed; every failed sign-in gives the same answer."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That address and password do not match."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: the library's JSON answers say more than ours."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The library knows users that were deactivated; here they are like any stranger."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's own messages are left out: pages say themselves what has happened."""


def client_ip(request: HttpRequest) -> str:
    """Where a request comes from, as the outermost of our own proxies saw it.

    Each of the HELPDESK_PROXY_COUNT proxies adds one address to the header's end; what stands
    before those anybody can write.
    """
    seen = request.headers.get("x-forwarded-for", "").split(",")
    count = settings.PROXY_COUNT
    if 0 < count <= len(seen):
        try:
            return str(ipaddress.ip_address(seen[-count].strip()))
        except ValueError:
            pass
    return str(request.META.get("REMOTE_ADDR", "::"))
