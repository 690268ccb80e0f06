"""Every address of the desk, app by app."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from helpdesk import background_views, health, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(url="/home/", permanent=False)),
    path("", include("accounts.urls")),
    path("", include("tickets.urls")),
    path("settings/background/", background_views.page, name="settings_background"),
    *(
        path(
            f"settings/background/{plural}/<int:key>/attempt/",
            background_views.attempt,
            {"what": what},
            name=f"settings_background_{what}",
        )
        for plural, what in (
            ("timers", "timer"),
            ("mails", "mail"),
            ("announcements", "announcement"),
            ("quarantine", "inbound"),
        )
    ),
    path(
        "settings/background/quarantine/<int:mail_id>/raw/",
        background_views.raw,
        name="settings_background_raw",
    ),
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
