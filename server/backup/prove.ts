import type { Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { Entry } from '../../storage/backend.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore, type SealedStore } from '../../storage/sealed-store.ts'
import { random, systemClock } from '../boot/runtime.ts'
import type { Seals } from '../boot/seals.ts'
import { namespaceRows } from '../core/namespaces/record.ts'
import { type Lifecycle, ROOT_NAMESPACE_ID, type UnsealedKeys } from '../seal/lifecycle.ts'
import { SealManager } from '../seal/manager.ts'
import { EntryCheck } from './entry-check.ts'
import { type Examined, entriesOf } from './read-snapshot.ts'
import { publicBytesOf, storedSigningKey } from './signing-key.ts'

/** What opens the vault of a snapshot: shares of its unseal or recovery key, or the service of its seal, or both. */
export interface Opening {
  /** They are zeroed. */
  readonly shares: readonly Buffer[]
  readonly seals: Seals
}

export interface Proof {
  readonly checked: number
  /** The first of those that do not open. */
  readonly damaged: readonly { readonly path: string; readonly problem: string }[]
  readonly damagedCount: number
  /** Entries among those checked that lie in namespaces with shares of their own: nobody can say whether they would open. */
  readonly sealed: number
  /** Whether the key that signed the snapshot is the one that is sealed in it. */
  readonly isOwnKey: boolean
}

const SHOWN_MAX = 100
const SEAL_PREFIX = 'core/'
/** Of namespaces whose removal was under way. */
const DEPARTURES = `ns/${ROOT_NAMESPACE_ID}/${namespaceRows.departures}`
const SIGNING_KEY = 'ns/root/keys/snapshots'
export const QUIET: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Opens the vault of a snapshot in memory, and every entry of it. Throws EgideError when it does not open. */
export async function prove(snapshot: Examined, opening: Opening): Promise<Proof> {
  const seal = await sealOf(snapshot)
  return withKeys(seal, opening, (keys) => proveWith(keys, seal, snapshot))
}

/** What of a snapshot it takes to get at its keys, and to know what they open. */
export async function sealOf(snapshot: Examined): Promise<MemoryBackend> {
  const seal = new MemoryBackend()
  let signingKey: Entry | undefined
  for await (const batch of entriesOf(snapshot)) {
    await load(
      seal,
      batch.filter(({ path }) => path.startsWith(SEAL_PREFIX) || path.startsWith(DEPARTURES)),
    )
    signingKey ??= batch.find(({ path }) => path === SIGNING_KEY)
  }
  if (signingKey !== undefined) await load(seal, [signingKey])
  return seal
}

/** Opens every entry. `seal`: what `sealOf` gave, which these keys are of. */
export async function proveWith(keys: UnsealedKeys, seal: MemoryBackend, snapshot: Examined): Promise<Proof> {
  const check = new EntryCheck(keys, rootStore(seal, keys))
  const damaged: { path: string; problem: string }[] = []
  for await (const batch of entriesOf(snapshot)) {
    for (const entry of batch) {
      const problem = await check.problemOf(entry)
      if (problem !== undefined && damaged.length < SHOWN_MAX) damaged.push({ path: entry.path, problem })
    }
  }
  const isOwnKey = await isSignedByItself(snapshot, seal, keys)
  return { checked: check.checked, damaged, damagedCount: check.damaged, sealed: check.sealed, isOwnKey }
}

function rootStore(backend: MemoryBackend, keys: UnsealedKeys): SealedStore {
  return createStore({ backend, cipher: keys.cipherFor(ROOT_NAMESPACE_ID), prefix: `ns/${ROOT_NAMESPACE_ID}/` })
}

async function isSignedByItself({ meta }: Examined, seal: MemoryBackend, keys: UnsealedKeys): Promise<boolean> {
  const store = rootStore(seal, keys)
  const key = await storedSigningKey(store).catch(() => undefined) // damaged: counted among the entries
  return key !== undefined && publicBytesOf(key).equals(meta.publicKey)
}

/** Runs `work` with the keys of a vault that nothing else of the server works on. */
export async function withKeys<T>(
  backend: MemoryBackend,
  { shares, seals }: Opening,
  work: (keys: UnsealedKeys) => Promise<T>,
): Promise<T> {
  const keyHolder = new KeyHolder()
  const seal = new SealManager({ backend, clock: systemClock, random, log: QUIET, lifecycle: keyHolder, ...seals })
  try {
    if (shares.length === 0) await seal.start()
    else for (const share of shares) if ((await seal.status()).sealed) await seal.unseal(share)
    const { keys } = keyHolder
    if (keys !== undefined) return await work(keys)
    const { progress, threshold } = await seal.status()
    throw new EgideError(
      'sealed',
      `the vault of the snapshot is still sealed: ${progress} of ${threshold} shares given`,
    )
  } finally {
    await seal.seal()
  }
}

export async function load(backend: MemoryBackend, entries: readonly Entry[]): Promise<void> {
  if (entries.length > 0) await backend.commit([{ reads: [], lists: [], writes: entries }])
}

/** Takes the keys, and opens nothing. */
class KeyHolder implements Lifecycle {
  readonly rootTokenLength = 0
  keys: UnsealedKeys | undefined

  async open(keys: UnsealedKeys): Promise<void> {
    this.keys = keys
  }

  async close(): Promise<void> {
    this.keys = undefined
  }

  initialise(): Promise<void> {
    throw new EgideError('internal', 'a snapshot is initialised')
  }

  createRootToken(): Promise<string> {
    throw new EgideError('internal', 'a snapshot gives no tokens')
  }

  revokeRootToken(): Promise<void> {
    throw new EgideError('internal', 'a snapshot has no tokens')
  }
}
