// A JWT library of npm as a peer: one JSON request a line in, one JSON answer a line out.
// usage: node peer.mjs jsonwebtoken|jose
import { createInterface } from 'node:readline';
import jsonwebtoken from 'jsonwebtoken';
import { SignJWT, jwtVerify } from 'jose';

const peers = {
  jsonwebtoken: {
    sign: ({ claims, key, alg, kid }) => jsonwebtoken.sign(claims, key, { algorithm: alg, noTimestamp: !('iat' in claims), ...(kid && { keyid: kid }) }),
    verify: ({ token, key, alg }) => jsonwebtoken.verify(token, key, { algorithms: [alg] }),
  },
  jose: {
    sign: ({ claims, key, alg, kid }) => new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT', ...(kid && { kid }) }).sign(key),
    verify: async ({ token, key, alg }) => (await jwtVerify(token, key, { algorithms: [alg] })).payload,
  },
};

const peer = peers[process.argv[2]];
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  request.key = Buffer.from(request.key, 'base64url');
  let answer;
  try {
    answer = { ok: await peer[request.op](request) };
  } catch (error) {
    answer = { refused: String(error.message) };
  }
  console.log(JSON.stringify(answer));
}
