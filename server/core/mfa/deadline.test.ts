import { expect, test } from 'vitest'
import type { EgideError } from '../../../engines/errors.ts'
import { TestClock, TestRandom } from '../../../test/harness/rows.ts'
import { type OutgoingFetch, Unreachable } from '../../auth/jwks/outgoing-fetch.ts'
import type { ServiceMethod } from './service.ts'
import { FactorServices } from './services.ts'

const DUO: ServiceMethod = {
  type: 'duo',
  id: 'm',
  name: '',
  terms: {
    usernameFormat: '',
    apiHostname: 'duo.test',
    integrationKey: 'i',
    secretKey: Buffer.from('s'),
    pushInfo: '',
    usesPasscode: false,
  },
}
const PINGID: ServiceMethod = {
  type: 'pingid',
  id: 'm',
  name: '',
  terms: {
    usernameFormat: '',
    key: Buffer.from('a key of PingID, of 32 bytes!!!!'),
    token: Buffer.from('t'),
    usesSignature: true,
    idpUrl: 'https://ping.test',
    orgAlias: 'o',
    adminUrl: '',
    authenticatorUrl: '',
  },
}
const LATE = 'permission_denied: push verification timed out'
const ignored = () => undefined

/** What a login is told whose service is silent from its `nth` answer on, when its time is over, or its client has gone, during that call. */
async function outcome(method: ServiceMethod, nth: number, ends: 'time' | 'client'): Promise<string> {
  const over = { time: new AbortController(), client: new AbortController() }
  let asked = 0
  const fetch: OutgoingFetch = async (_url, { signal } = {}) => {
    if (++asked < nth) return Response.json({ stat: 'OK', response: { result: 'auth', txid: 't' } })
    const silence = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Unreachable('it is silent')))
    })
    over[ends].abort()
    return silence
  }
  const outside = {
    fetch,
    clock: new TestClock(),
    log: { debug: ignored, info: ignored, warn: ignored, error: ignored },
    pause: async () => undefined,
    deadline: () => over.time.signal,
  }
  const who = { username: 'ann', passcode: '', remoteAddress: '', signal: over.client.signal }
  return new FactorServices(outside, new TestRandom()).confirm({ id: 'root', path: '' }, method, who, 'bad').then(
    () => 'confirmed',
    ({ code, message }: EgideError) => `${code}: ${message}`,
  )
}

test('an answer that does not come is not waited for when the time is over, in the midst of a call', async () => {
  expect(await outcome(DUO, 3, 'time')).toBe(LATE)
  expect(await outcome(PINGID, 1, 'time')).toBe(LATE)
  // Nobody was asked yet.
  expect(await outcome(DUO, 1, 'time')).toBe('unavailable: Duo cannot be asked')
})

test('nor when nobody waits for it any more', async () => {
  const gone = 'timeout: nobody waits for the second factor any more'
  expect(await outcome(DUO, 3, 'client')).toBe(gone)
  expect(await outcome(PINGID, 1, 'client')).toBe(gone)
})
