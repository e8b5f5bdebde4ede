// The page of `explain`, for tokens of every kind and for hostile ones.
// usage: node explain.mjs CLEARJWT
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { check, look } from './look.mjs';

const PROGRAM = process.argv[2];
const SECRET = 'a good key for tests, 32 bytes or more';
const OTHER = 'another key for tests, 32 bytes or more';
const NOW = 1800000000;

const base64url = (octets) => Buffer.from(octets).toString('base64url');
const json = (value) => (typeof value === 'string' || value instanceof Buffer ? value : JSON.stringify(value));

/** A token: header members and a payload, as values or as they are written. */
function token(payload, { header = {}, key = SECRET } = {}) {
  const input = `${base64url(typeof header === 'string' ? header : JSON.stringify({ alg: 'HS256', typ: 'JWT', ...header }))}.${base64url(json(payload))}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

function explain(format, token, demands) {
  const done = spawnSync(PROGRAM, ['explain', '--key-env', 'KEY', '--now', String(NOW), '--format', format, ...demands], { input: token, env: { KEY: SECRET }, maxBuffer: 1 << 28 });
  return { status: done.status, out: done.stdout.toString('utf8') };
}

const pages = [];

/** Makes a page, and checks that neither MAC nor key stand in any format. */
function page(name, status, token, { demands = [], twin, ...more } = {}) {
  const outs = Object.fromEntries(['html', 'text', 'json'].map((format) => [format, explain(format, token, demands)]));
  const mac = String(token).split('.')[2] ?? '';
  const secrets = [SECRET, base64url(SECRET), Buffer.from(SECRET).toString('hex'), ...(mac.length > 15 ? [mac, Buffer.from(mac, 'base64url').toString('hex')] : [])];
  for (const [format, { status: code, out }] of Object.entries(outs)) {
    check(code === status, name, format, 'exit status', code);
    for (const secret of secrets) check(!out.includes(secret), name, format, 'shows', secret);
    // A terminal obeys control characters; a newline is ours.
    check(!/[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\ufeff]/u.test(out), name, format, 'has characters that steer');
  }
  const report = JSON.parse(outs.json.out);
  check(report.verdict === (status === 0 ? 'accepted' : 'refused'), name, 'JSON', report.verdict);
  pages.push({ name, html: outs.html.out, harmless: twin && explain('html', twin.token, twin.demands ?? demands).out, ...more });
  return { text: outs.text.out, report };
}

/** JSON as the page lays it out says the same as the JSON itself. */
const says = (value) => (text) => JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
const payloadIs = (value) => ['.piece.payload pre', says(value)];

const good = { iss: 'joe', sub: 'alice', aud: 'api', iat: NOW - 60, exp: NOW + 900 };
const mine = ['--issuer', 'joe', '--audience', 'api'];

page('accepted', 0, token(good), { demands: mine, shown: [['.headline', '✓ Accepted until 2027-01-15T08:15:00Z, for another 15m'], payloadIs(good), ['.piece.header pre', says({ alg: 'HS256', typ: 'JWT' })]] });
page('authentic but refused', 1, token({ ...good, exp: NOW - 12 }), { demands: mine, shown: [['.headline', '✗ Refused: the token expired 12 s ago'], ['#failed th', 'expiry'], ['.payload .trust', (text) => text.startsWith('authentic, but refused')]] });
const forgedToken = token({ ...good, marker: 'FORGED-PAYLOAD' }, { key: OTHER });
const forged = page('forged', 1, forgedToken, {
  demands: mine,
  shown: [['#failed th', 'mac'], ['.payload .trust', 'unverified: anybody may have written it'], ['.header .trust', 'unverified: anybody may have written it']],
  inside: [['FORGED-PAYLOAD', '.payload .trust + *'], [forgedToken.split('.')[1], '.piece.payload:has(.trust.bad)']],
});
check(forged.report.trust === 'unverified' && forged.report.segments.every((segment) => segment.trust === 'unverified'), 'forged', 'JSON trust', forged.report.trust);
check(!JSON.stringify({ ...forged.report, segments: 0 }).includes('FORGED'), 'forged', 'JSON: the payload outside of segments');
check(forged.text.indexOf('FORGED') > forged.text.indexOf('JWS payload') && forged.text.split('FORGED').length === 2 && /JWS payload, [^\n]*: unverified: /.test(forged.text), 'forged', 'text', forged.text);
page('not a token', 1, 'not-a-token', { shown: [['#failed th', 'segments']] });
page('nothing', 1, '', { shown: [['#failed th', 'segments']] });
page('three dots', 1, `${token(good)}.x`, { shown: [['#failed th', 'segments']] });
page('too long', 1, token({ ...good, more: 'x'.repeat(20000) }), { shown: [['#failed th', 'length']] });
page('unsecured', 1, `${base64url('{"alg":"none"}')}.${base64url(json(good))}.`, { shown: [['#failed th', 'signature_present']] });
page('not base64url', 1, 'eyJhbGciOiJIUzI1NiJ9.<b>"\'&amp;.<script>alert(1)</script>-and-more', { twin: { token: 'eyJhbGciOiJIUzI1NiJ9.xxx+xxxxxx.xxxxxxxx+xxxxxxxxxxxxxxxxxxxxx-and-more' }, shown: [['.payload .token', '<b>"\'&amp;.']] });
page('octets that are no UTF-8, as a token', 1, Buffer.from([0xff, 0x2e, 0x3c, 0xc3, 0x28, 0x2e, 0xfe]));
page('binary payload', 0, token(Buffer.from([0, 1, 0xff, 0xfe, 0x3c, 0x62, 0x3e, 0x22, 0x1b, 0x5b, 0x33, 0x31, 0x6d])), { demands: ['--jws'], shown: [['.piece.payload pre', '\\x00\\x01\\xff\\xfe<b>\\"\\x1b[31m']] });
page('empty payload', 0, token(Buffer.alloc(0)), { demands: ['--jws'], shown: [['.piece.payload pre', '']] });
page('text as payload', 0, token(Buffer.from('<script>alert(1)</script>\n<b>bold</b>')), { demands: ['--jws'], twin: { token: token(Buffer.from('text')) }, shown: [['.piece.payload pre', '<script>alert(1)</script>\\u000a<b>bold</b>']] });
page('header that is no JSON', 1, token(good, { header: '<img src=x onerror=alert(1)>' }), { twin: { token: token(good, { header: 'text' }) }, shown: [['.piece.header pre', '<img src=x onerror=alert(1)>']] });
page('header in another encoding', 1, token(good, { header: '\ufeff{"alg":"HS256"}' }));
page('names twice', 1, token('{"exp":1900000000,"<b>":1,"<b>":2}'), { shown: [['#failed th', 'payload_json']] });

for (const page of pages) page.thorough = !/dots|nothing|octets|encoding|empty/.test(page.name);

const HOSTILE = {
  script: '<script>window.ran=1;alert(1)</script>',
  'end of pre': '</pre></code></div></li></ol></main><script>window.ran=1</script>',
  'end of style': '</style></title></head><script>window.ran=1</script><style>*{display:none}',
  img: '<img src=x onerror=window.ran=1><img src="/img">',
  svg: '<svg onload=window.ran=1><script href="data:,window.ran=1"/></svg><math><mi xlink:href="javascript:window.ran=1">',
  link: 'javascript:window.ran=1',
  data: 'data:text/html,<script>window.ran=1</script>',
  quotes: '"\'` onmouseover="window.ran=1" style="color:red" x=\'',
  backticks: '`code` and `another` `',
  comment: '<!-- <!--> --!> <![CDATA[ ]]> <?php ?> <%= %> {{7*7}} ${7*7}',
  references: '&lt;b&gt; &amp;amp; &#60;script&#62; &nbsp &copy',
  meta: '<meta http-equiv=refresh content="0;url=/gone"><base href="/x/"><iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
  NUL: '\u0000\u0001\u001b]0;title\u0007\u001b[2J\u007f\u009b31m\r\n\t\b',
  bidi: '\u202eevil\u202c \u2067x\u2069 \u200f\u200e \u061c',
  'zero width': 'pay\u200bpal\u200d\u2060\ufeff\u00ad\u034f \u{e0041}\u{e0100}\ufe0f\u3164',
  'lone marks': '\u0301\u0338\u20dd' + '\u0300\u0316\u0489'.repeat(60),
  marks: 'Z' + '\u030d\u0353\u0489'.repeat(100),
  separators: 'a\u2028b\u2029c\u0085d',
  'long word': 'W'.repeat(700),
  'long wide word': '漢'.repeat(250),
  astral: '\u{1f600}\u{10ffff}\ue000\ufffd\uffff',
};

for (const [name, text] of Object.entries(HOSTILE)) {
  // In every place of an accepted token, and demanded on the command line, which cannot hold a NUL.
  const claims = (text) => ({ ...good, iss: text, sub: text, jti: text, [text]: { [text]: [text] } });
  const header = (text) => ({ kid: text, [text]: text });
  const demands = (text) => ['--audience=api', ...(text.includes('\0') ? [] : [`--issuer=${text}`, `--subject=${text}`])];
  const twin = 'x'.repeat(10);
  const accepted = token(claims(text), { header: header(text) });
  page(`accepted: ${name}`, 0, accepted, {
    demands: demands(text),
    twin: { token: token(claims(twin), { header: header(twin) }), demands: text.includes('\0') ? demands('\0') : demands(twin) },
    shown: [payloadIs(claims(text)), ['.piece.header pre', says({ alg: 'HS256', typ: 'JWT', ...header(text) })], ['.piece.payload .token', `${accepted.split('.')[1]}.`]],
  });
  // Forged: the header is judged before the MAC is.
  const types = (text) => ({ kid: text, typ: text, cty: text, [text]: text });
  const demanded = (text) => (text.includes('\0') ? [] : [`--typ=${text}`, `--key-id=${text}`]);
  page(`forged: ${name}`, 1, token(claims(text), { header: types(text), key: OTHER }), {
    demands: demanded(text),
    twin: { token: token(claims(twin), { header: types(twin), key: OTHER }), demands: text.includes('\0') ? [] : demanded(twin) },
    shown: [['#failed th', 'mac'], payloadIs(claims(text))],
  });
}

const deep = (depth, text) => JSON.parse(`${`{"${text}":[`.repeat(depth / 2)}"${text}"${']}'.repeat(depth / 2)}`);
page('deep nesting', 0, token({ ...good, deep: deep(120, '<b>') }), { demands: mine, twin: { token: token({ ...good, deep: deep(120, 'x') }) }, shown: [['.piece.payload pre', says({ ...good, deep: deep(120, '<b>') })]] });
page('nesting beyond the limit', 1, token({ ...good, deep: deep(2000, 'x') }), { demands: mine, shown: [['#failed th', 'payload_json']] });
const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`<i>${index}`, index]));
page('many members', 0, token({ ...good, ...many }), { demands: mine, shown: [['.piece.payload pre', says({ ...good, ...many })]] });
page('10,000 characters', 0, token({ ...good, long: '<b> '.repeat(2500) }), { demands: mine, shown: [['.piece.payload pre', says({ ...good, long: '<b> '.repeat(2500) })]] });
page('10,000 characters in a header of one word', 1, token(good, { header: { kid: 'W'.repeat(10000) }, key: OTHER }));
page('an issuer of 10,000 characters is demanded', 1, token(good), { demands: ['--audience=api', `--issuer=${'<b>W'.repeat(2500)}`], shown: [['#failed th', 'issuer'], ['dl dd.text', '"joe"']] });
page('many demands', 1, token({ ...good, aud: ['<b>', 'web'] }), { demands: ['--issuer=joe', ...Array.from({ length: 9 }, (_, index) => `--audience=<i>${index}</i>`), '--max-age=5m', '--max-lifetime=1h', '--leeway=5'], shown: [['#failed th', 'audience'], ['#failed .text', '["<b>","web"]']] });

process.exit(await look(pages));
