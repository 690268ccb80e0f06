"""Doors for who is not signed in: sign in, sign out, a new password."""

from math import ceil
from typing import Any

from allauth.account.views import (
    INTERNAL_RESET_SESSION_KEY,
    LoginView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import queries, services
from accounts.forms.fields import tell
from accounts.forms.sign_in import NewPasswordForm, ResetForm, SignInForm
from accounts.views.answers import ORIGIN_ONLY, see_other
from core import clock
from core.errors import Refused

UNPROCESSABLE = 422
GONE = 410


class SignIn(LoginView):  # type: ignore[misc]  # the library is untyped
    """Address and password; the same sentence for whatever is wrong with them."""

    form_class = SignInForm
    template_name = "account/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.POST.get("login", "").strip().lower()
        # Guesses at one account from many places: slow, but a limit.
        limited = consume_or_429(request, action="login_account", key=address[:254])
        answer: HttpResponse = limited or super().post(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        password = form.fields["password"].widget.attrs
        password |= {"aria-invalid": "true", "aria-describedby": "wrong", "autofocus": True}
        del form.fields["login"].widget.attrs["autofocus"]
        response: HttpResponse = super().form_invalid(form)
        response.status_code = UNPROCESSABLE
        return response


sign_in = SignIn.as_view()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends."""
    logout(request)
    return see_other(settings.LOGIN_URL)


def locked_out(
    request: HttpRequest,
    response: HttpResponse,
    credentials: dict[str, str] | None,
    *args: object,
    **kwargs: object,
) -> HttpResponse:
    """Too many wrong passwords: say when to try again."""
    address = (credentials or {}).get("login", "")
    ip_address = getattr(request, "axes_ip_address", None)
    wait = queries.locked_for(address, ip_address, at=clock.now())
    minutes = ceil(wait.total_seconds() / 60)
    answer = render(request, "429.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(ceil(wait.total_seconds()))
    return answer


class AskForReset(PasswordResetView):  # type: ignore[misc]  # the library is untyped
    """Where one says which account needs a new password."""

    form_class = ResetForm
    template_name = "account/password_reset.html"
    success_url = reverse_lazy("account_reset_password_done")

    def form_invalid(self, form: ResetForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = UNPROCESSABLE
        return response


ask_for_reset = AskForReset.as_view()


def reset_asked(request: HttpRequest) -> HttpResponse:
    """What happens next, the same for every address."""
    return render(request, "account/password_reset_done.html")


class NewPassword(PasswordResetFromKeyView):  # type: ignore[misc]  # the library is untyped
    """Where the link of the mail leads; the token moves from the address into the session."""

    form_class = NewPasswordForm
    template_name = "account/password_reset_from_key.html"

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        try:
            services.reset_password(
                self.reset_user.pk,
                token=self.key,
                password=form.cleaned_data["password"],
                at=clock.now(),
            )
        except Refused as refused:
            return self._refused(form, refused)
        self.request.session.pop(INTERNAL_RESET_SESSION_KEY, None)
        messages.success(self.request, _("Your new password is set. Sign in with it."))
        return see_other(settings.LOGIN_URL)

    def _refused(self, form: NewPasswordForm, refused: Refused) -> HttpResponse:
        if refused.code == "link_invalid":
            context = self.get_context_data(token_fail=True)
            return self.render_to_response(context)
        tell(form, refused)
        return self.form_invalid(form)

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = UNPROCESSABLE
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if context.get("token_fail"):
            kwargs["status"] = GONE
        response: HttpResponse = super().render_to_response(context, **kwargs)
        response["Referrer-Policy"] = ORIGIN_ONLY
        return response


new_password = NewPassword.as_view()
