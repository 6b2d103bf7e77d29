import type { TSchema } from 'typebox'
import type { Awaitable } from '../storage/backend.ts'
import type { Page, Store } from '../storage/store.ts'
import type { AuthRole } from './auth-role.ts'
import type { Fields, Values } from './field.ts'
import type { Figure } from './figure.ts'
import type { IdentityView } from './identity-view.ts'
import type { LockoutRules } from './lockout.ts'
import type { AuthGrant, Reply, TokenType } from './reply.ts'
import type { Threads } from './threads.ts'

/**
 * What an engine or auth method is: a table of routes over a private, encrypted store. Dispatch, validation, OpenAPI,
 * path-help, the SDK and the parity check all come out of that table.
 */

export type { Figure } from './figure.ts'
export type {
  AuthAlias,
  AuthGrant,
  IssuedAuth,
  IssuedLease,
  LeaseGrant,
  RawReply,
  Reply,
  ReplyEvent,
  TokenType,
  WrapInfo,
} from './reply.ts'

export type Operation = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'scan' | 'help'

/** Wall time, injected so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** Randomness, injected so that tests can repeat it. */
export interface Random {
  /** Cryptographically strong bytes, the caller's own. */
  bytes(count: number): Buffer
  /** RFC 9562 version 4, lower case. */
  uuid(): string
}

/** Structured log; `fields` never hold secrets. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** A namespace as others refer to it. */
export interface NamespaceRef {
  readonly id: string
  /** '' for the root namespace, else ending in '/'. */
  readonly path: string
}

/** The client's connection; behind a trusted proxy, that of the client which the proxy names. */
export interface Connection {
  /** Address of the peer ('' over a Unix socket). */
  readonly remoteAddress: string
  readonly remotePort: number
  readonly tls: boolean
  /**
   * The certificates that the client presented, in DER, its own first; empty where it presented none. TLS has proved that the
   * client has the key of the first. The chain is not verified: whoever uses it does that. A function, as few requests need
   * it. Absent: the connection is not over TLS.
   */
  readonly peerChain?: () => readonly Uint8Array[]
}

/** Who makes a request: what of a token an engine may know. */
export interface Caller {
  readonly accessor: string
  readonly displayName: string
  /** Keyed hash of the token; identifies it without revealing it. */
  readonly tokenHash: string
  /** The token's own. */
  readonly policies: readonly string[]
  /** What the token has of the entity that it belongs to, and of that one's groups. */
  readonly identityPolicies: readonly string[]
  readonly meta: Readonly<Record<string, string>> | null
  /** '': the token belongs to no entity. */
  readonly entityId: string
  /** What templates may know of that entity (see identity-template.ts). Absent: the token belongs to no entity. */
  readonly identity?: IdentityView | undefined
  readonly isRoot: boolean
  readonly type: TokenType
  /** Path that made the token, such as auth/token/create, and when that was, in milliseconds since the epoch. */
  readonly path: string
  readonly tokenIssueTimeMs: number
  /** Id of the namespace above that the token is of; absent: it is of the namespace that is asked. */
  readonly from?: string | undefined
}

export interface EngineRequest<F extends Fields = Fields> {
  readonly id: string
  readonly operation: Operation
  /** Relative to the mount. */
  readonly path: string
  /** Parsed fields, the path's parameters among them. */
  readonly fields: Values<F>
  /** Whether the caller sent the field (a field with a default is otherwise indistinguishable). */
  has(name: keyof F & string): boolean
  /** The body or query as it came, for engines that store what they are given. Numbers may be JSON.rawJSON values. */
  readonly data: Readonly<Record<string, unknown>>
  /** Absent on unauthenticated routes when the caller sent no valid token. */
  readonly caller: Caller | undefined
  /** The token itself as sent, for routes about the caller's own token; engines that need it are under `server/auth` and `system`. */
  readonly token: string | undefined
  readonly connection: Connection
  /** Lower-case names; only those of the row and those that the mount passes through, and for `system` all but the token. */
  readonly headers: Readonly<Record<string, string>>
  /** The caller wants the reply wrapped, in a token that is good for so long. Undefined: it does not. */
  readonly wrapTtlSeconds: number | undefined
  /** Whether the caller's policies give `sudo` on this path. */
  readonly sudo: boolean
  /** Aborted when the client went away or the deadline passed. */
  readonly signal: AbortSignal | undefined
  /** Of an operation that streams it, as it comes; to be read once. Absent: there is none. */
  readonly body: AsyncIterable<Uint8Array> | undefined
}

/** Mount settings that an engine may see. Durations are seconds. */
export interface MountRef {
  /** Ends in '/', relative to the namespace; auth mounts start with 'auth/'. */
  readonly path: string
  readonly accessor: string
  readonly uuid: string
  readonly type: string
  readonly options: Readonly<Record<string, string>>
  readonly defaultLeaseTtlSeconds: number
  readonly maxLeaseTtlSeconds: number
  /** Of methods that lock users out; absent: the default. */
  readonly lockout?: LockoutRules | undefined
}

/** Everything an engine gets. `S` is what only `system` and the token method need of the server; engines have none. */
export interface EngineContext<S = unknown> extends Threads {
  readonly store: Store
  readonly namespace: NamespaceRef
  /** The current settings: read it at each use, tuning changes it. */
  readonly mount: MountRef
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly services: S
}

export interface LeaseHandlers<S = unknown> {
  /** Must succeed when called again after a crash. */
  revoke(internal: Readonly<Record<string, unknown>>, context: EngineContext<S>): Promise<void>
  /** May refuse by throwing, or shorten. Absent: renewal only extends the lease. */
  renew?(
    internal: Readonly<Record<string, unknown>>,
    incrementSeconds: number,
    context: EngineContext<S>,
  ): Promise<{ ttlSeconds: number }>
}

/** Of an auth method that locks out users who fail to log in. */
export interface LockoutHandlers<S = unknown> {
  /** Names of the users who are locked out now, in byte order. */
  locked(context: EngineContext<S>): Promise<readonly string[]>
  /** `alias`: a name as `locked` gives it. Succeeds also when that user is not locked out. */
  unlock(alias: string, context: EngineContext<S>): Promise<void>
}

export type Handler<F extends Fields, S> = (
  request: EngineRequest<F>,
  context: EngineContext<S>,
) => Awaitable<Reply | undefined>

/** Who may call: any valid token that policy allows; that and `sudo`; anybody. */
export type Access = 'token' | 'sudo' | 'none'

export interface OperationSpec<F extends Fields = Fields, S = unknown> {
  readonly handler: Handler<F, S>
  readonly summary?: string
  readonly returns?: TSchema
  readonly access?: Access
  /** Changes nothing, though it is not a read (encrypt, verify, lookup): its audit record is only awaited before the reply. */
  readonly pure?: boolean
  /** The body is no JSON: the handler reads it as `request.body`, however long that takes. */
  readonly streamsBody?: boolean
  /** What each event is, where the field `watch` makes the operation answer with events. */
  readonly events?: TSchema
}

type Operations<F extends Fields, S> = {
  readonly [K in Exclude<Operation, 'help'>]?: Handler<F, S> | OperationSpec<F, S>
}

export interface RouteSpec<F extends Fields, S> {
  readonly summary: string
  readonly description?: string
  readonly fields: F
  readonly operations: Operations<F, S>
  /** POST and PUT are `create` when this says no, else `update`. Absent: always `update`. */
  readonly exists?: (request: EngineRequest<F>, context: EngineContext<S>) => Awaitable<boolean>
  /** Schema of `data` in the reply, unless an operation has its own. */
  readonly returns?: TSchema
  /** Default 'token'. */
  readonly access?: Access
  /** What a caller without a valid token is told, as `invalid_request`; absent: that permission is denied. */
  readonly badToken?: string
  /** Fields of request and reply that stand in clear in the audit log; everything else is hashed. */
  readonly auditClear?: readonly string[]
  /** Lower-case names of request headers that the handlers look at, whatever the mount passes through. */
  readonly headers?: readonly string[]
  /** Answered while sealed or uninitialised (status, health, init, unseal and their kin only). */
  readonly whileSealed?: boolean
  /** The body is stored or used as it is: unknown keys are not warned about. */
  readonly freeForm?: boolean
  /** Kept out of OpenAPI: an alias of another row. */
  readonly hidden?: boolean
  /** Whether it is read and deleted also where a '/' ends the path, as in peers. Default: where it lists, or ends in a rest. */
  readonly closingSlash?: boolean
}

/** A row of an engine's table. */
export interface Route<S = unknown> {
  /** Segments: literal, `:name` (one segment), and as a segment of its own `:name*` (one or more segments) or `:name**` (none or more). */
  readonly pattern: string
  readonly summary: string
  readonly description: string
  readonly fields: Fields
  /** Parameters of the pattern whose case means nothing. */
  readonly anyCase: readonly string[]
  readonly operations: { readonly [K in Exclude<Operation, 'help'>]?: OperationSpec<Fields, S> }
  readonly exists: ((request: EngineRequest, context: EngineContext<S>) => Awaitable<boolean>) | undefined
  readonly returns: TSchema | undefined
  readonly access: Access
  readonly badToken: string | undefined
  readonly auditClear: readonly string[]
  readonly headers: readonly string[]
  readonly whileSealed: boolean
  readonly freeForm: boolean
  readonly hidden: boolean
  readonly closingSlash: boolean | undefined
}

/**
 * Declares a row. A `:name*` parameter takes the rest of the path. A literal segment is more specific than `:name`, that
 * more than `:name*`; two rows where neither is more specific and one path fits both fail the start.
 */
export function route<F extends Fields, S = unknown>(pattern: string, spec: RouteSpec<F, S>): Route<S> {
  const operations: Record<string, OperationSpec<F, S>> = {}
  for (const [operation, entry] of Object.entries(spec.operations)) {
    if (entry !== undefined) operations[operation] = typeof entry === 'function' ? { handler: entry } : entry
  }
  const row = {
    pattern,
    summary: spec.summary,
    description: spec.description ?? '',
    fields: spec.fields,
    anyCase: parametersOf(pattern).filter((name) => spec.fields[name]?.anyCase === true),
    operations,
    exists: spec.exists,
    returns: spec.returns,
    access: spec.access ?? 'token',
    badToken: spec.badToken,
    auditClear: spec.auditClear ?? [],
    headers: spec.headers ?? [],
    whileSealed: spec.whileSealed ?? false,
    freeForm: spec.freeForm ?? false,
    hidden: spec.hidden ?? false,
    closingSlash: spec.closingSlash,
  }
  // The table forgets which fields a row has; the pipeline hands each handler exactly the fields its row declares.
  return row as unknown as Route<S>
}

/** The parameters of a pattern, in order. */
export const parametersOf = (pattern: string): readonly string[] =>
  [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')

/** The roles or users of an auth method, for what looks at them without knowing the method: quotas, MFA, policy holders. */
export interface AuthRoles<S> {
  /** In byte order. */
  names(page: Page, context: EngineContext<S>): Promise<readonly string[]>
  /** Undefined: there is none of this name, in any spelling that the method takes for it. */
  get(name: string, context: EngineContext<S>): Promise<AuthRole | undefined>
}

/** What an engine or auth method consists of: its table of routes, and what the server calls beside requests. */
export interface Engine<S = unknown> {
  readonly type: string
  readonly kind: 'secret' | 'auth'
  readonly description: string
  /** The rows, or for an engine with variants (KV 1, 2, flat) the rows for these mount options. Called once per mount and option change. */
  readonly routes: readonly Route<S>[] | ((options: Readonly<Record<string, string>>) => readonly Route<S>[])
  /** Runs once in each unseal and when mounted, before the first request. */
  readonly open?: (context: EngineContext<S>) => Promise<void>
  /**
   * Runs on one node: about once a minute in root, about every quarter of an hour in namespaces below it. By name, for the log:
   * a piece that fails holds up none of the others.
   */
  readonly periodic?: Readonly<Record<string, (context: EngineContext<S>) => Promise<void>>>
  /** What metrics show of a mount in the root namespace. Asked each time they are read, so it must be there already. */
  readonly figures?: (context: EngineContext<S>) => Promise<readonly Figure[]>
  readonly leases?: Readonly<Record<string, LeaseHandlers<S>>>
  readonly lockouts?: LockoutHandlers<S>
  /** Of auth methods that have any. */
  readonly roles?: AuthRoles<S>
  /** Auth methods: may refuse a renewal by throwing, or change its terms. `connection` is that of whoever renews. */
  readonly renewAuth?: (
    internal: Readonly<Record<string, unknown>>,
    context: EngineContext<S>,
    connection: Connection,
  ) => Promise<Partial<AuthGrant>>
  /** Auth methods whose logins may do without naming their role in a field `role`: which it is, in small letters, for quotas. Undefined: none. */
  readonly loginRole?: (login: LoginAttempt, context: EngineContext<S>) => Promise<string | undefined>
}

/** A login as it was sent: nothing of it has been checked. */
export interface LoginAttempt {
  readonly data: Readonly<Record<string, unknown>>
  readonly connection: Connection
}

/** Declares an engine; a function so that its context's type is inferred in one place. */
export function engine<S = unknown>(spec: Engine<S>): Engine<S> {
  return spec
}
