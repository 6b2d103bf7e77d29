import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { Barrier } from '../crypto/barrier.ts'
import { EncryptionCount } from '../crypto/encryption-count.ts'
import { Keyring } from '../crypto/keyring.ts'
import { systemRandom } from '../crypto/random.ts'
import type { StorageError } from './backend.ts'
import { document } from './codec.ts'
import { createStore } from './sealed-store.ts'
import { openSqlite } from './sqlite/sqlite.ts'
import type { Cipher, Reader } from './store.ts'

interface Secret {
  readonly text: string
  readonly key?: Buffer
}
const secret = document<Secret>()
const SECRETS: Readonly<Record<string, { readonly value: Secret; readonly expiresAtMs?: number }>> = {
  short: { value: { text: '' } },
  binary: { value: { text: 'canary', key: Buffer.alloc(32, 'k') } },
  leased: { value: { text: 'canary' }, expiresAtMs: 1_700_000_000_000 },
  long: { value: { text: 'canary '.repeat(200) } }, // on overflow pages
}
const PATHS = Object.keys(SECRETS)

const cipherWith = (keyring: Keyring) => new Barrier(keyring, new EncryptionCount(() => {}), systemRandom)
const cipher = cipherWith(Keyring.create(1, 0, systemRandom))

const folder = mkdtempSync(join(tmpdir(), 'egide-tamper-'))
const path = join(folder, 'egide.db')
const backend = await openSqlite({ path })
const file = new BetterSqlite3(path) // whoever can write to the disk
file.pragma('synchronous = OFF')
afterAll(async () => {
  file.close()
  await backend.close()
  rmSync(folder, { recursive: true })
})

const valueAt = (name: string) =>
  file.prepare<[string], Buffer>('SELECT value FROM entry WHERE path = ?').pluck().get(`ns/${name}`) ?? Buffer.alloc(0)
const setValue = file.prepare<[Uint8Array, string]>('UPDATE entry SET value = ? WHERE path = ?')
const setAt = (name: string, value: Uint8Array) => setValue.run(value, `ns/${name}`)

async function writeAll(by: Cipher = cipher) {
  const store = createStore({ backend, cipher: by, prefix: 'ns/' })
  await store.transaction(async (tx) => {
    for (const [name, { value, expiresAtMs }] of Object.entries(SECRETS)) tx.put(name, value, secret, { expiresAtMs })
  })
  store.wipe()
}

const reads: Record<string, (view: Reader, name: string) => Promise<unknown>> = {
  get: async (view, name) => view.get(name, secret),
  entry: async (view, name) => view.entry(name, secret),
}

/** Reads with nothing cached, in every way there is; each must be refused, and tell nothing of what is stored. */
async function expectRefused(name: string, what: string): Promise<void> {
  const store = createStore({ backend, cipher, prefix: 'ns/' })
  const attempts = Object.entries(reads).flatMap(([way, read]) => [
    [way, () => read(store, name)] as const,
    [`${way} in a transaction`, () => store.transaction((tx) => read(tx, name))] as const,
  ])
  for (const [way, attempt] of attempts) {
    const error = await attempt().then(
      () => undefined,
      (thrown: StorageError) => thrown,
    )
    expect([what, way, error?.name, error?.code, error?.message]).toEqual([
      what,
      way,
      'StorageError',
      'corrupt',
      'a stored entry failed its integrity check',
    ])
    expect(error?.cause).toMatchObject({ message: `at ns/${name}` }) // for the log
  }
  store.wipe()
}

async function expectIntact(): Promise<void> {
  const store = createStore({ backend, cipher, prefix: 'ns/' })
  for (const name of PATHS) expect(await store.get(name, secret)).toEqual(SECRETS[name]?.value)
  store.wipe()
}

test('any flipped byte of any stored value is an error, never data', async () => {
  await writeAll()
  await expectIntact()
  for (const name of PATHS) {
    const good = valueAt(name)
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ (at % 2 === 0 ? 0xff : 1 << (at % 8))
      setAt(name, bad)
      await expectRefused(name, `${name}, byte ${at}`)
    }
    setAt(name, good)
  }
  await expectIntact()
})

test('a value cut, lengthened or emptied is an error', async () => {
  await writeAll()
  for (const name of PATHS) {
    const good = valueAt(name)
    const bad = [
      ...[0, 1, 5, 17, 33, good.length - 12, good.length - 1].map((end) => good.subarray(0, end)),
      good.subarray(1),
      Buffer.concat([good, Buffer.alloc(1)]),
    ]
    for (const [at, value] of bad.entries()) {
      setAt(name, value)
      await expectRefused(name, `${name}, cut ${at}`)
    }
    setAt(name, good)
  }
  await expectIntact()
})

test('rows that are swapped, moved or copied are errors', async () => {
  await writeAll()
  const [short, binary] = [valueAt('short'), valueAt('binary')]
  setAt('short', binary)
  setAt('binary', short)
  await expectRefused('short', 'swapped')
  await expectRefused('binary', 'swapped')
  setAt('short', short)
  setAt('binary', binary)
  file.exec("INSERT INTO entry SELECT 'ns/new', revision, expires_at, value FROM entry WHERE path = 'ns/binary'")
  await expectRefused('new', 'copied to a new path')
  file.exec("DELETE FROM entry WHERE path = 'ns/new'; UPDATE entry SET path = 'ns/moved' WHERE path = 'ns/short'")
  await expectRefused('moved', 'moved')
  file.exec("UPDATE entry SET path = 'ns/short' WHERE path = 'ns/moved'")
  await expectIntact()
})

test('an old row under another path, and a row of another namespace or vault, are errors', async () => {
  await writeAll()
  const old = valueAt('leased')
  await writeAll()
  setAt('long', old)
  await expectRefused('long', 'old row')
  await writeAll(cipherWith(Keyring.create(1, 0, systemRandom)))
  for (const name of PATHS) await expectRefused(name, 'of another vault')
})

test('an expiry changed in the row, which would end a lease early or never, is an error', async () => {
  for (const expiry of ['NULL', '1700000000001', '0']) {
    await writeAll()
    file.exec(`UPDATE entry SET expires_at = ${expiry} WHERE path = 'ns/leased'`)
    await expectRefused('leased', `expiry ${expiry}`)
  }
  await writeAll()
  file.exec("UPDATE entry SET expires_at = 5 WHERE path = 'ns/short'")
  await expectRefused('short', 'an expiry it never had')
})
