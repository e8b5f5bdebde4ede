#!/usr/bin/env python3
"""A second reading of the rules, in another language and on another's JSON, decimals and HMAC: slow, plain, standard library only.

It answers the cases of `clearjwt conform`, so that the corpus judges it before it judges anybody. What it says of an accepted
token beyond the verdict is until when, `null` for ever."""
import base64, hashlib, hmac, json, re, sys
from fractions import Fraction
from math import ceil, floor, isfinite

HASHES = {'HS256': hashlib.sha256, 'HS384': hashlib.sha384, 'HS512': hashlib.sha512}
GREATEST = 2**53 - 1


class Refused(Exception):
    pass


def demand(holds, reason):
    if not holds:
        raise Refused(reason)


def octets_of(segment, name):
    """RFC 4648 section 5 without padding: only what encoding gives is taken."""
    demand(re.fullmatch(b'[A-Za-z0-9_-]*', segment) and len(segment) % 4 != 1, name + ': base64url')
    octets = base64.urlsafe_b64decode(segment + b'==')
    demand(base64.urlsafe_b64encode(octets).rstrip(b'=') == segment, name + ': trailing bits')
    return octets


def number(text):
    """The exact value."""
    demand(isfinite(float(text)), 'a number beyond a double')
    mantissa, _, exponent = text.lower().partition('e')
    if exponent and int(exponent) < -5000:
        # As near to zero as no other number that a case writes: the exact value would not fit into the machine.
        return Fraction(re.sub('[1-9]', '1', mantissa)) * Fraction(1, 10**5000) if re.search('[1-9]', mantissa) else Fraction(0)
    if exponent and not re.search('[1-9]', mantissa):
        return Fraction(0)
    return Fraction(text)


def no_constant(text):
    raise Refused(text + ' is no JSON')


def members(pairs):
    names = [name for name, _ in pairs]
    demand(len(set(names)) == len(names), 'a name is there twice')
    return dict(pairs)


JSON = json.JSONDecoder(object_pairs_hook=members, parse_int=number, parse_float=number, parse_constant=no_constant)


def look_into(value, depth):
    demand(depth <= 128, 'too deep')
    if isinstance(value, str):
        demand(not re.search('[\ud800-\udfff]', value), 'half a surrogate pair')
    elif isinstance(value, list):
        for element in value:
            look_into(element, depth + 1)
    elif isinstance(value, dict):
        for name, element in value.items():
            look_into(name, depth)
            look_into(element, depth + 1)


def object_of(octets, name):
    try:
        text = octets.decode('utf-8')
        demand(not text.startswith('\ufeff'), 'byte order mark')
        value = JSON.decode(text)
        look_into(value, 0)
    except (ValueError, RecursionError) as error:
        raise Refused(f'{name}: {error}')
    demand(isinstance(value, dict), name + ': no object')
    return value


def text_or_none(holder, name):
    value = holder.get(name)
    demand(name not in holder or isinstance(value, str), name + ' is no string')
    return value


def jws(token, key, limit):
    """Rules 1 to 8 of the policy: the header and the octets of the payload."""
    demand(len(token) <= limit, 'too long')
    segments = token.split(b'.')
    demand(len(segments) == 3 and segments[0] and segments[2], 'segments')
    header = object_of(octets_of(segments[0], 'header'), 'header')
    kid, _, _ = (text_or_none(header, name) for name in ('kid', 'typ', 'cty'))
    demand(text_or_none(header, 'alg') == key['alg'], 'alg')
    demand('crit' not in header and 'b64' not in header, 'an extension')
    demand(key['kid'] in (None, kid), 'kid')
    secret = octets_of(key['k'].encode(), 'the secret')
    mac = hmac.digest(secret, segments[0] + b'.' + segments[1], HASHES[key['alg']])
    demand(hmac.compare_digest(mac, octets_of(segments[2], 'signature')), 'signature')
    return header, octets_of(segments[1], 'payload')


def media_type(name):
    name = ''.join(chr(ord(c) + 32) if 'A' <= c <= 'Z' else c for c in name)
    rest = name.removeprefix('application/')
    return name if '/' in rest else rest


def date(claims, name):
    value = claims.get(name)
    if name in claims:
        demand(isinstance(value, Fraction) and abs(value) <= GREATEST, name + ' is no date')
    return value


def jwt(token, key, options):
    """Rules 9 to 13 and 17 on top: until when the token holds, if that ever ends."""
    header, payload = jws(token, key, 16384 if options['max_len'] is None else options['max_len'])
    typ, cty = header.get('typ'), header.get('cty')
    if options['typ'] is not None:
        demand(typ is not None and ';' not in options['typ'] and media_type(typ) == media_type(options['typ']), 'typ')
    elif not options['any_typ']:
        demand(typ is None or media_type(typ) == 'jwt', 'typ')
    demand(cty is None or media_type(cty) != 'jwt', 'cty')

    claims = object_of(payload, 'payload')
    exp, nbf, iat = (date(claims, name) for name in ('exp', 'nbf', 'iat'))
    iss, sub, _ = (text_or_none(claims, name) for name in ('iss', 'sub', 'jti'))
    aud = claims.get('aud')
    audiences = set() if 'aud' not in claims else {aud} if isinstance(aud, str) else aud
    demand(isinstance(audiences, (set, list)) and all(isinstance(one, str) for one in audiences), 'aud is no string')
    demand(key['issuer'] in (None, iss), 'the issuer of the key')

    now, leeway, ends = options['now'], options['leeway'], []
    demand(exp is not None or not options['require_exp'], 'exp')
    if exp is not None:
        ends.append(floor(exp) + leeway)
        demand(now < ends[-1], 'expired')
    demand(nbf is None or now + leeway >= nbf, 'nbf')
    if options['max_age'] is not None:
        demand(iat is not None and iat <= now + leeway, 'iat')
        ends.append(floor(iat) + options['max_age'] + leeway + 1)
        demand(now < ends[-1], 'age')
    if options['max_lifetime'] is not None:
        demand(exp is not None and iat is not None and exp - iat <= options['max_lifetime'], 'lifetime')
    demand(not options['issuers'] or iss in options['issuers'], 'iss')
    if not options['any_audience']:
        wanted = set(options['audiences'])
        demand(wanted & set(audiences) if wanted else 'aud' not in claims, 'aud')
    demand(options['subject'] in (None, sub), 'sub')
    return min(ends, default=None)


def answer(case):
    if 'k' not in case['key'] or case['key']['weak']:
        return {'verdict': 'skip', 'reason': 'judges tokens, not keys'}
    token = case['token'].encode() if 'token' in case else octets_of(case['token_b64u'].encode(), 'the case')
    try:
        if case['mode'] == 'jws':
            demand(case['key']['issuer'] is None, 'the issuer of the key')
            jws(token, case['key'], 16384)
            return {'verdict': 'accept'}
        return {'verdict': 'accept', 'until': jwt(token, case['key'], case['options'])}
    except Refused as refused:
        return {'verdict': 'refuse', 'reason': str(refused)}


if __name__ == '__main__':
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
