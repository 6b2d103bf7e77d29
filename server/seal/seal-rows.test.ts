import { beforeEach, describe, expect, test } from 'vitest'
import type { EngineContext, Operation, Reply } from '../../engines/engine.ts'
import { sealRoutes } from '../../engines/system/seal/index.ts'
import type { SealServices, ServerFacts } from '../../engines/system/services/seal.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { inputOf, operationOf } from '../core/dispatch.ts'
import type { Request } from '../core/request.ts'
import { RouteTable } from '../core/route-table.ts'
import { TestingService, TestingVault } from './testing-vault.ts'

const table = new RouteTable(sealRoutes)

const server: ServerFacts = {
  version: '1.2.3',
  buildDate: '2024-01-02T03:04:05Z',
  storageType: 'inmem',
  clusterName: 'cluster-a',
  clusterId: 'id-of-a',
  apiAddress: 'https://a:8200',
  clusterAddress: 'https://a:8201',
  hostname: 'a',
  activeSinceMs: 1_700_000_000_000,
  haEnabled: false,
  otherNodes: async () => [],
  isAuditFailing: false,
}

type Body = Readonly<Record<string, unknown>>

let vault: TestingVault

beforeEach(() => {
  vault = new TestingVault(new MemoryBackend())
})

async function reply(operation: Operation, path: string, data: Body = {}, facts: Partial<ServerFacts> = {}) {
  const match = table.match(path)
  if (match === undefined) throw new Error(`no row for ${path}`)
  const request: Request = {
    id: 'r',
    namespace: '',
    operation,
    path: `sys/${path}`,
    data,
    token: undefined,
    wrapTtlSeconds: undefined,
    connection: { remoteAddress: '', remotePort: 0, tls: false },
    headers: {},
    protocol: 'rest',
    signal: undefined,
  }
  const resolved = { caller: undefined, sudo: false, headerNames: 'all' } as const
  const input = inputOf(request, operation, match.route, match.params, path, resolved)
  const services: SealServices = { seal: vault.manager, server: { ...server, ...facts } }
  // These rows use nothing else of their context.
  const context = { services, clock: { now: () => 1_700_000_000_999 } } as unknown as EngineContext<SealServices>
  return operationOf(match.route, operation).handler(input, context)
}

function bodyOf(answer: Reply | undefined): Body {
  return JSON.parse(String(answer?.raw?.body)) as Body
}

const bare = async (operation: Operation, path: string, data?: Body) => bodyOf(await reply(operation, path, data))
const enveloped = async (operation: Operation, path: string, data?: Body) => (await reply(operation, path, data))?.data

async function initialised(shares = 3, threshold = 2): Promise<{ keys: string[]; base64: string[]; token: string }> {
  const body = await bare('update', 'init', { secret_shares: shares, secret_threshold: threshold })
  return { keys: body.keys as string[], base64: body.keys_base64 as string[], token: body.root_token as string }
}

async function unsealed(): Promise<string[]> {
  const { keys } = await initialised()
  for (const key of keys.slice(0, 2)) await bare('update', 'unseal', { key })
  return keys
}

describe('init', () => {
  test('tells whether it was done, and does it once', async () => {
    expect(await bare('read', 'init')).toEqual({ initialized: false })
    const body = await bare('update', 'init', { secret_shares: 5, secret_threshold: 3, pgp_keys: null })
    expect(Object.keys(body).sort()).toEqual(['keys', 'keys_base64', 'root_token'])
    const [keys, base64] = [body.keys as string[], body.keys_base64 as string[]]
    expect(keys.map((key) => Buffer.from(key, 'hex').toString('base64'))).toEqual(base64)
    expect(await bare('read', 'init')).toEqual({ initialized: true })
    await expect(initialised()).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'Vault is already initialized',
    })
  })

  test('has recovery keys under auto-unseal', async () => {
    vault = new TestingVault(new MemoryBackend(), new TestingService())
    const body = await bare('update', 'init', { recovery_shares: 3, recovery_threshold: 2 })
    expect(body.keys).toEqual([])
    expect(body.recovery_keys).toHaveLength(3)
    expect(body.recovery_keys_base64).toHaveLength(3)
    expect(await bare('read', 'seal-status')).toMatchObject({ recovery_seal: true, type: 'transit', t: 2, n: 3 })
  })

  const encrypted: Record<string, Body> = {
    pgp_keys: { pgp_keys: ['a'] },
    recovery_pgp_keys: { recovery_pgp_keys: ['a'] },
    root_token_pgp_key: { root_token_pgp_key: 'a' },
    stored_shares: { stored_shares: 1 },
  }
  for (const [name, data] of Object.entries(encrypted)) {
    test(`refuses ${name}, rather than hand out shares in clear`, async () => {
      const asked = reply('update', 'init', { secret_shares: 1, secret_threshold: 1, ...data })
      await expect(asked).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining(name) })
      expect(await bare('read', 'init')).toEqual({ initialized: false })
    })
  }
})

describe('seal-status and unseal', () => {
  test('tell the same, before and after', async () => {
    const before = { type: 'shamir', initialized: false, sealed: true, t: 0, n: 0, progress: 0, nonce: '' }
    const always = { version: '1.2.3', build_date: server.buildDate, migration: false, recovery_seal: false }
    expect(await bare('read', 'seal-status')).toEqual({ ...before, ...always, storage_type: 'inmem' })
    const { keys, base64 } = await initialised()
    const first = await bare('update', 'unseal', { key: keys[0] })
    expect(first).toMatchObject({ initialized: true, sealed: true, t: 2, n: 3, progress: 1 })
    expect(await bare('update', 'unseal', { reset: true })).toMatchObject({ progress: 0, nonce: '' })
    await bare('update', 'unseal', { key: ` ${base64[2]}\n` })
    const last = await bare('update', 'unseal', { key: keys[0]?.toUpperCase() })
    expect(last).toMatchObject({ sealed: false, progress: 0, cluster_name: 'cluster-a', cluster_id: 'id-of-a' })
    expect(await bare('read', 'seal-status')).toEqual(last)
  })

  const wrong: Record<string, [Body, string]> = {
    'no key': [{}, "'key' must be specified in request body as JSON, or 'reset' set to true"],
    'a key in no encoding': [{ key: 'not a key!' }, "'key' must be a valid hex or base64 string"],
    'a short key': [{ key: 'YWJj' }, 'key is shorter than minimum 16 bytes'],
    'a migration': [{ key: 'a'.repeat(64), migrate: true }, "can't perform a seal migration"],
  }
  for (const [what, [data, message]] of Object.entries(wrong)) {
    test(`refuse ${what}`, async () => {
      await initialised()
      const asked = reply('update', 'unseal', data)
      await expect(asked).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining(message),
      })
    })
  }

  test('seal', async () => {
    await unsealed()
    expect(await reply('update', 'seal')).toBeUndefined()
    expect(await bare('read', 'seal-status')).toMatchObject({ sealed: true })
  })
})

describe('health', () => {
  const status = async (query: Body = {}) => (await reply('read', 'health', query))?.raw?.status

  test('has its own status for each state, unless the caller says otherwise', async () => {
    const codes = { uninitcode: '299', sealedcode: '298', activecode: '297' }
    expect([await status(), await status(codes)]).toEqual([501, 299])
    const keys = (await initialised()).keys
    expect([await status(), await status(codes)]).toEqual([503, 298])
    for (const key of keys) await bare('update', 'unseal', { key })
    expect([await status(), await status(codes), await status({ standbycode: '500' })]).toEqual([200, 297, 200])
  })

  test('says what clients look for', async () => {
    const common = {
      standby: false,
      performance_standby: false,
      replication_performance_mode: 'disabled',
      replication_dr_mode: 'disabled',
      server_time_utc: 1_700_000_000,
      version: '1.2.3',
    }
    expect(await bare('read', 'health')).toEqual({ initialized: false, sealed: true, ...common })
    await unsealed()
    const named = { cluster_name: 'cluster-a', cluster_id: 'id-of-a' }
    expect(await bare('read', 'health')).toEqual({ initialized: true, sealed: false, ...common, ...named })
  })

  test('says in a status of its own that nothing can be audited, once it is unsealed', async () => {
    const facts = { isAuditFailing: true }
    const { keys } = await initialised()
    expect((await reply('read', 'health', { sealedcode: '298' }, facts))?.raw?.status).toBe(298)
    for (const key of keys) await bare('update', 'unseal', { key })
    const failing = await reply('read', 'health', { activecode: '297' }, facts)
    expect(failing?.raw?.status).toBe(503)
    expect(JSON.parse(String(failing?.raw?.body))).toMatchObject({ sealed: false, audit_failing: true })
  })

  for (const query of [{ sealedcode: 'x' }, { activecode: '99' }, { standbyok: 'perhaps' }, { uninitcode: '600' }]) {
    test(`refuses ${JSON.stringify(query)}`, async () => {
      await expect(status(query)).rejects.toMatchObject({ code: 'invalid_request' })
    })
  }
})

describe('nodes', () => {
  test('one alone has no leader', async () => {
    expect(await bare('read', 'leader')).toMatchObject({
      ha_enabled: false,
      is_self: false,
      leader_address: '',
      active_time: '0001-01-01T00:00:00Z',
    })
  })

  test('where several can share the storage, each leads while it is unsealed', async () => {
    const of = async (facts: Partial<ServerFacts>) => bodyOf(await reply('read', 'leader', {}, facts))
    expect(await of({ haEnabled: true })).toMatchObject({
      is_self: true,
      leader_address: 'https://a:8200',
      leader_cluster_address: 'https://a:8201',
      active_time: '2023-11-14T22:13:20.000Z',
    })
    expect(await of({ haEnabled: true, activeSinceMs: 0 })).toMatchObject({ is_self: false, leader_address: '' })
  })

  test('lists itself', async () => {
    const answer = await reply('read', 'ha-status')
    expect(answer).toMatchObject({ topLevel: true, data: { nodes: [{ hostname: 'a', active_node: true }] } })
  })
})

describe('keys', () => {
  test('key-status stands at the top too, and counts rotations', async () => {
    await unsealed()
    expect(await reply('read', 'key-status')).toMatchObject({
      topLevel: true,
      data: { term: 1, install_time: '2023-11-14T22:13:20.000Z' },
    })
    expect(await reply('update', 'rotate')).toBeUndefined()
    expect(await reply('update', 'rotate/keyring')).toBeUndefined()
    expect(await enveloped('read', 'key-status')).toMatchObject({ term: 3 })
    expect(await reply('update', 'rotate/root')).toBeUndefined()
  })

  test('rotation is configured at both paths, one setting at a time', async () => {
    await unsealed()
    const initial = { enabled: true, interval: 0, max_operations: 2 ** 31 }
    expect(await enveloped('read', 'rotate/config')).toEqual(initial)
    await reply('update', 'rotate/config', { interval: '36h' })
    await reply('update', 'rotate/keyring/config', { max_operations: 5_000_000, enabled: false })
    const changed = { enabled: false, interval: '36h0m0s', max_operations: 5_000_000 }
    expect(await enveloped('read', 'rotate/keyring/config')).toEqual(changed)
  })
})

describe.each([
  ['rekey', bare],
  ['rotate/root', enveloped],
] as const)('%s', (base, ask) => {
  const start = { secret_shares: 2, secret_threshold: 2 }
  const idle = {
    started: false,
    nonce: '',
    t: 0,
    n: 0,
    progress: 0,
    required: 2,
    pgp_fingerprints: null,
    backup: false,
  }

  test('replaces the shares', async () => {
    const keys = await unsealed()
    expect(await ask('read', `${base}/init`)).toEqual({ ...idle, verification_required: false })
    const status = await ask('update', `${base}/init`, start)
    expect(status).toMatchObject({ started: true, t: 2, n: 2, progress: 0, required: 2 })
    const nonce = status?.nonce
    expect(await ask('update', `${base}/update`, { key: keys[0], nonce })).toMatchObject({ started: true, progress: 1 })
    const done = await ask('update', `${base}/update`, { key: keys[1], nonce })
    expect(done).toMatchObject({ nonce, complete: true, backup: false, pgp_fingerprints: null })
    await reply('update', 'seal')
    for (const key of (done?.keys_base64 ?? []) as string[]) await bare('update', 'unseal', { key })
    expect(await bare('read', 'seal-status')).toMatchObject({ sealed: false, n: 2 })
  })

  test('verifies the new ones first where asked to', async () => {
    const keys = await unsealed()
    const status = await ask('update', `${base}/init`, { ...start, require_verification: true })
    await ask('update', `${base}/update`, { key: keys[0], nonce: status?.nonce })
    const done = await ask('update', `${base}/update`, { key: keys[1], nonce: status?.nonce })
    const nonce = done?.verification_nonce
    expect(await ask('read', `${base}/init`)).toMatchObject({ verification_required: true, verification_nonce: nonce })
    const [first, second] = (done?.keys ?? []) as string[]
    const waiting = { nonce, started: true, t: 2, n: 2, progress: 0 }
    expect(await ask('read', `${base}/verify`)).toEqual(waiting)
    expect(await ask('update', `${base}/verify`, { key: first, nonce })).toEqual({ ...waiting, progress: 1 })
    const again = await ask('delete', `${base}/verify`, { nonce })
    expect(again).toMatchObject({ started: true, progress: 0 })
    await ask('update', `${base}/verify`, { key: first, nonce: again?.nonce })
    expect(await ask('update', `${base}/verify`, { key: second, nonce: again?.nonce })).toEqual({
      nonce: again?.nonce,
      complete: true,
    })
  })

  test('asks for the nonce to cancel where anybody may call', async () => {
    await unsealed()
    const { nonce } = (await ask('update', `${base}/init`, start)) ?? {}
    const blind = reply('delete', `${base}/init`)
    if (base === 'rekey') await expect(blind).rejects.toThrow('nonce is required')
    else expect(await blind).toBeUndefined()
    expect(await reply('delete', `${base}/init`, { nonce })).toBeUndefined()
    expect(await ask('read', `${base}/init`)).toMatchObject({ started: false })
  })

  test('encrypts nothing with PGP, and has no backups', async () => {
    await unsealed()
    await expect(reply('update', `${base}/init`, { ...start, pgp_keys: 'a,b' })).rejects.toThrow('pgp_keys')
    await expect(reply('update', `${base}/init`, { ...start, backup: true })).rejects.toThrow('backup')
    await expect(reply('read', `${base}/backup`)).rejects.toThrow('no backed-up keys found')
    expect(await reply('delete', `${base}/backup`)).toBeUndefined()
  })
})

describe('recovery keys', () => {
  test('are unknown to a seal that has none', async () => {
    await unsealed()
    for (const base of ['rekey-recovery-key', 'rotate/recovery']) {
      await expect(reply('read', `${base}/init`)).rejects.toThrow('recovery rekeying not supported')
    }
  })

  test('that were never made are made for an operator, not for anybody', async () => {
    vault = new TestingVault(new MemoryBackend(), new TestingService())
    await bare('update', 'init', {})
    const start = { secret_shares: 3, secret_threshold: 2 }
    await expect(reply('update', 'rekey-recovery-key/init', start)).rejects.toThrow('no recovery keys')
    expect(await bare('read', 'rekey-recovery-key/init')).toMatchObject({ started: false })
    const made = await enveloped('update', 'rotate/recovery/init', start)
    expect(made).toMatchObject({ complete: true, t: 2, n: 3 })
    expect(made?.keys).toHaveLength(3)
  })
})

describe.each([
  ['generate-root/attempt', 'generate-root/update', bare],
  ['generate-root', 'generate-root/update', enveloped],
  ['generate-root-token/attempt', 'generate-root-token/update', enveloped],
] as const)('%s', (attempt, update, ask) => {
  const give = update === 'generate-root-token/update' ? enveloped : bare

  test('makes a root token', async () => {
    const keys = await unsealed()
    expect(await ask('read', attempt)).toMatchObject({
      started: false,
      nonce: '',
      required: 2,
      otp: '',
      otp_length: 28,
    })
    const started = await ask('update', attempt)
    expect(started).toMatchObject({ started: true, complete: false, pgp_fingerprint: '' })
    const nonce = started?.nonce
    expect(await give('update', update, { key: keys[0], nonce })).toMatchObject({ progress: 1, complete: false })
    const done = await give('update', update, { key: keys[1], nonce })
    expect(done).toMatchObject({ complete: true, encoded_root_token: done?.encoded_token })
    const pad = Buffer.from(started?.otp as string)
    const token = Buffer.from(done?.encoded_token as string, 'base64').map((byte, at) => byte ^ pad.readUInt8(at))
    expect(await vault.core.hasRootToken(token.toString())).toBe(true)
  })

  test('refuses a PGP key', async () => {
    await unsealed()
    await expect(reply('update', attempt, { pgp_key: 'a' })).rejects.toThrow('pgp_key')
  })
})

test('what answers while sealed is open to anybody, and nothing else does', () => {
  const open = sealRoutes.filter((row) => row.whileSealed).map((row) => [row.pattern, row.access])
  expect(open.map(([pattern]) => pattern).sort()).toEqual(['health', 'init', 'leader', 'seal-status', 'unseal'])
  expect(open.every(([, access]) => access === 'none')).toBe(true)
})
