import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IssuedAuth } from '../../../engines/engine.ts'
import type { AuditRequest } from '../../core/audit-port.ts'
import { testingRequest, testingResponse } from '../testing-records.ts'
import { clearAtAnyDepth } from './clear-names.ts'
import { RecordWriter } from './record.ts'

const SALT = Buffer.alloc(32, 7)
const DEFAULTS = { logRaw: false, hmacAccessor: true, elideListResponses: false }
const writer = (more: Partial<typeof DEFAULTS> = {}) => new RecordWriter(SALT, { ...DEFAULTS, ...more })
const hmac = (text: string) => `hmac-sha256:${createHmac('sha256', SALT).update(text).digest('hex')}`

type Line = { readonly auth: Part; readonly request: Part; readonly response: Part; readonly error?: string }
type Part = Readonly<Record<string, unknown>> & { readonly data: Readonly<Record<string, unknown>> }
const read = (text: string): Line => JSON.parse(`${text}}`) as Line

const EXACT = JSON as unknown as { rawJSON(text: string): object }
const CANARIES: Readonly<Record<string, unknown>> = {
  text: 'canary-text',
  number: 918273645546,
  negative: -8642097531,
  fraction: 8642.97531,
  huge: 8.6420975e210,
  exact: EXACT.rawJSON('86420975318642097531864209'),
  list: ['canary-in-list', 918273645546, ['canary-in-list-in-list']],
  object: { inner: 'canary-inside', deep: { deeper: ['canary-deeper', { deepest: 8642097531 }] } },
  bytes: Buffer.from('canary-bytes'),
  'quoted"name': 'canary-quoted',
  unicode: 'canary-\u{1f511}-\ud800',
}
const SECRET = /canary-|918273645546|8642/

function logIn(): IssuedAuth {
  return {
    issued: true,
    clientToken: 'canary-new-token',
    accessor: 'canary-new-accessor',
    policies: ['default'],
    tokenPolicies: ['default'],
    identityPolicies: [],
    metadata: null,
    leaseDurationSeconds: 60,
    renewable: true,
    entityId: '',
    tokenType: 'service',
    orphan: false,
    numUses: 0,
  }
}

function canaryRequest(more: Partial<AuditRequest> = {}): AuditRequest {
  const headers = { 'x-audited': 'canary-header', 'x-unaudited': 'canary-header' }
  return testingRequest(1, { data: CANARIES, token: 'canary-token', headers, ...more })
}

const wrapInfo = {
  token: 'canary-wrapping-token',
  accessor: 'canary-wrapping-accessor',
  ttlSeconds: 60,
  creationTimeMs: 0,
  creationPath: 'secret/data/a',
  wrappedAccessor: 'canary-wrapped-accessor',
}

test('no value of any type, no token and no accessor stands in a record', () => {
  const made = writer()
  made.setHeaders(new Map([['x-audited', { hmac: true }]]))
  const request = canaryRequest()
  const response = testingResponse({ data: CANARIES, auth: logIn(), wrapInfo })
  expect(made.request(request, undefined)).not.toMatch(SECRET)
  expect(made.response(request, response, 0)).not.toMatch(SECRET)
  expect(made.response(canaryRequest({ caller: undefined }), response, 0)).not.toMatch(SECRET)
})

test('booleans, null and numbers are hashed by their JSON text', () => {
  const { data } = read(
    writer().request(testingRequest(1, { data: { yes: true, no: false, nothing: null, n: 7, big: 70000 } }), undefined),
  ).request
  expect(data).toEqual({
    yes: hmac('true'),
    no: hmac('false'),
    nothing: hmac('null'),
    n: hmac('7'),
    big: hmac('70000'),
  })
})

test('a value is hashed as sys/audit-hash would', () => {
  const made = writer()
  const line = read(made.request(canaryRequest(), undefined))
  expect(line.request.client_token).toBe(made.hash('canary-token'))
  expect(line.request.data.text).toBe(made.hash('canary-text'))
  expect(made.hash('canary-text')).toBe(hmac('canary-text'))
})

test('random documents: only names of fields stay, and the record is one line of JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      const text = writer().request(testingRequest(1, { data: data as Record<string, unknown> }), undefined)
      expect(text).not.toContain('\n')
      const shown = read(text).request.data ?? {}
      const check = (value: unknown): void => {
        if (Array.isArray(value)) value.forEach(check)
        else if (typeof value === 'object' && value !== null) Object.values(value).forEach(check)
        else expect(value).toMatch(/^hmac-sha256:[0-9a-f]{64}$/)
      }
      Object.values(shown).forEach(check)
      expect(Object.keys(shown).sort()).toEqual(Object.keys(data).sort())
    }),
    { numRuns: 200 },
  )
})

test('what a row declares clear is clear at the top only; what an operator lists is clear at any depth', () => {
  const data = { version: 3, data: { version: 'canary-a', name: 'canary-b' }, name: 'n' }
  const row = read(writer().request(testingRequest(1, { data, clearRequest: ['version'] }), undefined)).request.data
  expect(row).toEqual({ version: 3, data: { version: hmac('canary-a'), name: hmac('canary-b') }, name: hmac('n') })
  const names = [clearAtAnyDepth('name')]
  const mount = read(writer().request(testingRequest(1, { data, clearRequest: names }), undefined)).request.data
  expect(mount).toEqual({ version: hmac('3'), data: { version: hmac('canary-a'), name: 'canary-b' }, name: 'n' })
})

test('log_raw shows everything, and still hashes for sys/audit-hash', () => {
  const made = writer({ logRaw: true })
  const line = read(made.request(canaryRequest({ data: { a: 'canary-text', n: 5 } }), undefined))
  expect(line.request.data).toEqual({ a: 'canary-text', n: 5 })
  expect(line.request.client_token).toBe('canary-token')
  expect(made.hash('x')).toBe(hmac('x'))
})

test('hmac_accessor=false shows accessors and nothing else', () => {
  const line = read(writer({ hmacAccessor: false }).request(canaryRequest(), undefined))
  expect(line.auth.accessor).toBe('accessor-1')
  expect(line.auth.client_token).toBe(hmac('canary-token'))
})

test('elide_list_responses counts what a list holds, and leaves other operations alone', () => {
  const data = { keys: ['canary-a', 'canary-b'], key_info: { 'canary-a': { x: 1 } }, other: 'canary-c' }
  const made = writer({ elideListResponses: true })
  const list = read(made.response(testingRequest(1, { operation: 'list' }), testingResponse({ data }), 0))
  expect(list.response.data).toEqual({ keys: 2, key_info: 1, other: hmac('canary-c') })
  const other = read(made.response(testingRequest(2), testingResponse({ data }), 0))
  expect(other.response.data.keys).toEqual([hmac('canary-a'), hmac('canary-b')])
})

test('headers stand in records only when they are audited, hashed or not as asked', () => {
  const made = writer()
  made.setHeaders(new Map([['x-audited', { hmac: false }]]))
  expect(read(made.request(canaryRequest(), undefined)).request.headers).toEqual({ 'x-audited': ['canary-header'] })
  made.setHeaders(undefined)
  expect(read(made.request(canaryRequest(), undefined)).request.headers).toBeUndefined()
})

test('a document that is too wide or too deep is hashed as a whole, not left out and not shown', () => {
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`canary-${at}`, at]))
  let deep: unknown = 'canary-bottom'
  for (let level = 0; level < 200; level++) deep = { inner: deep }
  for (const data of [{ wide }, { deep }, wide]) {
    const text = writer().request(testingRequest(1, { data }), undefined)
    expect(text.length).toBeLessThan(100_000)
    expect(text).not.toMatch(SECRET)
    expect(text).toContain('hmac-sha256:')
  }
})

test('a request makes no record without bound, whatever stands in clear: long names, fields, errors and warnings', () => {
  const long = 'x'.repeat(64 * 1024)
  const clearRequest = ['role', 'names', 'short']
  const data = { [long]: 1, role: long, names: { [long]: [long, 'a'] }, short: ['a', 'b'], ['n'.repeat(512)]: 1 }
  const request = testingRequest(1, { data, clearRequest })
  const { request: shown } = read(writer().request(request, undefined))
  expect(shown.data).toEqual({
    [hmac(long)]: hmac('1'),
    role: hmac(long),
    names: { [hmac(long)]: [hmac(long), hmac('a')] },
    short: ['a', 'b'],
    ['n'.repeat(512)]: hmac('1'),
  })
  const answer = testingResponse({ error: long, warnings: [long, 'short'] })
  for (const line of [writer().request(request, long), writer().response(request, answer, 0)]) {
    expect(read(line).error).toBe(`${'x'.repeat(1000)}…`)
    expect(line.length).toBeLessThan(10_000)
  }
  expect(read(writer().response(request, answer, 0)).response.warnings).toEqual([`${'x'.repeat(1000)}…`, 'short'])
  expect(read(writer({ logRaw: true }).request(request, undefined)).request.data).toEqual(data)
})

test('what a server answers in clear stands there whole', () => {
  const chain = 'x'.repeat(100_000)
  const request = testingRequest(1, { clearResponse: ['ca_chain'] })
  const { response } = read(writer().response(request, testingResponse({ data: { ca_chain: chain } }), 0))
  expect(response.data.ca_chain).toBe(chain)
})

test('who logged in is told by name, also where the request had no caller', () => {
  const auth = { ...logIn(), displayName: 'userpass-bob' }
  const { auth: said, response } = read(
    writer().response(canaryRequest({ caller: undefined }), testingResponse({ auth }), 0),
  )
  expect([said.display_name, (response.auth as Part).display_name]).toEqual(['userpass-bob', 'userpass-bob'])
})

test("the policies that allowed a request are those of the token's namespace", () => {
  const { caller } = testingRequest(1)
  const policyResults = { allowed: true, grantingPolicies: ['admin'] }
  if (caller === undefined) throw new Error('no caller')
  const grantedIn = (from: string | undefined): unknown => {
    const named = { caller: { ...caller, policyResults, ...(from !== undefined && { from }) } }
    const { auth } = read(writer().request(testingRequest(1, { ...named, namespaceId: 'Ab12Cd' }), undefined))
    return (auth.policy_results as Part).granting_policies
  }
  expect(grantedIn(undefined)).toEqual([{ name: 'admin', namespace_id: 'Ab12Cd', type: 'acl' }])
  expect(grantedIn('root')).toEqual([{ name: 'admin', namespace_id: 'root', type: 'acl' }])
})
