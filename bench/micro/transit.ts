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

async function measure(name: string, rounds: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < rounds / 10; i++) await work()
  const before = process.cpuUsage()
  for (let i = 0; i < rounds; i++) await work()
  const { user, system } = process.cpuUsage(before)
  console.log(`${name.padEnd(44)} ${((user + system) / rounds).toFixed(2).padStart(8)} µs`)
}

await call('keys/plain', {})
await call('keys/derived', { derived: true })
const inContext = { plaintext: PLAINTEXT, context: 'Y3R4' }
const { ciphertext } = await call('encrypt/plain', { plaintext: PLAINTEXT })
const batch = Array.from({ length: 100 }, () => ({ plaintext: PLAINTEXT }))

await measure('encrypt 300 bytes', ROUNDS, () => call('encrypt/plain', { plaintext: PLAINTEXT }))
await measure('decrypt 300 bytes', ROUNDS, () => call('decrypt/plain', { ciphertext }))
await measure('rewrap 300 bytes', ROUNDS, () => call('rewrap/plain', { ciphertext }))
await measure('encrypt 300 bytes with a derived key', ROUNDS, () => call('encrypt/derived', inContext))
await measure('encrypt a batch of 100 times 300 bytes', ROUNDS / 100, () =>
  call('encrypt/plain', { batch_input: batch }),
)
