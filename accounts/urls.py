"""Addresses of sign-in, set-up, preferences and settings.

The sign-in library asks for some of them by its own names, which begin with `account_`.
"""

from django.urls import path

from accounts.views import coming_in, desk, hours, people, preferences, sign_in, teams

urlpatterns = [
    path("login/", sign_in.sign_in, name="login"),
    path("login/", sign_in.sign_in, name="account_login"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("password/reset/", sign_in.ask_for_reset, name="account_reset_password"),
    path("password/reset/done/", sign_in.reset_asked, name="account_reset_password_done"),
    path(
        "password/reset/<slug:uidb36>/<str:key>/",
        sign_in.new_password,
        name="account_reset_password_from_key",
    ),
    path("setup/<str:token>/", coming_in.set_up, name="setup"),
    path("invitation/<str:token>/", coming_in.join, name="invitation"),
    path("welcome/", desk.welcome, name="welcome"),
    path("me/", preferences.preferences, name="preferences"),
    path("me/password/", preferences.change_password, name="preferences_password"),
    path("settings/", desk.index, name="settings"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<int:user_id>/", people.person, name="settings_person"),
    path("settings/people/<int:user_id>/roles/", people.roles, name="settings_person_roles"),
    path(
        "settings/people/<int:user_id>/reports-to/",
        people.reports_to,
        name="settings_person_reports_to",
    ),
    path("settings/people/<int:user_id>/profile/", people.profile, name="settings_person_profile"),
    path(
        "settings/people/<int:user_id>/invitation/",
        people.invitation,
        name="settings_person_invitation",
    ),
    path(
        "settings/people/<int:user_id>/invitation/withdrawal/",
        people.withdrawal,
        name="settings_person_withdrawal",
    ),
    path("settings/teams/", teams.teams, name="settings_teams"),
    path("settings/teams/<int:team_id>/", teams.team, name="settings_team"),
    path("settings/calendars/", hours.calendar_list, name="settings_calendars"),
    path("settings/calendars/<int:calendar_id>/", hours.calendar, name="settings_calendar"),
    path(
        "settings/calendars/<int:calendar_id>/days/",
        hours.special_days,
        name="settings_calendar_days",
    ),
    path(
        "settings/calendars/<int:calendar_id>/days/<str:on>/removal/",
        hours.special_day_removal,
        name="settings_calendar_day_removal",
    ),
    path("settings/mailboxes/", desk.mailboxes, name="settings_mailboxes"),
    path("settings/mailboxes/<int:mailbox_id>/", desk.mailbox, name="settings_mailbox"),
    path(
        "settings/mailboxes/<int:mailbox_id>/test/",
        desk.mailbox_test,
        name="settings_mailbox_test",
    ),
    path("settings/desk/", desk.desk_page, name="settings_desk"),
]
