"""A verifier for `clearjwt conform`: PyJWT."""
import base64, datetime, json, sys, jwt


class Clock(datetime.datetime):
    now = classmethod(lambda cls, tz=None: cls.fromtimestamp(options['now'], tz))


jwt.api_jwt.datetime = Clock
for line in sys.stdin:
    case = json.loads(line)
    key, options = case['key'], case['options']
    if 'k' not in key or 'token' not in case or any(options[name] for name in ['typ', 'max_age', 'max_lifetime', 'max_len']) or key['kid'] or key['issuer']:
        print('{"verdict":"skip","reason":"no such option"}', flush=True)
        continue
    secret = base64.urlsafe_b64decode(key['k'] + '=' * (-len(key['k']) % 4))
    settings = {'require': ['exp'] if options['require_exp'] else [], 'verify_aud': not options['any_audience'], 'enforce_minimum_key_length': not key['weak']}
    try:
        if case['mode'] == 'jws':
            jwt.PyJWS().decode(case['token'], secret, [key['alg']])
        else:
            jwt.decode(case['token'], secret, [key['alg']], settings, audience=options['audiences'] or None, issuer=options['issuers'] or None, subject=options['subject'], leeway=options['leeway'])
        print('{"verdict":"accept"}', flush=True)
    except jwt.PyJWTError as error:
        print(json.dumps({'verdict': 'refuse', 'reason': str(error)}), flush=True)
