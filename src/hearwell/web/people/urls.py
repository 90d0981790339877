"""Addresses of accounts. Of allauth's there are only those that make sense without signing up."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as single_sign_on
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.usersessions import views as sessions
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from hearwell.web.people import audit_page, directory, own, token_pages, welcome

urlpatterns = [
    path("welcome/<str:token>/", welcome.welcome, name="welcome"),
    path("language/", own.language, name="language"),
    path("people/", directory.people, name="people"),
    path("people/invite/", directory.invite, name="invite"),
    path("people/<int:number>/", directory.person, name="person"),
    path("people/<int:number>/link/", directory.new_link, name="new-link"),
    path("people/<int:number>/sessions/", directory.end_sessions, name="end-sessions"),
    path(
        "people/<int:number>/second-factor/",
        directory.forget_second_factor,
        name="forget-second-factor",
    ),
    path("audit/", audit_page.log, name="audit"),
    path("audit/csv/", audit_page.taken_away, name="audit-csv"),
    path("tokens/", token_pages.tokens, name="tokens"),
    path("tokens/<int:number>/revoke/", token_pages.revoke, name="revoke-token"),
    path("account/", own.own, name="account"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("account/second-factor/", second_factor.index, name="mfa_index"),
    path("account/second-factor/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("account/second-factor/again/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("account/second-factor/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/recovery/new/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/recovery/file/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(
        "account/single-sign-on/cancelled/",
        single_sign_on.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path(
        "account/single-sign-on/error/",
        login_not_required(single_sign_on.login_error),
        name="socialaccount_login_error",
    ),
    path("account/single-sign-on/<str:provider_id>/", openid.login, name="openid_connect_login"),
    path(
        "account/single-sign-on/<str:provider_id>/callback/",
        openid.callback,
        name="openid_connect_callback",
    ),
]
