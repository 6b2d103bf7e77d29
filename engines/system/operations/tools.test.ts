import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inputOf, operationOf } from '../../../server/core/dispatch.ts'
import type { Request } from '../../../server/core/request.ts'
import { RouteTable } from '../../../server/core/route-table.ts'
import type { EngineContext } from '../../engine.ts'
import { hashRows } from '../../hash-rows.ts'
import { randomRows } from '../../random-rows.ts'

const table = new RouteTable([...hashRows('tools/', { mustGive: false }), ...randomRows('tools/')])
const context = {
  random: { bytes: (count: number) => randomBytes(count), uuid: () => 'u' },
} as unknown as EngineContext

async function call(path: string, data: object = {}) {
  const match = table.match(path)
  if (match === undefined) throw new Error(`no row for ${path}`)
  const request = { id: 'id-1', data, token: undefined, connection: {} } as unknown as Request
  const resolved = { caller: undefined, sudo: false, headerNames: [] }
  const input = inputOf(request, 'update', match.route, match.params, path, resolved)
  return operationOf(match.route, 'update').handler(input, context)
}

describe('hash', () => {
  // NIST FIPS 180-4 and 202 example vectors for 'abc'.
  const abc = 'YWJj'
  const vectors: Record<string, string> = {
    'sha2-224': '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7',
    'sha2-256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'sha2-384': 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    'sha2-512':
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    'sha3-224': 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf',
    'sha3-256': '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
    'sha3-384': 'ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25',
    'sha3-512':
      'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
  }
  for (const [algorithm, sum] of Object.entries(vectors)) {
    test(`${algorithm} by path, body and body name of the path's`, async () => {
      const base64 = Buffer.from(sum, 'hex').toString('base64')
      expect(await call(`tools/hash/${algorithm}`, { input: abc })).toEqual({ data: { sum } })
      expect(await call('tools/hash', { input: abc, algorithm, format: 'base64' })).toEqual({
        data: { sum: base64 },
      })
      expect(await call('tools/hash', { input: abc, urlalgorithm: algorithm, algorithm: 'no' })).toEqual({
        data: { sum },
      })
    })
  }

  test('the default is sha2-256 in hex, of whatever bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        const reply = await call('tools/hash', { input: Buffer.from(bytes).toString('base64') })
        expect(reply?.data?.sum).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  const refused: Record<string, [string, object, RegExp]> = {
    'no base64': ['tools/hash', { input: 'a b!' }, /unable to decode input as base64/],
    'base64 without its end': ['tools/hash', { input: 'YWI' }, /base64/],
    'an unknown algorithm': ['tools/hash/md5', { input: abc }, /unsupported algorithm md5/],
    'a name that every object has': ['tools/hash/constructor', { input: abc }, /unsupported algorithm/],
    'an unknown format': ['tools/hash', { input: abc, format: 'utf8' }, /unsupported encoding format "utf8"/],
  }
  for (const [what, [path, data, message]] of Object.entries(refused)) {
    test(`refuses ${what}`, async () => {
      await expect(call(path, data)).rejects.toThrow(message)
    })
  }
})

describe('random', () => {
  const forms: [string, object, number, 'hex' | 'base64'][] = [
    ['tools/random', {}, 32, 'base64'],
    ['tools/random', { bytes: 7, format: 'hex' }, 7, 'hex'],
    ['tools/random', { urlbytes: '9', bytes: 3 }, 9, 'base64'],
    ['tools/random/16', {}, 16, 'base64'],
    ['tools/random/platform', { bytes: '5' }, 5, 'base64'],
    ['tools/random/all', { urlbytes: 6 }, 6, 'base64'],
    ['tools/random/seal/131072', { format: 'hex' }, 131_072, 'hex'],
  ]
  for (const [path, data, length, encoding] of forms) {
    test(`${path} ${JSON.stringify(data)} gives ${length} bytes in ${encoding}`, async () => {
      const once = await call(path, data)
      const twice = await call(path, data)
      const text = String(once?.data?.random_bytes)
      expect(Buffer.from(text, encoding)).toHaveLength(length)
      expect(Buffer.from(text, encoding).toString(encoding)).toBe(text)
      expect(twice?.data?.random_bytes).not.toBe(text)
    })
  }

  test('the seal as source is told to be the platform', async () => {
    expect((await call('tools/random/seal'))?.warnings).toHaveLength(1)
    expect((await call('tools/random/platform'))?.warnings).toBeUndefined()
  })

  const refused: [string, object, RegExp][] = [
    ['tools/random', { bytes: 0 }, /cannot be less than 1/],
    ['tools/random/-5', {}, /cannot be less than 1/],
    ['tools/random', { bytes: 131_073 }, /should be less than 131072/],
    ['tools/random/999999999999', {}, /should be less than/],
    ['tools/random/99999999999999999999', {}, /error parsing url-set byte count/],
    ['tools/random/many', {}, /error parsing url-set byte count/],
    ['tools/random/1e3', {}, /error parsing/],
    ['tools/random/moon/3', {}, /unsupported entropy source "moon"/],
    ['tools/random', { source: 'moon' }, /unsupported entropy source/],
    ['tools/random', { format: 'latin1' }, /unsupported encoding format/],
  ]
  for (const [path, data, message] of refused) {
    test(`refuses ${path} ${JSON.stringify(data)}`, async () => {
      await expect(call(path, data)).rejects.toThrow(message)
    })
  }
})
