"""`explain` on a real terminal: colours, width, and hostile tokens that cannot steer it.

usage: terminal.py CLEARJWT
"""
import json, re, subprocess, sys, unicodedata

import jwt

from checks import check, end, on_terminal

PROGRAM = sys.argv[1]
SECRET = 'a good key for tests, 32 bytes or more'
NOW = 1800000000
COLOUR = re.compile('\x1b\\[[0-9;]*m')
MARKS = {'✓': '\x1b[32m', '✗': '\x1b[31m\x1b[1m', '·': '\x1b[2m', 'O': '\x1b[2m'}

def shown(arguments, token, columns=100, **env):
    return on_terminal(arguments, columns, token, env={'TERM': 'xterm-256color', 'KEY': SECRET, **env})


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)


def rows(text):
    return text[text.index('OUTCOME') - 4 * ('\x1b' in text):].rstrip('\n').split('\n')


explain = [PROGRAM, 'explain', '--key-env', 'KEY', '--now', str(NOW)]
good = jwt.encode({'iss': 'joe', 'exp': NOW + 900}, SECRET)
expired = jwt.encode({'iss': 'joe', 'exp': NOW - 12}, SECRET)
forged = jwt.encode({'iss': 'joe', 'exp': NOW + 900}, 'x' + SECRET)

# Colours: on a terminal that has them, unless somebody does not want them.
for token, status in [(good, 0), (expired, 1), (forged, 1), ('not-a-token', 1)]:
    code, text = shown(explain, token)
    check(code == status and text.startswith('\x1b[32m' if status == 0 else '\x1b[31m\x1b[1m'), 'colours', code, text[:200])
    for env in [{'NO_COLOR': '1'}, {'NO_COLOR': 'x', 'CLICOLOR_FORCE': '1'}, {'CLICOLOR': '0'}, {'TERM': 'dumb'}]:
        code, plain = shown(explain, token, **env)
        check(code == status and '\x1b' not in plain and plain == COLOUR.sub('', text), 'no colours', env, code)
    check(shown(explain, token, NO_COLOR='')[1] == text, 'an empty NO_COLOR is none')
    for env, wanted in [({}, False), ({'CLICOLOR_FORCE': '1'}, True), ({'CLICOLOR_FORCE': '0'}, False), ({'CLICOLOR_FORCE': '1', 'NO_COLOR': '1'}, False)]:
        piped = subprocess.run(explain, input=token.encode(), capture_output=True, env={'TERM': 'xterm-256color', 'KEY': SECRET, **env})
        check((b'\x1b' in piped.stdout) == wanted and piped.returncode == status, 'in a pipe', env, piped.returncode)
for form in ['json', 'html']:
    check('\x1b' not in shown([*explain, '--format', form], good)[1], 'colours in', form)

# Every row in its own colour and in the width of the terminal, whatever the token has in it.
steering = '\x1b]0;title\x07\x1b[2J\x1b[31m\x9b31m\r\n\x08\u202eevil\u202c\u2066\u200b\ufeff\u2028'
hostile = {
    'plain': 'joe',
    'marks': '✓ passed ✗ FAILED · not asked ' * 4,
    'marks that begin lines': ('✗ FAILED' + ' ' * 40) * 5,
    'steering': steering * 3,
    'a long word': 'W' * 400,
    'wide': '漢字' * 100,
    'table': '| a | b |\n|---|---|\n' * 5,
    'combining': 'e\u0301' * 100 + '\u0301' * 10,
    'quotes': '"\\\'`' * 30,
}
for name, text in hostile.items():
    token = jwt.encode({'iss': text, 'sub': text, text: [text], 'exp': NOW - 12}, SECRET, headers={'kid': text, text: text})
    for columns in [20, 60, 80, 109, 110, 140, 200, 500]:
        code, out = shown(explain, token, columns)
        where = (name, columns)
        check(code == 1 and not re.search('[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]', out), *where, 'characters that steer')
        check('\x1b' not in COLOUR.sub('', out), *where, 'another sequence than a colour')
        lines = rows(out)
        limit = min(max(columns, 60), 200)
        check(all(width(COLOUR.sub('', line)) <= limit for line in lines), *where, 'a row is too wide', max(lines, key=width))
        colour, begun = '', 0
        for line in lines:
            plain = COLOUR.sub('', line)
            if not plain.startswith(' '):
                colour, begun = MARKS[plain[0]], begun + 1
            check(line == f'{colour}{plain}\x1b[0m', *where, 'a row in the colour of another', repr(line))
        check(begun == 39 and sum(line.startswith(MARKS['✗']) for line in lines) < len(lines) / 2, *where, begun, 'rows')
        code, plain = shown(explain, token, columns, NO_COLOR='1')
        check(plain == COLOUR.sub('', out), *where, 'colours change what it says')
    # In a pipe nothing steers whoever looks at it later.
    for form in ['text', 'json', 'html']:
        piped = subprocess.run([*explain, '--format', form], input=token.encode(), capture_output=True, env={'KEY': SECRET}).stdout.decode()
        check(not re.search('[\x00-\x09\x0b-\x1f]', piped), name, form, 'control characters in a pipe')
        if form == 'json':
            check(json.loads(json.loads(piped)['segments'][1]['text'])['iss'] == text, name, 'JSON says another issuer')

end()
