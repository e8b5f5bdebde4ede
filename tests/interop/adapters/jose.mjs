// A verifier for `clearjwt conform`: jose.
import { createInterface } from 'node:readline';
import { compactVerify, importJWK, jwtVerify } from 'jose';

for await (const line of createInterface({ input: process.stdin })) {
  const { id, mode, token, key, options } = JSON.parse(line);
  const say = (verdict, reason) => console.log(JSON.stringify({ id, verdict, reason }));
  if (token === undefined || key.jwks || key.kid || key.issuer || options.max_lifetime || options.max_len) {
    say('skip', 'no such option');
    continue;
  }
  try {
    const secret = key.jwk ? await importJWK(JSON.parse(key.jwk), key.alg) : Buffer.from(key.k, 'base64url');
    const demands = { algorithms: [key.alg], currentDate: new Date(options.now * 1000), clockTolerance: options.leeway, ...(options.typ && { typ: options.typ }),
      ...(options.require_exp && { requiredClaims: ['exp'] }), ...(options.max_age !== null && { maxTokenAge: options.max_age }), ...(options.subject && { subject: options.subject }),
      ...(options.issuers.length && { issuer: options.issuers }), ...(options.audiences.length && { audience: options.audiences }) };
    await (mode === 'jws' ? compactVerify : jwtVerify)(token, secret, demands);
    say('accept');
  } catch (error) {
    say('refuse', error.message);
  }
}
