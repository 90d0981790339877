"""Whatever pages show and do, programs can ask: each address names the operations that do so."""

from addresses import routes

from hearwell.web.api.service import ALLOWED

NUMBERS = "ask put"
OF_A_BROWSER = "no operation: signing in, passwords and second factors are for browsers alone"
OF_ANSWERING = "no operation: customers answer here; programs bring answers with `answer`"

TELLS = {
    "": "scorecard",
    "scorecard/pictures/": NUMBERS,
    "metric/<str:name>/": f"metric {NUMBERS}",
    "metric/<str:name>/rows/": "rows",
    "metric/<str:name>/rows.<str:kind>": "rows",
    "metric/<str:name>/why/": "why",
    "metric/<str:name>/turned/": "why",
    "staffing/": NUMBERS,
    "staffing/plan/": "staffing",
    "help-centre/": f"{NUMBERS} self_service",
    "why/": f"why {NUMBERS}",
    "why/drivers/": "why",
    "why/deal-breakers/": "why",
    "why/products/": "products",
    "why/topics/": "why",
    "why/sentiment/": "sentiment",
    "why/everyone/": "why",
    "why/self-service/": "self_service",
    "changed/": "digest guardrails",
    "changed/findings/": "digest",
    "changed/feed/": "digest",
    "journey/": "journey split_journey",
    "journey/together/": "journeys",
    "explore/": f"dimensions values {NUMBERS}",
    "explore/file/<str:kind>/": NUMBERS,
    "boards/": "boards make_board",
    "boards/save/": "make_board change_board",
    "boards/<int:number>/": f"one_board {NUMBERS}",
    "boards/<int:number>/kiosk/": f"one_board {NUMBERS}",
    "boards/<int:number>/edit/": "change_board board_links",
    "boards/<int:number>/remove/": "delete_board",
    "boards/<int:number>/panels/<int:place>/": "change_board",
    "boards/<int:number>/links/": "make_link_of_board",
    "boards/<int:number>/links/<int:key>/end/": "end_link",
    "kiosk/<str:secret>/": "no operation: a screen on which nobody is signed in",
    "deliveries/": "deliveries",
    "deliveries/new/": "make_delivery",
    "deliveries/<int:number>/": "change_delivery",
    "deliveries/<int:number>/act/": "send_delivery delete_delivery",
    "deliveries/channels/new/": "make_channel",
    "deliveries/channels/<int:number>/act/": "delete_channel renew_secret",
    "deliveries/log/": "delivery_log",
    "targets/": "targets alerts",
    "targets/new/": "make_target",
    "targets/<int:number>/": "change_target",
    "targets/<int:number>/remove/": "delete_target",
    "targets/alerts/<int:number>/seen/": "see_alert",
    "data/": "sources needs snapshots imports refused_for freshness",
    "data/metrics/": "can_be_answered",
    "data/events/": "events tell_event take_back_event",
    "data/benchmarks/": "benchmarks tell_benchmark take_back_benchmark",
    "data/refused/": "refused_rows",
    "data/refused/rows.csv": "refused_rows",
    "data/upload/": "send_file",
    "data/imports/<int:number>/": "one_import",
    "data/imports/<int:number>/mapping/": "send_file one_import",
    "data/imports/<int:number>/import/": "import_file",
    "data/imports/<int:number>/discard/": "discard_file",
    "sites/": "sites add_site",
    "sites/<int:number>/": "one_site change_site renew_server_key",
    "surveys/": "programmes designs begin_design change_habits",
    "surveys/e-mails/": "bring_emails",
    "surveys/designs/<int:number>/": "one_design change_design",
    "surveys/designs/<int:number>/preview/": "no operation: it draws what is typed",
    "surveys/programmes/new/": "make_programme",
    "surveys/programmes/<int:number>/": "survey_results change_programme",
    "surveys/programmes/<int:number>/again/": "ask_some_again",
    "surveys/programmes/<int:number>/qr.svg": "programmes",
    "survey.js": OF_ANSWERING,
    "s/<str:token>/": OF_ANSWERING,
    "s/<str:token>/<int:score>/": OF_ANSWERING,
    "promises/": f"promises running_promises {NUMBERS}",
    "settings/": "settings change_settings settings_changes",
    "settings/numbers/": "settings change_numbers",
    "settings/schedules/": "promises preview_hours",
    "settings/schedules/new/": "change_promises preview_hours",
    "settings/schedules/<int:place>/": "change_promises preview_hours",
    "settings/promises/new/": "change_promises",
    "settings/promises/<int:place>/": "change_promises",
    "people/": "people",
    "people/invite/": "invite",
    "people/<int:number>/": "change_person",
    "people/<int:number>/link/": "make_link",
    "people/<int:number>/sessions/": "end_sessions",
    "people/<int:number>/second-factor/": OF_A_BROWSER,
    "audit/": "audit_log",
    "audit/csv/": "audit_log",
    "tokens/": "tokens",
    "tokens/<int:number>/revoke/": "revoke_token",
    "welcome/<str:token>/": OF_A_BROWSER,
    "language/": "change_account",
    "account/": "account change_account",
}


def test_every_page_has_operations_that_tell_and_do_the_same():
    pages = {each for each in routes() if each == "account/" or not each.startswith("account/")}
    assert pages == TELLS.keys(), "Name in TELLS the operations of each page, or why it has none."
    named = {
        name
        for told in TELLS.values()
        for name in told.split()
        if not told.startswith("no operation: ")
    }
    assert named <= ALLOWED.keys()
