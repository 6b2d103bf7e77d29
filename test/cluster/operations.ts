import { performance } from 'node:perf_hooks'
import { at, type CallOptions, type Reply } from '../harness/http.ts'
import type { Node } from './nemesis.ts'

/** One operation as its client saw it, in the form that the checker reads. */
export interface Operation {
  readonly history: number
  /** What it is about: operations on different parts are independent. */
  readonly part: string
  readonly kind: 'register' | 'folder' | 'token'
  readonly client: number
  /** Microseconds of this process's clock; until -1: nobody knows whether and when it was done. */
  readonly from: number
  readonly until: number
  readonly do: string
  readonly name?: string
  readonly value?: string
  readonly cas?: number
  readonly ok?: boolean
  readonly found?: string
  readonly version?: number
  readonly names?: readonly string[]
}

/** What a client wants done. */
export interface Wish {
  readonly kind: Operation['kind']
  readonly part: string
  readonly do: 'read' | 'write' | 'cas' | 'delete' | 'list' | 'use' | 'revoke'
  readonly name?: string
  readonly value?: string
  readonly cas?: number
  /** The token that is used or revoked. */
  readonly token?: string
}

type Outcome = Pick<Operation, 'ok' | 'found' | 'version' | 'names'>

interface Way {
  readonly method: string
  readonly path: string
  readonly options?: CallOptions
  /** Undefined: the answer is none that this request can have. */
  readonly outcome: (reply: Reply) => Outcome | undefined
}

const TIMEOUT_MS = 15_000
const REFUSED = new Set(['ECONNREFUSED', 'ENOENT'])

const micros = (): number => Math.round(performance.now() * 1000)

/** How often operations ended so, over all histories. */
export interface Tally {
  done: number
  refused: number
  unknown: number
}

/**
 * Does it on one node. Undefined when it was certainly not done, or when it only looked and got no answer. Throws for
 * an answer that no fault explains.
 */
export async function perform(
  wish: Wish,
  { server, workers }: Node,
  where: { readonly history: number; readonly client: number },
  tally: Tally,
): Promise<Operation | undefined> {
  const way = wayOf(wish)
  const from = micros()
  const { history, client } = where
  const { kind, part, name, value, cas } = wish
  const seen = { history, part, kind, client, from, do: wish.do, name, value, cas } as Operation
  // A new one goes to the next worker.
  const connection = workers > 1 ? { headers: { connection: 'close' } } : {}
  let reply: Reply | undefined
  try {
    reply = await server.call(way.method, way.path, { timeoutMs: TIMEOUT_MS, ...connection, ...way.options })
  } catch (error) {
    if (REFUSED.has((error as NodeJS.ErrnoException).code ?? '')) {
      tally.refused++
      return undefined
    }
  }
  const until = micros()
  // What is one transaction, and was refused, must not have been done. To revoke takes several. Nobody seals a vault here:
  // what answers so was sealed before, as it starts.
  const refusal = wish.kind === 'token' ? /Vault is sealed/ : /Vault is sealed|storage is unavailable/
  if (reply?.status === 503 && refusal.test(reply.text)) {
    tally.refused++
    return undefined
  }
  const isLook = wish.do === 'read' || wish.do === 'list' || wish.do === 'use'
  if (reply === undefined || reply.status === 503) {
    tally.unknown++
    return isLook ? undefined : { ...seen, until: -1 }
  }
  const outcome = way.outcome(reply)
  if (outcome === undefined) throw new Error(`${way.method} ${way.path}: ${reply.status} ${reply.text}`)
  tally.done++
  return { ...seen, until, ...outcome }
}

function wayOf(wish: Wish): Way {
  if (wish.kind === 'register') return registerWay(wish)
  if (wish.kind === 'folder') return folderWay(wish)
  const { token = '' } = wish
  if (wish.do === 'use') {
    const ok = (status: number) => (status === 200 || status === 403 ? { ok: status === 200 } : undefined)
    return { method: 'GET', path: 'auth/token/lookup-self', options: { token }, outcome: ({ status }) => ok(status) }
  }
  const revoked = ({ status }: Reply) => (status === 204 ? { ok: true } : undefined)
  return { method: 'POST', path: 'auth/token/revoke', options: { body: { token } }, outcome: revoked }
}

function registerWay({ do: what, part, value, cas }: Wish): Way {
  const path = `secret/data/${part}`
  if (what === 'delete') {
    return { method: 'DELETE', path, outcome: ({ status }) => (status === 204 ? { ok: true } : undefined) }
  }
  if (what === 'read') {
    return {
      method: 'GET',
      path,
      outcome({ status, body }) {
        if (status === 404) return { ok: false }
        const version = Number(at(body, 'data', 'metadata', 'version'))
        return status === 200 ? { ok: true, found: String(at(body, 'data', 'data', 'value')), version } : undefined
      },
    }
  }
  const options = cas === undefined ? {} : { options: { cas } }
  return {
    method: 'PUT',
    path,
    options: { body: { data: { value }, ...options } },
    outcome({ status, body }) {
      if (status === 400 && cas !== undefined) return { ok: false }
      return status === 200 ? { ok: true, version: Number(at(body, 'data', 'version')) } : undefined
    },
  }
}

function folderWay({ do: what, part, name, value }: Wish): Way {
  const path = `plain/${part}/${name}`
  const done = ({ status }: Reply) => (status === 204 ? { ok: true } : undefined)
  if (what === 'write') return { method: 'PUT', path, options: { body: { value } }, outcome: done }
  if (what === 'delete') return { method: 'DELETE', path, outcome: done }
  if (what === 'list') {
    return {
      method: 'LIST',
      path: `plain/${part}`,
      outcome({ status, body }) {
        if (status === 404) return { names: [] }
        return status === 200 ? { names: at(body, 'data', 'keys') as string[] } : undefined
      },
    }
  }
  return {
    method: 'GET',
    path,
    outcome({ status, body }) {
      if (status === 404) return { ok: false }
      return status === 200 ? { ok: true, found: String(at(body, 'data', 'value')) } : undefined
    },
  }
}
