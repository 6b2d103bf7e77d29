import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodies, raw, type Served, serve, statuses } from './serve.ts'

let served: Served
beforeAll(async () => {
  served = await serve({
    limits: {
      maxBodyBytes: 4096,
      maxJsonDepth: 16,
      maxJsonKeys: 50,
      maxJsonValues: 100,
      maxJsonStringBytes: 1000,
    },
  })
})
afterAll(() => served.stop())

const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`
const post = (body: string | Buffer, headers = '') =>
  Buffer.concat([
    Buffer.from(
      `POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
    ),
    Buffer.from(body),
  ])
const chunked = (body: string, size: string) =>
  `POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${body}`

const cases: Record<string, readonly [status: number, request: string | Buffer]> = {
  'a NUL in the path': [400, get('/v1/kv/a%00b')],
  'a raw NUL in the target': [400, get('/v1/kv/a\0b')],
  'a control character': [400, get('/v1/kv/a%0ab')],
  'a zero-width space': [400, get('/v1/kv/a%E2%80%8Bb')],
  'a change of the direction of writing': [400, get('/v1/sys/policies/acl/a%E2%80%AEb')],
  'a soft hyphen': [400, get('/v1/kv/a%C2%ADb')],
  'a line separator': [400, get('/v1/kv/a%E2%80%A8b')],
  'a parent segment': [400, get('/v1/kv/../sys/seal')],
  'a parent segment at the end': [400, get('/v1/kv/..')],
  'an encoded parent segment': [400, get('/v1/kv/%2e%2e/sys/seal')],
  'a half encoded parent segment': [400, get('/v1/kv/.%2E/sys/seal')],
  'a dot segment': [400, get('/v1/kv/./a')],
  'an encoded slash': [400, get('/v1/kv%2fa')],
  'an encoded slash in capitals': [400, get('/v1/kv%2Fa')],
  'a doubled slash': [400, get('/v1/kv//a')],
  'a doubled slash at the start': [400, get('/v1//kv/a')],
  'a doubled slash at the end': [400, get('/v1/kv/a//')],
  'a backslash': [400, get('/v1/kv\\a')],
  'an encoded backslash': [400, get('/v1/kv%5ca')],
  'a broken escape': [400, get('/v1/kv/%zz')],
  'a cut escape': [400, get('/v1/kv/%a')],
  'invalid UTF-8': [400, get('/v1/kv/%ff')],
  'overlong UTF-8 of a slash': [400, get('/v1/kv/%c0%af')],
  'a surrogate in UTF-8': [400, get('/v1/kv/%ed%a0%80')],
  'raw bytes past ASCII': [400, get('/v1/kv/caf\xc3\xa9')],
  'a fragment': [400, get('/v1/kv/a#b')],
  'a path that is too long': [414, get(`/v1/kv/${'a'.repeat(3000)}`)],
  'a target that is too long': [414, get(`/v1/kv/${'a'.repeat(40_000)}`)],
  'a broken query': [400, get('/v1/kv/a?x=%zz')],
  'a query with too many parameters': [400, get(`/v1/kv/a?${'x=1&'.repeat(101)}`)],
  'a list flag that is no boolean': [400, get('/v1/kv/a?list=maybe')],
  'list and scan together': [400, get('/v1/kv/a?list=true&scan=true')],
  'headers that are too large': [431, get('/v1/kv/a', `X-Big: ${'b'.repeat(40_000)}\r\n`)],
  'too many small headers': [431, get('/v1/kv/a', 'X-Many: bbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n'.repeat(800))],
  'two tokens': [400, get('/v1/kv/a', 'X-Vault-Token: one\r\nX-Vault-Token: two\r\n')],
  'two tokens beside a bearer': [
    400,
    get('/v1/kv/a', 'X-Vault-Token: one\r\nX-Vault-Token: two\r\nAuthorization: Bearer one\r\n'),
  ],
  'two bearers': [400, get('/v1/kv/a', 'Authorization: Bearer one\r\nAuthorization: Bearer two\r\n')],
  'two namespaces': [400, get('/v1/kv/a', 'X-Vault-Namespace: one\r\nX-Egide-Namespace: two\r\n')],
  'a namespace that climbs': [400, get('/v1/kv/a', 'X-Vault-Namespace: a/../b\r\n')],
  'a wrap TTL that is none': [400, get('/v1/kv/a', 'X-Vault-Wrap-TTL: soon\r\n')],
  'a negative wrap TTL': [400, get('/v1/kv/a', 'X-Vault-Wrap-TTL: -5\r\n')],
  'a wrapping form that we lack': [400, get('/v1/kv/a', 'X-Vault-Wrap-TTL: 5\r\nX-Vault-Wrap-Format: jwt\r\n')],
  'no Host': [400, 'GET /v1/kv/a HTTP/1.1\r\nConnection: close\r\n\r\n'],
  'no HTTP at all': [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n'],
  'an HTTP version that is none': [400, 'GET /v1/kv/a HTTP/9.9\r\nHost: a\r\n\r\n'],
  'a space before a colon': [400, get('/v1/kv/a', 'X-Vault-Token : one\r\n')],
  'a folded header': [400, get('/v1/kv/a', 'X-Vault-Token: one\r\n two\r\n')],
  'a bare line feed in a header': [400, get('/v1/kv/a', 'X-A: b\nX-Vault-Token: c\r\n')],
  'an unknown method': [405, 'FROB /v1/kv/a HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a method in small letters': [405, 'list /v1/kv/a HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a method that only starts like LIST': [405, 'LISTEN /v1/kv/a HTTP/1.1\r\nHost: a\r\n\r\n'],
  'the stand-in for LIST': [405, 'LINK /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  'the stand-in for SCAN': [405, 'LOCK /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  TRACE: [405, 'TRACE /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  CONNECT: [405, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
  'OPTIONS without CORS': [405, 'OPTIONS /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  'PATCH without its media type': [
    415,
    'PATCH /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}',
  ],
  'length and chunked': [400, post('{}', 'Transfer-Encoding: chunked\r\n')],
  'two lengths': [400, post('{}', 'Content-Length: 3\r\n')],
  'a length that is no number': [400, 'POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2x\r\n\r\n{}'],
  'a negative length': [400, 'POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}'],
  'a chunk size that is none': [400, chunked('{}', 'zz')],
  'a coding that is not chunked': [400, 'POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}'],
  'a body that is too large': [413, post(`{"a":"${'x'.repeat(5000)}"}`)],
  'a chunked body that is too large': [413, chunked(`${'x'.repeat(8000)}\r\n0\r\n\r\n`, (8000).toString(16))],
  'JSON cut short': [400, post('{"a":')],
  'a string cut short': [400, post('{"a":"b')],
  'trailing garbage': [400, post('{"a":1} x')],
  'two objects': [400, post('{"a":1}{"b":2}')],
  'a trailing comma': [400, post('{"a":1,}')],
  'single quotes': [400, post("{'a':1}")],
  'a comment': [400, post('{"a":1} // b')],
  'a leading zero': [400, post('{"a":01}')],
  'a hexadecimal number': [400, post('{"a":0x10}')],
  NaN: [400, post('{"a":NaN}')],
  'a control character in a string': [400, post('{"a":"b\nc"}')],
  'a byte order mark': [400, post('\ufeff{"a":1}')],
  'UTF-16': [400, post(Buffer.from('{"a":1}', 'utf16le'))],
  'invalid UTF-8 in a string': [400, post(Buffer.from('7b2261223a22ff227d', 'hex'))],
  'an array': [400, post('[1]')],
  'an array of objects': [400, post('[{"a":1}]')],
  'a string': [400, post('"a"')],
  'a number': [400, post('1')],
  'a number that a double lacks': [400, post('12345678901234567890')],
  'a duplicate name': [400, post('{"a":1,"a":2}')],
  'a duplicate name further in': [400, post('{"a":{"b":[{"c":1,"c":1}]}}')],
  'a duplicate name written with an escape': [400, post('{"a":1,"\\u0061":2}')],
  'a duplicate name that hides members': [400, post('{"a":{"x":1},"a":{"y":2}}')],
  'a duplicate name beside a number that a double lacks': [400, post('{"a":1.10,"a":2}')],
  'a duplicate __proto__': [400, post('{"__proto__":1,"__proto__":2}')],
  'deep objects': [400, post(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)],
  'deep arrays': [400, post(`{"a":${'['.repeat(17)}${']'.repeat(17)}}`)],
  'depth without end': [400, post('['.repeat(4000))],
  'many members': [413, post(`{${Array.from({ length: 51 }, (_, n) => `"k${n}":1`).join()}}`)],
  'a long array': [413, post(`{"a":[${'1,'.repeat(101)}1]}`)],
  'a long string': [413, post(`{"a":"${'x'.repeat(1001)}"}`)],
  'a long string with escapes': [413, post(`{"a":"${'\\"'.repeat(600)}"}`)],
  'a long name': [413, post(`{"${'x'.repeat(1001)}":1}`)],
}

for (const [what, [status, request]] of Object.entries(cases)) {
  test(`${what} is answered ${status}, in JSON and without a stack`, async () => {
    const answer = await raw(served, [request], 1)
    expect(statuses(answer)).toEqual([status])
    expect(bodies(answer)).toEqual([{ errors: [expect.stringMatching(/^[^\n]+$/)] }])
    expect(answer).not.toMatch(/at .*\.ts|node:|Error:/)
  })
}

test.for([
  ['headers', 'GET /v1/kv/a HTTP/1.1\r\nHost:'],
  ['body', 'POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"a":'],
])('a client that sends no %s in time is answered 408', async ([, request = '']) => {
  const impatient = await serve({ limits: { headersTimeoutMs: 1000, requestTimeoutMs: 1500 } })
  expect(statuses(await raw(impatient, [request], 1))).toEqual([408])
  await impatient.stop()
})

test('a body cut short by the client is never taken for a request', async () => {
  const socket = await served.connect()
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  socket.end('POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"a":1}')
  await new Promise((resolve) => socket.once('close', resolve))
  expect(statuses(answer)).toEqual([400])
})

test('after all of this the server lives, and nothing was unexpected', async () => {
  const answer = await raw(served, [get('/v1/kv/a')], 1)
  expect(statuses(answer)).toEqual([200])
  expect(served.log.lines.filter(({ level }) => level === 'error')).toEqual([])
  expect(served.inFlight.size).toBe(0)
})
