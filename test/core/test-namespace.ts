import { cubbyhole } from '../../engines/cubbyhole/index.ts'
import { type Engine, engine, type LeaseGrant, type Log, type Operation, route } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import { identity } from '../../engines/identity/index.ts'
import { kms } from '../../engines/kms/index.ts'
import { kv } from '../../engines/kv/index.ts'
import { leaseRoutes } from '../../engines/system/leases/index.ts'
import { mfaRoutes } from '../../engines/system/mfa/index.ts'
import { mountRoutes } from '../../engines/system/mounts/index.ts'
import { namespaceRoutes } from '../../engines/system/namespaces/index.ts'
import { policyRoutes } from '../../engines/system/policies/index.ts'
import { quotaRoutes } from '../../engines/system/quotas/index.ts'
import { roleRoutes } from '../../engines/system/roles/index.ts'
import type { LeaseServices } from '../../engines/system/services/leases.ts'
import type { MfaServices } from '../../engines/system/services/mfa.ts'
import type { MountServices } from '../../engines/system/services/mounts.ts'
import type { NamespaceServices } from '../../engines/system/services/namespaces.ts'
import type { PolicyServices } from '../../engines/system/services/policies.ts'
import type { QuotaServices } from '../../engines/system/services/quotas.ts'
import type { RoleServices } from '../../engines/system/services/roles.ts'
import type { WrappingServices } from '../../engines/system/services/wrapping.ts'
import { wrappingRoutes } from '../../engines/system/wrapping/index.ts'
import { transit } from '../../engines/transit/index.ts'
import type { AuditBroker } from '../../server/audit/log.ts'
import type { OutgoingFetch } from '../../server/auth/jwks/outgoing-fetch.ts'
import { token as tokenMethod } from '../../server/auth/token/index.ts'
import type { AuditLog } from '../../server/core/audit-port.ts'
import { UNOBSERVED } from '../../server/core/life-events.ts'
import { Namespace } from '../../server/core/namespace.ts'
import { type NamespaceOwnParts, Namespaces } from '../../server/core/namespaces/namespaces.ts'
import type { Response } from '../../server/core/request.ts'
import type { Backend } from '../../storage/backend.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import type { Cipher } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import { TestClock, TestRandom } from '../harness/rows.ts'
import { door } from './door.ts'
import { testFactors } from './factors.ts'
import { TestKeys } from './test-keys.ts'

/**
 * A namespace as the server runs it, over a store in memory: tokens, policies, mounts, leases, wrapping and the pipeline
 * are the real ones, with the test's clock. The audit log is the test's: without one everything passes.
 */

type Services = LeaseServices &
  MfaServices &
  MountServices &
  NamespaceServices &
  PolicyServices &
  QuotaServices &
  RoleServices &
  WrappingServices

const system = engine<Services>({
  type: 'system',
  kind: 'secret',
  description: 'the rows under test',
  routes: [
    ...leaseRoutes,
    ...mfaRoutes,
    ...mountRoutes,
    ...namespaceRoutes,
    ...policyRoutes,
    ...quotaRoutes,
    ...roleRoutes,
    ...wrappingRoutes,
  ] as Engine<Services>['routes'] & object,
})

/** What the credentials engine has given out and not taken back, and how it is told to fail. */
export class Credentials {
  readonly out = new Set<string>()
  isFailing = false
  revocations = 0
  renewals = 0
  #made = 0
  grant: Partial<LeaseGrant> = {}
  /** Runs while a secret is made, and while one is revoked. */
  whileMaking: () => Promise<unknown> = async () => undefined
  whileRevoking: () => Promise<unknown> = async () => undefined

  readonly engine = engine({
    type: 'creds',
    kind: 'secret',
    description: 'credentials with a lease',
    routes: [
      route('user', {
        summary: 'A user',
        fields: {},
        operations: {
          read: async () => {
            const user = `user-${++this.#made}`
            this.out.add(user)
            await this.whileMaking()
            const internal = { user }
            const lease = {
              type: 'user',
              ttlSeconds: 600,
              maxTtlSeconds: 3600,
              renewable: true,
              internal,
              ...this.grant,
            }
            return { data: { user }, lease }
          },
        },
      }),
    ],
    leases: {
      user: {
        revoke: async (internal) => {
          this.revocations++
          await this.whileRevoking()
          if (this.isFailing) throw new Error('the other side is gone')
          this.out.delete(String(internal.user))
        },
        renew: async (_internal, incrementSeconds) => {
          this.renewals++
          return { ttlSeconds: incrementSeconds }
        },
      },
    },
  })
}

export interface CallOptions {
  readonly token?: string | undefined
  readonly wrapTtlSeconds?: number
  readonly remoteAddress?: string
  readonly namespace?: string
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  /** Values of X-Vault-MFA. */
  readonly mfa?: readonly string[]
  /** Certificates that the client shows, DER. */
  readonly peerChain?: readonly Uint8Array[]
}

export interface TestNamespaceOptions {
  readonly backend?: Backend
  readonly cipher?: Cipher
  readonly clock?: TestClock
  readonly random?: TestRandom
  readonly engines?: readonly Engine<never>[]
  /** How many namespaces below root stay open unused. */
  readonly keptMax?: number
  /** Its name among processes on the same backend; absent: it is alone. */
  readonly process?: string
  /** Absent: nothing is recorded, and everything passes. */
  readonly audit?: AuditLog
  /** To services that ask people for a second factor; absent: there are none. */
  readonly outgoing?: OutgoingFetch
}

export class TestNamespace {
  readonly namespaces: Namespaces
  /** Root. */
  readonly namespace: Namespace
  readonly keys: TestKeys
  readonly clock: TestClock
  readonly backend: Backend
  readonly cipher: Cipher
  readonly credentials: Credentials
  /** Messages of warnings and errors. */
  readonly logged: string[]
  /** A root token. */
  root = ''
  #requests = 0

  private constructor(
    namespaces: Namespaces,
    parts: Pick<TestNamespace, 'clock' | 'backend' | 'cipher' | 'keys' | 'credentials' | 'logged'>,
  ) {
    this.namespaces = namespaces
    this.namespace = namespaces.root
    this.keys = parts.keys
    this.clock = parts.clock
    this.backend = parts.backend
    this.cipher = parts.cipher
    this.credentials = parts.credentials
    this.logged = parts.logged
  }

  /** A new one, with a mount of each engine, a root token and the policies that `policies` names. */
  static async create(options: TestNamespaceOptions = {}): Promise<TestNamespace> {
    const made = await TestNamespace.over(options)
    await made.namespace.prepare()
    await made.namespace.open()
    made.root = (await made.namespace.createRootToken()).clientToken
    await made.call('update', 'sys/mounts/creds', { type: 'creds' })
    await made.call('update', 'sys/auth/door', { type: 'door' })
    return made
  }

  /** Over what a backend holds already, as another process would open it. */
  static async over(options: TestNamespaceOptions, credentials = new Credentials()): Promise<TestNamespace> {
    const { backend = new MemoryBackend(), cipher = testingCipher(), clock = new TestClock() } = options
    const logged: string[] = []
    const initial = [system, tokenMethod, cubbyhole, identity, kv, kms, transit]
    const all = [...initial, credentials.engine, door, ...(options.engines ?? [])]
    const keys = new TestKeys(cipher)
    const random = options.random ?? new TestRandom()
    const log = logTo(logged)
    const engines = new Map((all as readonly Engine<never>[]).map((one) => [one.type, one]))
    const { process } = options
    const node = process === undefined ? undefined : { process: () => process, server: undefined }
    const build = (own: NamespaceOwnParts, vault: () => Namespaces) =>
      Namespace.over({
        ...own,
        auditNow: () => undefined,
        backend,
        clock,
        random,
        log,
        engines,
        defaultLeaseTtlSeconds: 2_764_800,
        maxLeaseTtlSeconds: 2_764_800,
        clusterName: 'test',
        factors: testFactors(clock, random, log, options.outgoing),
        version: '0',
        node,
        events: UNOBSERVED,
        audit: () => (options.audit === undefined ? NO_AUDIT : opened(options.audit)),
        services: (one, opened) => {
          if (one.type === 'token') return { tokens: opened.issued.tokenService }
          if (one.type === 'identity') return opened.identities.services(() => 'https://vault.test:8200')
          if (one.type !== 'system') return {}
          return {
            access: opened.access,
            leases: opened.issued.leaseService,
            mfa: opened.mfa,
            mounts: opened.mounts,
            namespaces: vault().serviceFor(opened.ref),
            passwordPolicies: opened.passwordPolicies,
            policies: opened.policies,
            policySubjects: opened.issued.policySubjects,
            quotas: vault().quotas,
            roles: opened.identities.roles,
            wrapping: opened.issued.wrapping,
          } satisfies Services
        },
      })
    const parts = { backend, clock, random, log, keys, seals: NO_SEALS, node, build }
    const namespaces = await Namespaces.over(
      options.keptMax === undefined ? parts : { ...parts, keptMax: options.keptMax },
    )
    return new TestNamespace(namespaces, { clock, backend, cipher, keys, credentials, logged })
  }

  /** Sends a request; with the root token unless `options` has another (undefined: none). */
  call(operation: Operation, path: string, data: object = {}, options: CallOptions = {}): Promise<Response> {
    return this.namespaces.handle({
      id: `request-${++this.#requests}`,
      namespace: options.namespace ?? '',
      operation,
      path,
      data: data as Readonly<Record<string, unknown>>,
      token: 'token' in options ? options.token : this.root,
      wrapTtlSeconds: options.wrapTtlSeconds,
      connection: {
        remoteAddress: options.remoteAddress ?? '192.0.2.1',
        remotePort: 40_000,
        tls: true,
        peerChain: () => options.peerChain ?? [],
      },
      headers: options.headers ?? {},
      mfaValues: options.mfa ?? [],
      protocol: 'rest',
      signal: undefined,
    })
  }

  /** `data` of the answer. */
  async data(
    operation: Operation,
    path: string,
    data: object = {},
    options: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    const { data: answered } = await this.call(operation, path, data, options)
    if (answered === null) throw new Error(`${operation} ${path} answered no data`)
    return answered as Record<string, unknown>
  }

  /** What a request is refused with, as `code: message`. */
  async refusal(operation: Operation, path: string, data: object = {}, options: CallOptions = {}): Promise<string> {
    const outcome = await this.call(operation, path, data, options).catch((error: unknown) => error)
    if (!(outcome instanceof EgideError)) throw new Error(`not refused: ${JSON.stringify(outcome)}`, { cause: outcome })
    return `${outcome.code}: ${outcome.message}`
  }

  /** Makes a token; `with` is who asks. */
  async token(data: object = {}, options: CallOptions = {}): Promise<string> {
    const { auth } = await this.call('update', 'auth/token/create', data, options)
    if (auth === null) throw new Error('no token was made')
    return auth.clientToken
  }

  async isValid(token: string): Promise<boolean> {
    await this.namespace.store.refresh()
    return (await this.namespace.issued.tokens.lookup(token)) !== undefined
  }

  async policy(name: string, text: string): Promise<void> {
    const plain = {
      casRequired: false,
      expiresAtMs: undefined,
      allowSlashesInTemplates: false,
      allowWildcardsInTemplates: false,
    }
    await this.namespace.policies.put(name, { text, ...plain }, undefined)
  }

  pass(seconds: number): void {
    this.clock.nowMs += seconds * 1000
  }

  sweep(): Promise<void> {
    return this.namespaces.sweep()
  }

  /** Paths of rows below a prefix of the namespace. */
  rows(prefix: string): Promise<string[]> {
    return this.namespace.store.scan(prefix)
  }
}

const NO_AUDIT = {
  catchUp: async () => {},
  request: () => undefined,
  response: () => undefined,
  open: async () => {},
  close: async () => {},
} as unknown as AuditBroker

const notSealable = async (): Promise<never> => {
  throw new EgideError('invalid_request', 'namespace is not sealable')
}
const NO_SEALS = { status: notSealable, unseal: notSealable, reset: notSealable, seal: notSealable }

/** An audit log that needs no opening. */
function opened(log: AuditLog): AuditBroker {
  return {
    ...NO_AUDIT,
    catchUp: () => log.catchUp(),
    request: (record, error) => log.request(record, error),
    response: (record, response) => log.response(record, response),
  }
}

function logTo(lines: string[]): Log {
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { debug: () => {}, info: () => {}, warn: write, error: write }
}
