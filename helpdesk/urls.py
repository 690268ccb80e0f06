"""Every address of the desk, app by app."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from helpdesk import health, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(url="/home/", permanent=False)),
    path("", include("accounts.urls")),
    path("", include("tickets.urls")),
    path("healthz/timers", health.timers),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("csp", views.csp_report),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("welcome/sample/", views.sample_company, name="welcome_sample"))

handler400 = "helpdesk.views.bad_request"
handler403 = "helpdesk.views.forbidden"
handler404 = "helpdesk.views.not_found"
handler429 = "helpdesk.views.too_many"
handler500 = "helpdesk.views.server_error"
