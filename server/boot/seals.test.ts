import { describe, expect, test } from 'vitest'
import { TestClock, TestRandom } from '../../test/harness/rows.ts'
import type { TransitSealConfig } from '../config/types.ts'
import { openSeals } from './seals.ts'

/** What the log says of a transit seal at this address. */
function warningsOf(address: string, insecureSkipVerify = false): string[] {
  const warnings: string[] = []
  const ignored = () => {}
  const log = {
    debug: ignored,
    info: ignored,
    error: ignored,
    warn: (_: object, text: string) => void warnings.push(text),
  }
  const transit: TransitSealConfig = {
    type: 'transit',
    breakGlass: false,
    address,
    token: { text: 's.token' },
    keyName: 'unseal',
    mountPath: 'transit',
    namespace: undefined,
    disableRenewal: false,
    tls: { caFile: undefined, client: undefined, serverName: undefined, insecureSkipVerify },
  }
  openSeals({ active: transit, former: undefined }, new TestClock(), new TestRandom(), log)
  return warnings
}

describe('a transit seal', () => {
  for (const address of [
    'https://vault.example.com',
    'http://127.0.0.1:8200',
    'http://localhost:8200',
    'http://[::1]:1',
  ])
    test(`at ${address} is reached safely`, () => expect(warningsOf(address)).toEqual([]))

  for (const address of ['http://vault.example.com', 'http://10.0.0.1:8200', 'http://localhost.example.com'])
    test(`at ${address} is told to be reached without TLS`, () =>
      expect(warningsOf(address)).toEqual([expect.stringContaining('reached without TLS')]))

  test('that verifies nobody is told of', () =>
    expect(warningsOf('https://vault.example.com', true)).toEqual([expect.stringContaining('trusts any certificate')]))
})
