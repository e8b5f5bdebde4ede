"""Judges what `cargo llvm-cov report --branch --json` says of the library: every line, and of the branches so many percent.

The code of a generic function is there once for each type that it is used with. What one of these reached was reached.
"""

import collections
import json
import pathlib
import sys

BRANCHES = 98


def lines(segments):
    """The lines that hold code, and how often the part of each that ran most often did."""
    starting = collections.defaultdict(list)
    for line, _, count, counted, entry, _ in segments:
        starting[line].append((count, counted, entry))
    counts, open_at_start = {}, (0, False, False)
    for line in range(segments[0][0], segments[-1][0] + 1):
        here = starting[line]
        begun = [count for count, counted, entry in here if counted and entry]
        going_on = [open_at_start[0]] if open_at_start[1] else []
        if begun or going_on:
            counts[line] = max(begun + going_on)
        if here:
            open_at_start = here[-1]
    return counts


def branches(all_branches):
    """For each place with a condition how often it held, and how often it did not."""
    counts = collections.Counter()
    for line, column, end_line, end_column, held, not_held, *_ in all_branches:
        counts[line, column, end_line, end_column, "never true"] += held
        counts[line, column, end_line, end_column, "never false"] += not_held
    return counts


def main():
    report, root = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2]).resolve()
    all_lines = missed_lines = all_branches = missed_branches = 0
    for file in report["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        name = path.relative_to(root) if path.is_relative_to(root) else path
        if name.parts[0] != "src" or name.parts[1] == "bin":
            continue
        text = path.read_text().splitlines()
        # Unit tests stand at the end of a file, and what they assert is no branch of the library.
        end = text.index("#[cfg(test)]") + 1 if "#[cfg(test)]" in text else len(text) + 1
        missed = []
        for line, count in lines(file["segments"]).items():
            if line >= end:
                continue
            all_lines += 1
            if count == 0:
                missed_lines += 1
                missed.append((line, 0, "line"))
        for (line, column, _, _, which), count in branches(file["branches"]).items():
            if line >= end:
                continue
            all_branches += 1
            if count == 0:
                missed_branches += 1
                missed.append((line, column, which))
        for line, column, what in sorted(missed):
            print(f"{name}:{line}:{column}: {what}: {text[line - 1].strip()}")
    if not all_lines or not all_branches:
        sys.exit("the report holds nothing of the library")
    percent = 100 * (all_branches - missed_branches) / all_branches
    print(f"lines     {all_lines - missed_lines} of {all_lines}")
    print(f"branches  {all_branches - missed_branches} of {all_branches}, {percent:.1f} %")
    if missed_lines or percent < BRANCHES:
        sys.exit(f"every line has to be reached, and {BRANCHES} % of the branches")


main()
