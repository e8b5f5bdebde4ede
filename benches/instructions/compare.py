"""Runs the bench, and compares the instructions of each call with figures.tsv: 2 % of slack, in both directions.

A figure that is beaten by more has to be written anew (--update), so that what was won stays won. Of a call that makes a MAC
the MAC's own instructions are taken off first: they are the hash's, and most of the call.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

SLACK = 0.02
# Where a program's stack begins, the length of its path decides, and with it how a copy is aligned.
INSTRUCTIONS = 20
HERE = pathlib.Path(__file__).parent
FIGURES = HERE / "figures.tsv"
# Refused before any MAC is made.
EARLY = {"garbage", "oversized", "not_base64url", "other_alg", "short_mac"}


def count():
    """(function, case) -> instructions."""
    with tempfile.TemporaryDirectory() as home:
        # Without what an earlier run left there: gungraun would compare with it.
        command = ["cargo", "bench", "--quiet", "--bench", "instructions", "--", "--output-format=json", f"--home={home}"]
        lines = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    runs = [json.loads(line) for line in lines if line]
    return {(run["function_name"], run["id"]): run["profiles"][0]["data"]["total"]["metrics"]["Ir"]["values"]["new"] for run in runs}


def own(counts):
    """Name of the call -> its instructions beside those of the MAC."""
    figures = {}
    for (function, case), instructions in counts.items():
        if function == "mac":
            figures[f"mac {case}"] = instructions
            continue
        size = case if case in ("ten", "large", "hundred") else "user_id"
        mac = 0 if case in EARLY else counts["mac", size]
        figures[f"{function} {case}" if function == "refuse" else function.replace("_", " ")] = instructions - mac
    return figures


def compiler():
    return subprocess.run(["rustc", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1]


def main():
    figures = own(count())
    if "--update" in sys.argv:
        rows = "".join(f"{name}\t{instructions}\n" for name, instructions in figures.items())
        FIGURES.write_text(f"# Instructions on x86-64 beside the MAC's, compiled by rustc {compiler()}. Written by `run --update`.\n{rows}")
        return 0
    first, *rows = FIGURES.read_text().splitlines()
    expected = {name: int(instructions) for name, instructions in (row.split("\t") for row in rows)}
    wrong = []
    for name in expected | figures:
        was, now = expected.get(name), figures.get(name)
        change = now / was - 1 if was and now else float("inf")
        print(f"{name:24}{was or '-':>10}{now or '-':>10}{change:>+9.2%}")
        if not (was and now) or abs(now - was) > max(SLACK * was, INSTRUCTIONS):
            wrong.append(f"{name}: {'slower' if change > 0 else 'faster: run --update'}")
    if wrong:
        note = "" if f"rustc {compiler()}." in first else f"; the compiler is another, {compiler()}: {first}"
        print(f"off by more than {SLACK:.0%}{note}\n  " + "\n  ".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main())
