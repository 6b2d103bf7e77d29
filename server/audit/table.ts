import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Random } from '../../engines/engine.ts'
import { invalid } from '../../engines/errors.ts'
import type { AuditDeviceInfo, AuditDeviceSpec } from '../../engines/system/services/audit.ts'
import type { Awaitable, Revision } from '../../storage/backend.ts'
import { document, json } from '../../storage/codec.ts'
import type { Store, Tx } from '../../storage/store.ts'
import { keyId } from './streams/checkpoint.ts'
import type { EvidenceKeeper, StoredCheckpoint } from './streams/evidence.ts'
import type { StreamKeys } from './streams/stream.ts'

/** A row of the device table. */
export interface DeviceEntry extends AuditDeviceInfo {
  readonly id: string
  /** 32 bytes: what values are hashed with. */
  readonly salt: Buffer
  /** 32 bytes: what lines are chained with. */
  readonly chainKey: Buffer
  /** Ed25519, PKCS #8 in DER. */
  readonly signingKey: Buffer
  /** The config file says that it exists. */
  readonly declared: boolean
}

export type HeaderTable = Readonly<Record<string, { readonly hmac: boolean }>>

const DEVICES = 'devices/'
const STREAMS = 'streams/'
const HEADERS = 'headers'
/** Rewritten with every change of devices or headers: its revision says by one read whether there was one. */
const EPOCH = 'epoch'
const deviceCodec = document<DeviceEntry>()
const streamCodec = json<StoredCheckpoint>()
const headersCodec = json<HeaderTable>()
const epochCodec = json<Record<never, never>>()

/** A device with new keys of its own. */
export function newEntry(
  path: string,
  spec: AuditDeviceSpec & Pick<DeviceEntry, 'declared'>,
  random: Random,
): DeviceEntry {
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    ...spec,
    path,
    id: random.uuid(),
    salt: random.bytes(32),
    chainKey: random.bytes(32),
    signingKey: privateKey.export({ type: 'pkcs8', format: 'der' }),
  }
}

export function streamKeys(entry: DeviceEntry): StreamKeys {
  const signing = createPrivateKey({ key: entry.signingKey, format: 'der', type: 'pkcs8' })
  const verifying: KeyObject = createPublicKey(signing)
  return { chain: entry.chainKey, signing, verifying, keyId: keyId(verifying) }
}

/** A path as it is stored and shown: with its '/' at the end. Throws for one that can't be. */
export function devicePath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '')
  if (trimmed === '') throw invalid('backend path must be specified')
  if (trimmed.length > 256 || trimmed.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw invalid('invalid path of an audit device')
  return `${trimmed}/`
}

/** What the audit log keeps in storage. */
export class AuditTable {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  refresh(): Promise<void> {
    return this.#store.refresh()
  }

  /** The revision of the last change of devices or headers. */
  epoch(): Awaitable<Revision> {
    const entry = this.#store.entry(EPOCH, epochCodec)
    return entry instanceof Promise ? entry.then((late) => late?.revision ?? 0) : (entry?.revision ?? 0)
  }

  async #change(change: (tx: Tx) => Promise<void>): Promise<void> {
    await this.#store.transaction(async (tx) => {
      await change(tx)
      tx.put(EPOCH, {}, epochCodec)
    })
  }

  /** In the order of their paths. */
  async devices(): Promise<readonly DeviceEntry[]> {
    const names = await this.#store.list(DEVICES)
    const found = await Promise.all(names.map((name) => this.#store.get(DEVICES + name, deviceCodec)))
    return found.filter((entry) => entry !== undefined)
  }

  device(path: string): Awaitable<DeviceEntry | undefined> {
    return this.#store.get(nameOf(path), deviceCodec)
  }

  /** Throws `path already in use` for the path of another device, one above it, and one below it. */
  async add(entry: DeviceEntry): Promise<void> {
    await this.#change(async (tx) => {
      for (const name of await tx.list(DEVICES)) refuseOverlap(decodeURIComponent(name), entry.path)
      tx.put(nameOf(entry.path), entry, deviceCodec)
    })
  }

  async replace(entry: DeviceEntry): Promise<void> {
    await this.#change(async (tx) => tx.put(nameOf(entry.path), entry, deviceCodec))
  }

  async remove(entry: DeviceEntry): Promise<void> {
    await this.#change(async (tx) => {
      const found = await tx.get(nameOf(entry.path), deviceCodec)
      if (found?.id === entry.id) tx.delete(nameOf(entry.path))
      for (const name of await tx.list(`${STREAMS}${entry.id}/`)) tx.delete(`${STREAMS}${entry.id}/${name}`)
    })
  }

  async headers(): Promise<HeaderTable> {
    return (await this.#store.get(HEADERS, headersCodec)) ?? {}
  }

  async changeHeaders(change: (headers: Record<string, { readonly hmac: boolean }>) => void): Promise<void> {
    await this.#change(async (tx) => {
      const headers = { ...(await tx.get(HEADERS, headersCodec)) }
      change(headers)
      tx.put(HEADERS, headers, headersCodec)
    })
  }

  /** The newest checkpoints of all nodes' streams on a device. */
  async streams(id: string): Promise<readonly StoredCheckpoint[]> {
    const names = await this.#store.list(`${STREAMS}${id}/`)
    const found = await Promise.all(names.map((name) => this.#store.get(`${STREAMS}${id}/${name}`, streamCodec)))
    return found.filter((stored) => stored !== undefined)
  }

  /** Where one node's newest checkpoint on a device is kept. */
  keeper(id: string, node: string): EvidenceKeeper {
    const path = `${STREAMS}${id}/${encodeURIComponent(node)}`
    return {
      load: async () => this.#store.get(path, streamCodec),
      save: (stored) => this.#store.transaction(async (tx) => tx.put(path, stored, streamCodec)),
    }
  }
}

const nameOf = (path: string): string => DEVICES + encodeURIComponent(path)

function refuseOverlap(existing: string, path: string): void {
  if (existing.startsWith(path) || path.startsWith(existing)) throw invalid('path already in use')
}
