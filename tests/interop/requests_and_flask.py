"""Our sender against a Flask server that verifies with PyJWT; Python requests and curl against our server; a terminal.

usage: requests_and_flask.py CLEARJWT
"""
import json, logging, os, re, signal, subprocess, sys, tempfile, threading, time

import flask, jwt, requests, werkzeug.serving

from checks import check, end, on_terminal

PROGRAM = sys.argv[1]
SECRET = 'a good key for tests, 32 bytes or more'
app = flask.Flask(__name__)
logging.getLogger('werkzeug').setLevel(logging.ERROR)


@app.route('/me', methods=['GET', 'POST'])
def me():
    scheme, _, token = flask.request.headers.get('Authorization', '').partition(' ')
    if scheme != 'Bearer':
        return 'no token', 401, {'WWW-Authenticate': 'Bearer realm="flask"'}
    try:
        claims = jwt.decode(token, SECRET, algorithms=['HS256'])
    except jwt.PyJWTError as error:
        return {'why': str(error)}, 401, {'WWW-Authenticate': 'Bearer error="invalid_token", error_description="%s"' % error}
    return {'claims': claims, 'body': flask.request.get_json(silent=True)}


@app.route('/large', methods=['GET', 'PUT'])
def large():
    """Refuses before it reads, and gives back as much as it got."""
    if flask.request.headers.get('Authorization') != 'Bearer a.b.c':
        return 'no', 401, {'WWW-Authenticate': 'Bearer error="invalid_token"'}
    size = len(flask.request.get_data()) if flask.request.method == 'PUT' else LARGE
    return flask.Response(b'x' * size, mimetype='text/plain')


LARGE = 8 << 20


def terminal(*arguments):
    return on_terminal([PROGRAM, *arguments], stderr=subprocess.STDOUT, env={**os.environ, 'TERM': 'xterm'})


def clearjwt(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


with tempfile.TemporaryDirectory() as folder:
    key = ('--key-file', os.path.join(folder, 'key'))
    open(key[1], 'w').write(SECRET + '\n')

    # We send, they verify.
    server = werkzeug.serving.make_server('127.0.0.1', 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = 'http://127.0.0.1:%d/me' % server.server_port
    code, out, told = clearjwt('send', url, *key, '--claim', 'user_id:=1234', '--claim', 'name=Zoë 日本', '--expires-in', '1m', '--json', '{"a":[1,"é"]}')
    answer = json.loads(out) if code == 0 else {}
    check(code == 0 and answer['claims']['user_id'] == 1234 and answer['claims']['name'] == 'Zoë 日本' and answer['body'] == {'a': [1, 'é']}, 'send to Flask', code, out, told)
    code, out, told = clearjwt('send', url, *key, '--claim', 'exp:=1')
    check(code == 1 and 'why' in out and 'invalid_token' in told, 'send an expired token to Flask', code, out, told)

    # On a terminal JSON is laid out, in a pipe it is as it came.
    code, shown = terminal('send', url, *key, '--claim', 'exp:=%d' % (time.time() + 60))
    check(code == 0 and '{\n  "body": null,\n  "claims": {\n    "exp": ' in shown, 'a terminal', shown)

    # What is long shows on a terminal how far it is, both ways; not in a pipe, nor what is short.
    url = 'http://127.0.0.1:%d/large' % server.server_port
    token, wrong, body, back = (os.path.join(folder, name) for name in ['token', 'wrong', 'body', 'back'])
    for path, octets in [(token, b'a.b.c\n'), (wrong, b'a.b.d\n'), (body, b'x' * LARGE)]:
        open(path, 'wb').write(octets)
    upload = ['send', url, '-X', 'PUT', '--data', '@' + body, '--output', back]
    code, shown = terminal(*upload, '--token-file', token)
    for verb in ['sent', 'received']:
        check(re.search(verb + r' \d[\d.]* .iB of 8\.00 MiB \S', shown), 'progress on a terminal', verb, shown[:2000])
    check(code == 0 and os.path.getsize(back) == LARGE, 'up and down', code, shown[-200:])
    # It is gone in the end.
    check(shown.endswith('\x1b[2K') or shown.endswith('\r'), 'progress stays', shown[-200:])
    code, out, told = clearjwt(*upload, '--token-file', token)
    check((code, out, told) == (0, '', ''), 'progress in a pipe', code, out, told)
    code, shown = terminal('send', url, '-X', 'PUT', '--data', 'short', '--output', back, '--token-file', token)
    check((code, shown) == (0, ''), 'progress of what is short', code, shown)
    # A refusal comes before the body, and is seen.
    for stream in [['-H', 'Transfer-Encoding: chunked'], [], ['-H', 'Expect:']]:
        code, out, told = clearjwt(*upload, '--token-file', wrong, *stream)
        check(code == 1 and 'invalid_token' in told and open(back).read() == 'no', 'refused before the body', stream, code, out, told)

    # They send, we verify.
    serve = subprocess.Popen([PROGRAM, 'serve', *key], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ours = serve.stdout.readline().strip()
    good = jwt.encode({'user_id': 1234, 'exp': time.time() + 60}, SECRET, algorithm='HS256')
    bad = jwt.encode({'user_id': 1234, 'exp': time.time() + 60}, 'x' + SECRET, algorithm='HS256')
    session = requests.Session()
    session.trust_env = False
    for _ in range(3):
        answer = session.get(ours, headers={'Authorization': f'Bearer {good}'})
        check(answer.status_code == 200 and answer.json()['user_id'] == 1234, 'requests', answer.status_code, answer.text)
        answer = session.post(ours, headers={'Authorization': f'Bearer {bad}'}, json={'a': 1})
        check(answer.status_code == 401 and 'invalid_token' in answer.headers['WWW-Authenticate'], 'requests, another key', answer.status_code, answer.text)
        answer = session.get(ours)
        check(answer.status_code == 401 and 'error' not in answer.headers['WWW-Authenticate'], 'requests, no token', answer.headers)
    for token, status in [(good, '200'), (bad, '401')]:
        done = subprocess.run(['curl', '--silent', '--noproxy', '*', '--oauth2-bearer', token, '--write-out', '\n%{http_code}', ours], capture_output=True, text=True)
        check(done.stdout.endswith('\n' + status), 'curl', done.stdout)
    serve.send_signal(signal.SIGTERM)
    check(serve.wait() == 0, 'serve ends')

end()
