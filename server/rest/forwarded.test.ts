import { expect, test } from 'vitest'
import { ForwardedAddresses } from './forwarded.ts'

const policy = { hopSkips: 0, rejectNotPresent: true, rejectNotAuthorized: false }
const clientOf = (authorizedAddresses: readonly string[], peer: string): string | undefined =>
  new ForwardedAddresses({ ...policy, authorizedAddresses }).clientOf(peer, { 'x-forwarded-for': '192.0.2.7' })?.address

test.each<[proxies: readonly string[], peer: string, isBelieved: boolean]>([
  [['10.0.0.0/8'], '10.1.2.3', true],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.0.0.0/8'], '11.1.2.3', false],
  [['2001:db8::1'], '2001:db8::1', true],
  [['::/0'], '10.1.2.3', false],
  [[], '10.1.2.3', false],
  [[], '2001:db8::1', false],
])('of proxies %j, %s is believed: %s', (proxies, peer, isBelieved) => {
  expect(clientOf(proxies, peer)).toBe(isBelieved ? '192.0.2.7' : undefined)
})
