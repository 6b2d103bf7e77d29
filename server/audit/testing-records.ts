import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Log, Random } from '../../engines/engine.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import type { Store } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import type { AuditCaller, AuditRequest, AuditResponse } from '../core/audit-port.ts'
import { createAuditLog } from './broker.ts'
import type { AuditBroker, AuditLogOptions } from './log.ts'

/** Records and audit logs for tests and measurements: a clock that moves when told, identifiers that count. */

export class TestingClock {
  ms = Date.UTC(2026, 0, 2, 3, 4, 5)

  now(): number {
    return this.ms
  }
}

export function countingRandom(): Random {
  let count = 0
  return {
    bytes: (length) => Buffer.alloc(length, ++count),
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
  }
}

/** What a device may take where the test is not about one that hangs: threads and disks of busy machines do. */
export const PATIENT_MS = 60_000

const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): void {}

/** One installation: the folder and the storage outlive the audit logs that are made on them. */
export class TestingInstallation {
  readonly folder: string
  readonly store: Store
  readonly clock = new TestingClock()
  readonly random = countingRandom()
  readonly stdout: string[] = []

  private constructor(folder: string) {
    this.folder = folder
    this.store = createStore({ backend: new MemoryBackend(), cipher: testingCipher(), prefix: 'audit/' })
  }

  static async create(): Promise<TestingInstallation> {
    return new TestingInstallation(await mkdtemp(join(tmpdir(), 'egide-audit-')))
  }

  make(more: Partial<AuditLogOptions> = {}): AuditBroker {
    const stdout = new Writable({
      write: (chunk, _encoding, done) => {
        this.stdout.push(String(chunk))
        done()
      },
    })
    const { store, clock, random, folder } = this
    const fixed = { nodeId: 'node-1', hostname: 'host', processId: 1, log: quiet, timeoutMs: PATIENT_MS }
    return createAuditLog({ store, clock, random, folder, stdout, ...fixed, ...more })
  }

  async open(more: Partial<AuditLogOptions> = {}): Promise<AuditBroker> {
    const audit = this.make(more)
    await audit.open()
    return audit
  }
}

export const fileDevice = (options: Readonly<Record<string, string>> = {}) => ({
  type: 'file',
  description: '',
  local: false,
  options: { file_path: 'audit.log', ...options },
})

export const testingCaller: AuditCaller = {
  accessor: 'accessor-1',
  displayName: 'token',
  tokenHash: 'hash-of-the-token',
  policies: ['default', 'app'],
  meta: null,
  entityId: '',
  isRoot: false,
  type: 'service',
  path: 'auth/token/create',
  tokenIssueTimeMs: 1_700_000_000_000,
  tokenTtlSeconds: 3600,
  remainingUses: 0,
  identityPolicies: [],
  noDefaultPolicy: false,
  policyResults: { allowed: true, grantingPolicies: ['app'] },
}

const NO_NAMES: readonly string[] = []

export function testingRequest(number: number, more: Partial<AuditRequest> = {}): AuditRequest {
  return {
    id: `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
    namespaceId: 'root',
    namespacePath: '',
    operation: 'read',
    path: `secret/data/app-${number}`,
    mountPath: 'secret/',
    mountType: 'kv',
    mountAccessor: 'kv_1',
    mountClass: 'secret',
    data: null,
    token: 'token-in-clear',
    caller: testingCaller,
    connection: { remoteAddress: '127.0.0.1', remotePort: 40000, tls: false },
    headers: {},
    wrapTtlSeconds: undefined,
    protocol: 'rest',
    clearRequest: NO_NAMES,
    clearResponse: NO_NAMES,
    timeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...more,
  }
}

export function testingResponse(more: Partial<AuditResponse> = {}): AuditResponse {
  const data = { data: { password: 'secret-value' }, metadata: { version: 3 } }
  return { data, auth: null, leaseId: '', wrapInfo: null, warnings: null, error: undefined, ...more }
}

/** Sends the two records of `count` requests, and waits for them. */
export async function record(audit: AuditBroker, count: number, from = 0): Promise<void> {
  for (let number = from; number < from + count; number++) {
    const request = testingRequest(number)
    await audit.request(request, undefined)
    await audit.response(request, testingResponse())
  }
}
