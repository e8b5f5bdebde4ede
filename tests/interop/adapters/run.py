"""Has each verifier judged, and checks that every case came to something.

usage: run.py CLEARJWT COMMAND...
"""
import json, subprocess, sys

PROGRAM, *COMMANDS = sys.argv[1:]
CASES = json.loads(subprocess.run([PROGRAM, 'conform', '--export', '-'], capture_output=True, check=True).stdout)['cases']
OUTCOMES = ['wrongly_accepted', 'wrongly_refused', 'crashed', 'hung', 'garbled']

for command in COMMANDS:
    done = subprocess.run([PROGRAM, 'conform', '--json', '--exec', command], capture_output=True, text=True)
    assert done.returncode in [0, 1], (command, done.stderr)
    report = json.loads(done.stdout)
    totals, findings = report['totals'], report['findings']
    assert totals['cases'] == len(CASES) == sum(group['cases'] for group in report['groups']), command
    assert sum(totals[outcome] for outcome in OUTCOMES) == len(findings) == sum(totals['findings'].values()), command
    assert len(report['skipped']) == totals['skipped'] < len(CASES) / 2, command
    assert (done.returncode == 1) == (totals['findings']['must'] > 0), command
    # A token that is as it should be is taken: the adapter passes on what it is given.
    assert not [finding for finding in findings if finding['group'] == 'plain' and finding['level'] == 'must'], command
print(f'{len(COMMANDS)} adapters were judged in {len(CASES)} cases each')
