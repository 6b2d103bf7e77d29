import { createSecretKey } from 'node:crypto'
import { aes256Gcm96 } from '../../crypto/keys/aes-gcm.ts'
import { ecdsaP256 } from '../../crypto/keys/ecdsa.ts'
import { ed25519 } from '../../crypto/keys/ed25519.ts'
import { rsa2048 } from '../../crypto/keys/rsa.ts'
import { systemRandom } from '../../crypto/random.ts'
import type { EngineContext, Operation } from '../../engines/engine.ts'
import { transit } from '../../engines/transit/index.ts'
import { inputOf, operationOf, settleOperation } from '../../server/core/dispatch.ts'
import type { Request } from '../../server/core/request.ts'
import { RouteTable } from '../../server/core/route-table.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'

/**
 * What Transit costs of CPU per request, from the matched row to the reply: field parsing, whether the key exists, the
 * key out of the store's cache, the cipher. Run: bin/with-node node bench/micro/transit.ts
 */
const ROUNDS = 100_000
const PLAINTEXT = Buffer.alloc(300, 7).toString('base64')

const table = new RouteTable(typeof transit.routes === 'function' ? transit.routes({}) : transit.routes)
const store = createStore({ backend: new MemoryBackend(), cipher: testingCipher(), prefix: 'm/' })
const silent = () => undefined
const context: EngineContext = {
  store,
  namespace: { id: 'root', path: '' },
  mount: {
    path: 'transit/',
    accessor: '',
    uuid: '',
    type: 'transit',
    options: {},
    defaultLeaseTtlSeconds: 0,
    maxLeaseTtlSeconds: 0,
  },
  clock: { now: Date.now },
  random: systemRandom,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  services: undefined,
}

const resolved = { caller: undefined, sudo: false, headerNames: [] }

async function call(path: string, data: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  const match = table.match(path)
  if (match === undefined) throw new Error(`no row for ${path}`)
  const { route, params } = match
  const request: Request = {
    id: '',
    namespace: '',
    operation: 'update',
    path,
    data,
    token: undefined,
    wrapTtlSeconds: undefined,
    connection: { remoteAddress: '', remotePort: 0, tls: false },
    headers: {},
    protocol: 'rest',
    signal: undefined,
  }
  const input = (operation: Operation) => inputOf(request, operation, route, params, path, resolved)
  const operation = await settleOperation('update', route, () => input('update'), context)
  const reply = await operationOf(route, operation).handler(input(operation), context)
  return reply?.data ?? {}
}

async function microsOf(rounds: number, work: () => unknown): Promise<number> {
  for (let i = 0; i < rounds / 10; i++) await work()
  const before = process.cpuUsage()
  for (let i = 0; i < rounds; i++) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / rounds
}

/** Beside what the primitive alone costs, called with key objects as Transit calls it. */
async function measure(name: string, rounds: number, work: () => unknown, primitive: () => unknown): Promise<void> {
  const [whole, alone] = [await microsOf(rounds, work), await microsOf(rounds, primitive)]
  const figures = [whole, alone].map((micros) => micros.toFixed(2).padStart(9)).join(' ')
  console.log(`${name.padEnd(40)} ${figures} ${(whole / alone).toFixed(2).padStart(6)}`)
}

await call('keys/plain', {})
await call('keys/derived', { derived: true })
const inContext = { plaintext: PLAINTEXT, context: 'Y3R4' }
const { ciphertext } = await call('encrypt/plain', { plaintext: PLAINTEXT })
const batch = Array.from({ length: 100 }, () => ({ plaintext: PLAINTEXT }))

const plaintext = Buffer.from(PLAINTEXT, 'base64')
const secret = createSecretKey(systemRandom.bytes(32))
const { aead } = aes256Gcm96
if (aead === undefined) throw new Error('AES-GCM encrypts')
const sealed = aead.seal(secret, systemRandom.bytes(12), plaintext, undefined)
const seal = () => aead.seal(secret, systemRandom.bytes(12), plaintext, undefined)
const open = () => aead.open(secret, sealed, undefined)
const twice = () => [open(), seal()]

console.log(`${'microseconds of CPU'.padEnd(40)} ${'whole'.padStart(9)} ${'alone'.padStart(9)} ${'ratio'.padStart(6)}`)
await measure('encrypt 300 bytes', ROUNDS, () => call('encrypt/plain', { plaintext: PLAINTEXT }), seal)
await measure('decrypt 300 bytes', ROUNDS, () => call('decrypt/plain', { ciphertext }), open)
await measure('rewrap 300 bytes', ROUNDS, () => call('rewrap/plain', { ciphertext }), twice)
await measure('encrypt with a derived key', ROUNDS, () => call('encrypt/derived', inContext), seal)
await measure(
  'encrypt a batch of 100',
  ROUNDS / 100,
  () => call('encrypt/plain', { batch_input: batch }),
  () => batch.map(seal),
)

const how = { hash: 'sha2-256', prehashed: false, padding: 'pss', salt: 'auto', encoding: 'der' } as const
for (const algorithm of [ed25519, ecdsaP256, rsa2048]) {
  const { name } = algorithm
  const pair = algorithm.open(await algorithm.generate(systemRandom))
  const signature = await pair.sign?.(plaintext, how, systemRandom)
  if (signature === undefined) throw new Error(`${name} signs`)
  await call(`keys/${name}`, { type: name })
  const made = await call(`sign/${name}`, { input: PLAINTEXT })
  const rounds = name === 'rsa-2048' ? ROUNDS / 100 : ROUNDS / 10
  const signs = () => call(`sign/${name}`, { input: PLAINTEXT })
  await measure(`sign with ${name}`, rounds, signs, () => pair.sign?.(plaintext, how, systemRandom))
  const verifies = () => call(`verify/${name}`, { input: PLAINTEXT, signature: made.signature })
  await measure(`verify with ${name}`, rounds, verifies, () => pair.verify?.(plaintext, signature, how))
}
