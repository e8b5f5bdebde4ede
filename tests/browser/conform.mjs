// The page of `conform`: of this verifier, of one that takes everything, and of one that says hostile things.
// usage: node conform.mjs CLEARJWT
import { spawnSync } from 'node:child_process';
import { check, look } from './look.mjs';

const PROGRAM = process.argv[2];
const HOSTILE = `<script>window.ran=1</script></code></td></table><img src=x onerror=window.ran=1> \\u0000\\u001b[2J\\u202e${'W'.repeat(300)}`;

function page(name, status, argumentsOf, more) {
  const done = spawnSync(PROGRAM, ['conform', '--html', ...argumentsOf], { maxBuffer: 1 << 28, encoding: 'utf8' });
  check(done.status === status, name, 'exit status', done.status, done.stderr);
  return { name, html: done.stdout, ...more };
}

/** A verifier that gives these answers in turn. */
const answering = (...answers) => ['--exec', `while ${answers.map((answer) => `read -r line && printf '%s\\n' '${answer}'`).join(' && ')}; do :; done`];

process.exit(
  await look([
    page('itself', 0, [], { thorough: true, shown: [['h1', 'A verifier, judged'], ['.verdict strong', '0 findings against a MUST of an RFC']] }),
    page('takes everything', 1, [...answering('{"verdict":"accept"}'), '--only', 'crit'], { thorough: true }),
    page('says hostile things', 1, [...answering(`{"verdict":"refuse","reason":"${HOSTILE}"}`), '--only', 'plain']),
    page('skips with hostile words', 1, [...answering('{"verdict":"refuse"}', `{"verdict":"skip","reason":"${HOSTILE}"}`), '--only', 'plain']),
  ]),
);
