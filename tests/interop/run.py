"""Interop both ways: each peer reads our tokens, we read theirs, and each refuses what was changed.

usage: run.py CLEARJWT PEER.mjs
"""
import base64, json, os, subprocess, sys, tempfile, time

import jwt

from checks import check, end

PROGRAM, PEER = sys.argv[1:]
LENGTH = {'HS256': 32, 'HS384': 48, 'HS512': 64}
NOW = int(time.time())
CLAIMS = {
    'seed': {'user_id': 1234, 'exp': NOW + 86400},
    'unicode': {'exp': NOW + 60, 'name': 'Zoë 日本 \U0001f600 e\u0301', 'é\u0000\u001f': '\u2028"\\/\b\f\n\r\t\u007f', '': ''},
    'nested': {'exp': NOW + 60, 'a': {'b': [1, [2, {'c': None, 'd': [True, False, {}]}], []]}, 'roles': ['admin', 'operator']},
    'large': {'exp': NOW + 60, 'items': ['item %04d of a long list' % i for i in range(300)]},
    'numbers': {'exp': NOW + 60, 'zero': 0, 'negative': -17, 'great': 2**53 - 1, 'small': -(2**53 - 1), 'float': 0.1, 'tiny': 5e-324, 'huge': 1.7976931348623157e308},
    'registered': {'exp': NOW + 60, 'nbf': NOW - 60, 'iat': NOW - 60, 'iss': 'https://issuer.example/', 'sub': 'joe', 'jti': '1', 'aud': 'api'},
    'audiences': {'exp': NOW + 60, 'aud': ['web', 'api']},
}


class Node:
    def __init__(self, name):
        self.name = name
        self.process = subprocess.Popen(['node', PEER, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding='utf-8')

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class PyJWT:
    name = 'PyJWT'

    def ask(self, op, key, alg, claims=None, kid=None, token=None):
        octets = base64.urlsafe_b64decode(key + '=' * (-len(key) % 4))
        try:
            if op == 'sign':
                return {'ok': jwt.encode(claims, octets, algorithm=alg, headers={'kid': kid} if kid else None)}
            return {'ok': jwt.decode(token, octets, algorithms=[alg], options={'verify_aud': False})}
        except jwt.PyJWTError as error:
            return {'refused': str(error)}


def clearjwt(*arguments, stdin=''):
    done = subprocess.run([PROGRAM, *arguments], input=stdin.encode(), capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def change(token, segment):
    """The token with one character in the middle of a segment changed."""
    parts = token.split('.')
    text = parts[segment]
    middle = len(text) // 2
    parts[segment] = text[:middle] + ('A' if text[middle] != 'A' else 'B') + text[middle + 1:]
    return '.'.join(parts)


peers = [PyJWT(), Node('jsonwebtoken'), Node('jose')]
with tempfile.TemporaryDirectory() as folder:
    for alg, length in LENGTH.items():
        key, other = (base64.urlsafe_b64encode(os.urandom(length)).rstrip(b'=').decode() for _ in range(2))
        files = {}
        for name, text in [('key', key), ('other', other)]:
            files[name] = os.path.join(folder, name)
            open(files[name], 'w').write(text + '\n')

        def ours(name='key', *more):
            return '--key-file', files[name], '--key-format', 'base64url', '--alg', alg, *more

        for label, claims in CLAIMS.items():
            for kid in [None, '2026-11']:
                with_id = ('--key-id', kid) if kid else ()
                path = os.path.join(folder, 'claims.json')
                json.dump(claims, open(path, 'w', encoding='utf-8'), ensure_ascii=label == 'numbers')
                code, token, told = clearjwt('sign', *ours('key', *with_id), '--claims-file', path)
                token = token.rstrip('\n')
                check(code == 0 and told == '', 'sign', alg, label, code, told)
                for peer in peers:
                    what = (peer.name, alg, label, kid)
                    # They read ours.
                    answer = peer.ask(op='verify', token=token, key=key, alg=alg)
                    check(answer.get('ok') == claims, 'reads ours', *what, answer)
                    for forged in [change(token, 1), change(token, 2)]:
                        check('refused' in peer.ask(op='verify', token=forged, key=key, alg=alg), 'takes ours changed', *what)
                    check('refused' in peer.ask(op='verify', token=token, key=other, alg=alg), 'takes ours of another key', *what)
                    # We read theirs.
                    answer = peer.ask(op='sign', claims=claims, key=key, alg=alg, kid=kid)
                    theirs = answer.get('ok')
                    if theirs is None:
                        check(False, 'does not sign', *what, answer)
                        continue
                    code, payload, told = clearjwt('verify', *ours('key', *with_id, '--any-audience'), stdin=theirs + '\n')
                    check(code == 0 and json.loads(payload) == claims, 'we read theirs', *what, code, told)
                    for forged in [change(theirs, 1), change(theirs, 2)]:
                        code, payload, _ = clearjwt('verify', *ours('key', *with_id, '--any-audience'), stdin=forged)
                        check((code, payload) == (1, ''), 'we take theirs changed', *what, code)
                    code, payload, _ = clearjwt('verify', *ours('other', *with_id, '--any-audience'), stdin=theirs)
                    check((code, payload) == (1, ''), 'we take theirs of another key', *what, code)

        # Both sides of the last second, on either side.
        for peer in peers:
            expired = peer.ask(op='sign', claims={'user_id': 1, 'exp': NOW - 1}, key=key, alg=alg)['ok']
            code, payload, told = clearjwt('verify', *ours(), stdin=expired)
            check((code, payload) == (1, '') and 'expired' in told, 'we take theirs expired', peer.name, alg, code, told)
            code, payload, told = clearjwt('verify', *ours(), '--now', str(NOW - 2), stdin=expired)
            check(code == 0, 'we refuse theirs a second before', peer.name, alg, code, told)
            code, token, _ = clearjwt('sign', *ours(), '--claim', 'exp:=%d' % (NOW - 1))
            check('refused' in peer.ask(op='verify', token=token.strip(), key=key, alg=alg), 'takes ours expired', peer.name, alg)

print(f'\n{"peer":14} algorithms  claims sets  with and without kid')
for peer in peers:
    print(f'{peer.name:14} {len(LENGTH):10}  {len(CLAIMS):11}  both ways')
end()
