import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { field } from '../../../engines/field.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import { json } from '../../../storage/codec.ts'
import { outgoingFetch } from '../jwks/outgoing-fetch.ts'
import type { Certificate } from './certificate.ts'
import { readRevocationList } from './crl.ts'

/** `auth/cert/crls`: https://openbao.org/api-docs/auth/cert/#create-crl */

/** As stored. */
interface StoredList {
  /** Decimal. */
  readonly serials: readonly string[]
  /** Where it comes from; absent: it was given. */
  readonly source?: {
    readonly url: string
    /** 0: it doesn't say. */
    readonly nextUpdateMs: number
    readonly fetchedMs: number
  }
}

const CRLS = 'crls/'
const codec = json<StoredList>()
const keyOf = (name: string): string => CRLS + name.toLowerCase()

/** The largest list that is fetched. */
const CRL_MAX_BYTES = 16 * 1024 * 1024
/** A list is fetched anew after this long, though it says that it is good for longer. */
const REFRESH_MS = 60 * 60_000

const fetchList = outgoingFetch({ caPem: '', serverNames: [] }, { replyMaxBytes: CRL_MAX_BYTES })

const fields = {
  name: field.name({ anyCase: true, required: true, description: 'Name of the list; its case does not matter' }),
  crl: field.text({ description: 'The list, PEM' }),
  url: field.text({ description: 'URL that the list is fetched from, and fetched again about once an hour' }),
}
type CrlRequest = EngineRequest<typeof fields>

export const crls = route('crls', {
  summary: 'List the names of revocation lists',
  fields: pageFields,
  operations: { list: async ({ fields }, { store }) => listed(await store.list(CRLS, pageOf(fields))) },
})

export const crl = route('crls/:name', {
  summary: 'A list of certificates that let nobody in any more',
  fields,
  operations: { update: write, read, delete: remove },
})

async function read({ fields }: CrlRequest, { store }: EngineContext): Promise<Reply> {
  const found = await store.get(keyOf(fields.name), codec)
  if (found === undefined) throw invalid(`no such CRL ${fields.name.toLowerCase()}`)
  const { serials, source } = found
  return {
    data: {
      ...(serials.length > 0 && { serials: Object.fromEntries(serials.map((serial) => [serial, {}])) }),
      ...(source !== undefined && {
        cdp: { url: source.url, valid_until: untilOf(source.nextUpdateMs) },
      }),
    },
  }
}

/** Zero time is what Vault shows where there is none. */
const untilOf = (ms: number): string => (ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString())

async function remove({ fields }: CrlRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction(async (tx) => {
    if ((await tx.get(keyOf(fields.name), codec)) === undefined)
      throw invalid(`no such CRL ${fields.name.toLowerCase()}`)
    tx.delete(keyOf(fields.name))
  })
}

async function write({ fields }: CrlRequest, context: EngineContext): Promise<undefined> {
  const list = await listFrom(fields, context)
  await context.store.transaction(async (tx) => tx.put(keyOf(fields.name), list, codec))
}

async function listFrom({ crl: given, url }: CrlRequest['fields'], context: EngineContext): Promise<StoredList> {
  if (given !== undefined) {
    try {
      return { serials: readRevocationList(given).serials }
    } catch {
      throw invalid('failed to parse CRL')
    }
  }
  if (url === undefined) throw invalid("one of 'crl' or 'url' must be provided")
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw invalid('invalid CRL url')
  try {
    return await fetched(url, context)
  } catch (error) {
    context.log.warn({ reason: reasonOf(error) }, 'a revocation list cannot be fetched')
    throw invalid('the CRL cannot be fetched from its url')
  }
}

async function fetched(url: string, { clock }: EngineContext): Promise<StoredList> {
  const reply = await fetchList(url)
  if (reply.status !== 200) throw new Error(`it was answered with ${reply.status}`)
  const bytes = Buffer.from(await reply.arrayBuffer())
  const isPem = bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('-----')
  const { serials, nextUpdateMs = 0 } = readRevocationList(isPem ? bytes.toString('latin1') : bytes)
  return { serials, source: { url, nextUpdateMs, fetchedMs: clock.now() } }
}

/** Ours: they name hosts and statuses, and nothing of what came. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Lists that are fetched at one time: a server that does not answer takes ten seconds, and other work of the node waits. */
const AT_ONCE = 8

/** Fetches lists that are due again. One that can't be had stays as it was, and is tried again in a minute. */
export async function refreshLists(context: EngineContext): Promise<void> {
  const names = await context.store.list(CRLS)
  for (let at = 0; at < names.length; at += AT_ONCE) {
    await Promise.all(names.slice(at, at + AT_ONCE).map((name) => refresh(name, context)))
  }
}

async function refresh(name: string, context: EngineContext): Promise<void> {
  const { store, clock, log } = context
  const before = await store.get(CRLS + name, codec)
  if (before?.source === undefined) return
  const { url, nextUpdateMs, fetchedMs } = before.source
  const dueMs = nextUpdateMs === 0 ? fetchedMs + REFRESH_MS : Math.min(nextUpdateMs, fetchedMs + REFRESH_MS)
  if (clock.now() < dueMs) return
  try {
    const list = await fetched(url, context)
    await store.transaction(async (tx) => {
      // Somebody may have removed it, named another, or fetched a newer one, while it was fetched.
      const there = (await tx.get(CRLS + name, codec))?.source
      if (there?.url === url && there.fetchedMs === fetchedMs) tx.put(CRLS + name, list, codec)
    })
  } catch (error) {
    log.warn({ crl: name, reason: reasonOf(error) }, 'a revocation list cannot be fetched; the last one stays in use')
  }
}

/** Made once per document: documents are shared and never changed. */
const sets = new WeakMap<StoredList, ReadonlySet<string>>()

function serialsOf(list: StoredList): ReadonlySet<string> {
  const known = sets.get(list)
  if (known !== undefined) return known
  const made = new Set(list.serials)
  sets.set(list, made)
  return made
}

/** Tells of a chain whether a list of the mount revokes one of its certificates. Lists are matched by number alone. */
export async function revocations({ store }: EngineContext): Promise<(chain: readonly Certificate[]) => boolean> {
  const lists: ReadonlySet<string>[] = []
  for (const name of await store.list(CRLS)) {
    const list = await store.get(CRLS + name, codec)
    if (list !== undefined) lists.push(serialsOf(list))
  }
  return (chain) => chain.some(({ serial }) => lists.some((serials) => serials.has(serial)))
}
