// Has the module verify tokens that Node.js signed: exit status 0 says that it told the good one from the others.
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [file] = process.argv.slice(2)
const module = new WebAssembly.Module(readFileSync(file))
assert.deepEqual(WebAssembly.Module.imports(module), [], 'it wants something of its surroundings')
assert.deepEqual(WebAssembly.Module.exports(module).map(({ name }) => name).sort(), ['INPUT', 'memory', 'verify'])

const key = randomBytes(32)
const exp = 4102444800
const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = input => `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
const [header, payload, mac] = signed(`${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ user_id: 1234, exp })}`).split('.')

// Its memory is never taken back: a new instance for each token.
function verify(token, now) {
  const { memory, INPUT, verify } = new WebAssembly.Instance(module).exports
  new Uint8Array(memory.buffer).set([...key, ...Buffer.from(token)], INPUT.value)
  return verify(token.length, BigInt(now))
}

const [forged, over, refused] = [-1, -2, -3]
assert.equal(verify(`${header}.${payload}.${mac}`, exp - 1), 1234)
assert.equal(verify(`${header}.${payload}.${mac}`, exp), over)
assert.equal(verify(`${header}.${base64url({ user_id: 1, exp })}.${mac}`, exp - 1), forged)
assert.equal(verify(`${header}.${payload}.${mac[0] === 'A' ? 'B' : 'A'}${mac.slice(1)}`, exp - 1), forged)
assert.equal(verify(signed(`${base64url({ alg: 'none' })}.${payload}`), exp - 1), refused)
assert.equal(verify(signed(`${header}.${base64url({ user_id: 1234 })}`), exp - 1), refused)
