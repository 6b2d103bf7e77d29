import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJsonBody } from '../../server/rest/json-body.ts'
import { DEFAULT_LIMITS } from '../../server/rest/limits.ts'
import { json } from '../../storage/codec.ts'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { kv } from './index.ts'

/** What is written comes back digit for digit, as the wire has it, whichever form of the engine keeps it. */

const forms = {
  '1': { path: 'a', body: (text: string) => text, read: (data: unknown) => data },
  '2': { path: 'data/a', body: (text: string) => `{"data":${text}}`, read: dataMember },
  flat: { path: 'a', body: (text: string) => `{"data":${text}}`, read: dataMember },
}

function dataMember(data: unknown): unknown {
  return (data as { data: unknown }).data
}

async function roundTrip(version: keyof typeof forms, text: string): Promise<string> {
  const { path, body, read } = forms[version]
  const mount = new MountedEngine(kv, { mountOptions: { version } })
  await mount.call('update', path, parseJsonBody(Buffer.from(body(text)), DEFAULT_LIMITS))
  return JSON.stringify(read(await mount.data('read', path)))
}

const texts: Record<string, string> = {
  'big integers': '{"n":123456789012345678901234567890,"m":9007199254740993,"k":-18446744073709551616}',
  'fractions as written': '{"a":1.0,"b":1.10,"c":0.1,"d":100.00,"e":3.141592653589793238462643}',
  'exponents as written': '{"a":1e5,"b":1E+5,"c":1e-400,"d":1e400,"e":0e0}',
  'minus zero': '{"a":-0,"b":-0.0}',
  'text of every kind': JSON.stringify({ '': '', é: '\u0000\u2028\ud83d\ude00"\\/\n', ' ': '123456789012345678901' }),
  'null, lists and nesting': '{"a":null,"b":[1,[2.50,{"c":[]}],{}],"d":{"e":{"f":false}}}',
  'odd names': '{"__proto__":{"x":1.0},"constructor":1,"hasOwnProperty":null,"toString":[]}',
}

for (const version of Object.keys(forms) as (keyof typeof forms)[]) {
  test.each(Object.keys(texts))(`version ${version}: %s`, async (what) => {
    expect(await roundTrip(version, texts[what] ?? '')).toBe(texts[what])
  })

  test(`version ${version}: 1 MiB of text`, async () => {
    const text = JSON.stringify({ big: 'é'.repeat(512 * 1024), n: '1'.repeat(100) })
    expect(await roundTrip(version, text)).toBe(text)
  })
}

test('a patch leaves the digits of what it does not touch', async () => {
  const mount = new MountedEngine(kv, { mountOptions: { version: '2' } })
  const sent = (text: string) => parseJsonBody(Buffer.from(text), DEFAULT_LIMITS)
  await mount.call('update', 'data/a', sent('{"data":{"n":12345678901234567890,"o":{"f":1.50,"g":1}}}'))
  await mount.call('patch', 'data/a', sent('{"data":{"o":{"g":2.00},"p":-0}}'))
  expect(JSON.stringify(dataMember(await mount.data('read', 'data/a')))).toBe(
    '{"n":12345678901234567890,"o":{"f":1.50,"g":2.00},"p":-0}',
  )
})

test('any JSON object survives, through the cache and through the store', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), async (value) => {
      const mount = new MountedEngine(kv, { mountOptions: { version: '2' } })
      // JSON's own text of the value: it has no minus zero.
      const data = JSON.parse(JSON.stringify(value)) as object
      await mount.call('update', 'data/a', { data })
      expect(dataMember(await mount.data('read', 'data/a'))).toEqual(data)
      expect(JSON.stringify(json().decode(json().encode(data)))).toBe(JSON.stringify(data))
    }),
    { numRuns: 60, seed: 11 },
  )
})

test('what is stored is read by a process that never saw it, byte for byte', async () => {
  const mount = new MountedEngine(kv, { mountOptions: { version: '2' } })
  const text = '{"n":1.10,"list":[1e2],"pad":"0123456789"}'
  const sizes = [1, 100, 5000, 17_000]
  for (const size of sizes) {
    const data = parseJsonBody(Buffer.from(`{"data":${text.replace('0123456789', 'x'.repeat(size))}}`), DEFAULT_LIMITS)
    await mount.call('update', 'data/a', data)
  }
  const other = new MountedEngine(kv, { mountOptions: { version: '2' }, with: mount, uncached: true })
  for (const [index, size] of sizes.entries()) {
    const reply = await other.data('read', 'data/a', { version: index + 1 })
    expect(JSON.stringify(dataMember(reply))).toBe(text.replace('0123456789', 'x'.repeat(size)))
  }
})
