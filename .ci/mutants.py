"""Judges what cargo-mutants left: each change that no test noticed has its row in mutants.tsv, and each row its change.

usage: mutants.py FOLDER OF target/mutants [FILE THAT WAS LOOKED AT]...
"""

import collections
import pathlib
import re
import sys


def main():
    folder, files = pathlib.Path(sys.argv[1]), sys.argv[2:]

    def outcomes(kind):
        return [line for part in folder.glob("*/mutants.out") for line in (part / f"{kind}.txt").read_text().splitlines()]

    missed = collections.Counter()
    for line in outcomes("missed"):
        # Lines and columns move with every commit.
        file, change = re.fullmatch(r"(\S+?):\d+:\d+: (.*)", line).groups()
        missed[file, change] += 1

    known = collections.Counter()
    for row in pathlib.Path(__file__).with_name("mutants.tsv").read_text().splitlines()[1:]:
        file, change, times, reason = row.split("\t")
        assert reason, row
        if not files or file in files:
            known[file, change] += int(times)

    for (file, change), times in sorted((missed - known).items()):
        print(f"{file}: {change}: {times} more that no test notices")
    for (file, change), times in sorted((known - missed).items()):
        print(f"{file}: {change}: {times} fewer than the list says")
    noticed = len(outcomes("previously_caught") + outcomes("caught") + outcomes("timeout"))
    print(f"{noticed} noticed, {missed.total()} not, {known.total()} of these known to say the same thing")
    sys.exit(missed != known)


main()
