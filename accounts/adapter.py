"""How sign-in behaves here: nobody signs himself up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """Sign-up is closed: administrators invite staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
