"""The main job: make a lake, bring in what ships with the project, show a scorecard.

The data are real where they may be shipped. Of the rest a small company is simulated, which says
so wherever it shows.

Usage: demo.py COMMAND LAKE
"""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
STEPS = (
    ("A lake for everything, with the days of San Francisco:", "init --zone America/Los_Angeles"),
    (
        "Calls: our recording of a real Asterisk with two queues and six agents.",
        (
            "sync asterisk --queue-log {examples}/asterisk/queue_log"
            " --cel {examples}/asterisk/cel.csv.gz --zone UTC"
        ),
    ),
    (
        "Answers: the passenger surveys of San Francisco International Airport, 2015 and 2017.",
        (
            "import {examples}/survey_sfo/2015.csv.gz --as survey"
            " --map {examples}/maps/survey_sfo_2015.toml"
        ),
    ),
    (
        "",
        (
            "import {examples}/survey_sfo/2017.csv.gz --as survey"
            " --map {examples}/maps/survey_sfo_2017.toml"
        ),
    ),
    (
        "Tickets: the incident log of a ServiceNow installation, 2016 and 2017.",
        (
            "import {examples}/incidents/incident_event_log.csv.gz --as case"
            " --map {examples}/maps/tickets_uci_servicenow.toml"
        ),
    ),
    (
        "",
        (
            "import {examples}/incidents/incident_event_log.csv.gz --as case_event"
            " --map {examples}/maps/case_events_uci_servicenow.toml"
        ),
    ),
    (
        "No real data of shops, help centres and staff may be shipped, so these are simulated:",
        (
            # up to the day of the recording, so that the newest weeks of all stand side by side
            "simulate --size 400 --seed 7 --until 2026-11-21"
            " --only customer --only order --only cart --only article --only article_view"
            " --only search --only message --only agent"
        ),
    ),
    ("One number, by queue:", "metric service_level --by queue"),
    (
        "The surveys of 2017 against those of 2015, by what was asked about:",
        (
            "metric customer_effort_score --variant easy --by topic"
            " --from 2017-01-01 --to 2018-12-31 --compare previous"
        ),
    ),
    (
        "And the scorecard, of all there is since April 2016 against what came before:",
        "scorecard --from 2016-04-01 --to 2026-12-31",
    ),
    (
        "The same as a page that can be sent and printed, with trends and breakdowns:",
        "report --out demo-report.html --from 2016-04-01 --to 2026-12-31",
    ),
)


def main(command: str, lake: str) -> None:
    for told, step in STEPS:
        if told:
            print(f"\n\033[1m{told}\033[0m" if sys.stdout.isatty() else f"\n{told}")
        print(f"$ hearwell {step.format(examples='examples')}", flush=True)
        arguments = step.format(examples=EXAMPLES).split()
        subprocess.run([command, *arguments, "--lake", lake], check=True)
    print(f"\nAsk on: hearwell metrics; hearwell explain SL; … --lake {lake}")


if __name__ == "__main__":
    main(*sys.argv[1:])
