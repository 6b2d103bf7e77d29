import { describe, expect, test } from 'vitest'
import { inputOf, operationOf } from '../../../server/core/dispatch.ts'
import type { Request } from '../../../server/core/request.ts'
import { RouteTable } from '../../../server/core/route-table.ts'
import { ServerSettings } from '../../../server/core/settings.ts'
import { VersionHistory } from '../../../server/core/version-history.ts'
import { hostReport } from '../../../server/observe/host-info.ts'
import { ServerLog } from '../../../server/observe/log.ts'
import { Metrics } from '../../../server/observe/metrics.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { createStore } from '../../../storage/sealed-store.ts'
import { testingCipher } from '../../../storage/testing-cipher.ts'
import { CALLER } from '../../../test/engines/mounted-engine.ts'
import type { EngineContext, Operation, Reply } from '../../engine.ts'
import type { Operations, OperationsServices, RouterRecord } from '../services/operations.ts'
import { operationsRoutes } from './index.ts'
import { uiHeader, uiHeaders } from './settings.ts'

const records: readonly RouterRecord[] = [
  record('sys/', 'system', 'b', 'sys_1'),
  record('auth/token/', 'token', 'a', 'auth_token_2'),
]

function record(mountPath: string, mountType: string, uuid: string, accessor: string): RouterRecord {
  return { mountPath, mountType, uuid, accessor, namespacePath: '', storagePrefix: `mount/${uuid}/`, leaving: false }
}

/** The rows over real services, with nothing in between but what the pipeline does. */
async function server() {
  const clock = { now: () => Date.UTC(2031, 0, 1) }
  const store = createStore({ backend: new MemoryBackend(), cipher: testingCipher(), prefix: 'ns/' })
  const log = new ServerLog({ level: 'error', format: 'json', clock, write: () => undefined })
  const settings = new ServerSettings({ clock, log })
  await settings.open(store.view('settings/'))
  const history = new VersionHistory(store.view('versions/'), clock)
  const metrics = new Metrics({
    version: '1',
    isSealed: () => false,
    isInitialized: () => true,
    requestsInFlight: () => 0,
    requestsRefused: () => 0,
    connections: () => 0,
    stores: () => [store.stats()],
    logStreams: () => log.streams,
    clockAheadMs: () => undefined,
    figures: async () => [],
  })
  const operations: Operations = {
    version: '1',
    settings,
    metrics,
    log,
    logLevel: { current: () => log.level, change: async (level) => log.change(level) },
    hostInfo: () => hostReport(clock),
    inFlight: async () => [{ id: 'r1', startedMs: 0, remoteAddress: '127.0.0.1:5', path: '/v1/sys/x', method: 'LIST' }],
    versions: () => history.list(),
    sanitizedConfig: () => ({ api_addr: 'http://x' }),
    configuredHeaders: () => new Set(['x-configured']),
    countServiceTokens: async () => 7,
    countEntities: async () => 0,
    routerRecords: async () => records,
    openApi: async (asking, context) => ({ openapi: '3.1.0', of: asking?.accessor ?? null, context }),
  }
  const context = {
    store,
    namespace: { id: 'root', path: '' },
    mount: { path: 'sys/', type: 'system', accessor: 'sys_1' },
    clock,
    log,
    services: { operations },
  } as unknown as EngineContext<OperationsServices>
  const table = new RouteTable(operationsRoutes)
  const call = async (operation: Operation, path: string, data: object = {}, more: Partial<Request> = {}) => {
    const match = table.match(path)
    if (match === undefined) throw new Error(`no row for ${path}`)
    const request: Request = {
      id: 'id-1',
      namespace: '',
      operation,
      path,
      data: data as Record<string, unknown>,
      token: 's.canary-token',
      wrapTtlSeconds: undefined,
      connection: { remoteAddress: '127.0.0.1', remotePort: 5, tls: false },
      headers: {},
      protocol: 'rest',
      signal: undefined,
      ...more,
    }
    const input = inputOf(request, operation, match.route, match.params, path, {
      caller: more.token === '' ? undefined : CALLER,
      sudo: true,
      headerNames: 'all',
    })
    return operationOf(match.route, operation).handler(input, context)
  }
  return { call, log, settings, metrics, history }
}

const bodyOf = (reply: Reply | undefined): string => {
  if (typeof reply?.raw?.body !== 'string') throw new Error('not a text')
  return reply.raw.body
}

describe('monitor', () => {
  test('streams the lines that come while it reads, and ends with its client', async () => {
    const { call, log } = await server()
    const gone = new AbortController()
    const reply = await call('read', 'monitor', { log_level: 'DEBUG', log_format: 'json' }, { signal: gone.signal })
    const body = (reply as { raw: { body: AsyncIterable<string> } }).raw.body
    const lines = body[Symbol.asyncIterator]()
    log.debug({ n: 1 }, 'seen')
    expect(JSON.parse((await lines.next()).value)).toMatchObject({ level: 'debug', n: 1, msg: 'seen' })
    const next = lines.next()
    gone.abort()
    expect((await next).done).toBe(true)
    expect(log.streams).toBe(0)
  })

  test('refuses unknown levels and formats', async () => {
    const { call } = await server()
    await expect(call('read', 'monitor', { log_level: 'loud' })).rejects.toThrow('unknown log level')
    await expect(call('read', 'monitor', { log_format: 'xml' })).rejects.toThrow('unknown log format')
  })
})

describe('loggers', () => {
  test('one has a level that is changed and brought back, by its name or without', async () => {
    const { call, log } = await server()
    expect(await call('read', 'loggers')).toMatchObject({ data: { core: 'error' } })
    for (const path of ['loggers', 'loggers/core']) {
      for (const [given, level] of Object.entries({
        DEBUG: 'debug',
        notice: 'info',
        warning: 'warn',
        trace: 'trace',
      })) {
        expect(await call('update', path, { level: given })).toBeUndefined()
        expect([log.level, await call('read', path)]).toEqual([level, { data: { core: level } }])
      }
      expect(await call('delete', path)).toBeUndefined()
      expect(log.level).toBe('error')
    }
    log.change('debug')
    log.configure('warn')
    expect(log.level).toBe('warn')
    log.change(undefined)
    expect(log.level).toBe('warn')
  })

  test('refuses other levels and names as peers do', async () => {
    const { call, log } = await server()
    await expect(call('update', 'loggers')).rejects.toThrow('level is required')
    for (const level of ['loud', 'off', 'constructor'])
      await expect(call('update', 'loggers/core', { level })).rejects.toThrow(
        `invalid level provided: unknown log level: ${level}`,
      )
    await expect(call('update', 'loggers/audit', { level: 'debug' })).rejects.toThrow('logger "audit" not found')
    await expect(call('delete', 'loggers/audit')).rejects.toThrow('logger "audit" not found')
    expect(await call('read', 'loggers/audit')).toEqual({ data: {} })
    expect(log.level).toBe('error')
  })
})

describe('metrics', () => {
  test("are Prometheus' text where it is asked for, by name or by what Prometheus accepts", async () => {
    const { call } = await server()
    const named = await call('read', 'metrics', { format: 'prometheus' })
    expect(named?.raw?.contentType).toContain('version=0.0.4')
    expect(bodyOf(named)).toMatch(/^# HELP egide_/)
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
    expect(bodyOf(await call('read', 'metrics', {}, { headers: { accept } }))).toMatch(/^# HELP egide_/)
  })

  test('are a summary otherwise, and no unknown format', async () => {
    const { call } = await server()
    const summary = JSON.parse(bodyOf(await call('read', 'metrics', {}, { headers: { accept: '*/*' } })))
    expect(Object.keys(summary)).toEqual(['Timestamp', 'Gauges', 'Points', 'Counters', 'Samples'])
    await expect(call('read', 'metrics', { format: 'xml' })).rejects.toThrow('format "xml" unknown')
  })
})

describe('settings', () => {
  test('cross-origin requests are off, on with what is allowed, and off again', async () => {
    const { call, settings } = await server()
    expect(await call('read', 'config/cors')).toMatchObject({ data: { enabled: false }, topLevel: true })
    await call('update', 'config/cors', {
      allowed_origins: 'https://a.example,https://b.example',
      allowed_headers: ['X-A'],
    })
    const { data } = (await call('read', 'config/cors')) ?? {}
    expect(data).toMatchObject({
      enabled: true,
      allowed_origins: ['https://a.example', 'https://b.example'],
      allow_credentials: false,
    })
    expect(data?.allowed_headers).toEqual(expect.arrayContaining(['X-Vault-Token', 'X-A']))
    expect(data?.allowed_headers, "allowed, but no name of OpenBao's list").not.toContain('X-Vault-Namespace')
    expect((await settings.cors())?.allowedOrigins).toEqual(['https://a.example', 'https://b.example'])
    await call('delete', 'config/cors')
    expect(await settings.cors()).toBeUndefined()
    await call('update', 'config/cors', { allowed_origins: '*' })
    await call('update', 'config/cors', { enable: false })
    expect(await settings.cors()).toBeUndefined()
  })

  const refusedCors: [object, RegExp][] = [
    [{}, /at least one origin/],
    [{ allowed_origins: ['*', 'https://a.example'] }, /must be the only value/],
    [{ allowed_origins: ['https://a\r\nX: y'] }, /no origin/],
    [{ allowed_origins: '*', allowed_headers: ['X-A\r\nSet-Cookie: a'] }, /no header name/],
    [{ allowed_origins: Array.from({ length: 101 }, (_, n) => `https://${n}`) }, /at most 100/],
  ]
  for (const [data, message] of refusedCors) {
    test(`cross-origin settings refuse: ${message.source}`, async () => {
      const { call, settings } = await server()
      await expect(call('update', 'config/cors', data)).rejects.toThrow(message)
      expect(await settings.cors()).toBeUndefined()
    })
  }

  test('the names of headers want sudo, as the headers do', () => {
    for (const row of [uiHeaders, uiHeader]) expect(row.access).toBe('sudo')
  })

  test('a header of the pages is written, read, listed and removed', async () => {
    const { call, settings } = await server()
    await expect(call('list', 'config/ui/headers')).rejects.toMatchObject({ code: 'not_found' })
    await expect(call('read', 'config/ui/headers/X-A')).rejects.toMatchObject({ code: 'not_found' })
    expect(await call('update', 'config/ui/headers/X-A', { values: ['1', '2'] })).toBeUndefined()
    expect(await call('read', 'config/ui/headers/x-a')).toEqual({ data: { value: '1' } })
    expect(await call('read', 'config/ui/headers/X-A', { multivalue: 'true' })).toEqual({
      data: { values: ['1', '2'] },
    })
    expect(await call('list', 'config/ui/headers')).toEqual({ data: { keys: ['X-A'] } })
    expect(settings.uiHeaders()).toEqual({ 'X-A': ['1', '2'] })
    const warned = await call('update', 'config/ui/headers/Content-Security-Policy', { values: "default-src 'none'" })
    expect(warned?.warnings).toHaveLength(1)
    await call('delete', 'config/ui/headers/x-A')
    expect(Object.keys(settings.uiHeaders())).toEqual(['Content-Security-Policy'])
  })

  const refusedHeaders: [string, object, RegExp][] = [
    ['X-A', {}, /header and values must be specified/],
    ['X-Vault-Token', { values: 'a' }, /X-Vault headers cannot be set/],
    ['X-Configured', { values: 'a' }, /already exists in the server configuration/],
    ['X A', { values: 'a' }, /no header name/],
    ['X-A', { values: ['a\r\nSet-Cookie: b'] }, /text of one line/],
    ['X-A', { values: ['a\u0000'] }, /text of one line/],
  ]
  for (const [name, data, message] of refusedHeaders) {
    test(`a header of the pages is refused: ${name}, ${message.source}`, async () => {
      const { call } = await server()
      await expect(call('update', `config/ui/headers/${name}`, data)).rejects.toThrow(message)
    })
  }
})

describe('what the server is', () => {
  test('versions, oldest first, each with the one before it', async () => {
    const { call, history } = await server()
    await history.record('0.1.0', '')
    const reply = await call('list', 'version-history')
    expect(reply?.data).toEqual({
      keys: ['0.1.0'],
      key_info: {
        '0.1.0': { timestamp_installed: '2031-01-01T00:00:00.000Z', build_date: null, previous_version: null },
      },
    })
  })

  test('requests in flight stand without an envelope', async () => {
    const { call } = await server()
    const reply = await call('read', 'in-flight-req')
    expect(JSON.parse(bodyOf(reply))).toEqual({
      r1: {
        start_time: '1970-01-01T00:00:00.000Z',
        client_remote_address: '127.0.0.1:5',
        request_path: '/v1/sys/x',
        request_method: 'LIST',
        client_id: '',
      },
    })
  })

  test('the machine', async () => {
    const { call } = await server()
    const data = (await call('read', 'host-info'))?.data as Record<string, never>
    expect(Object.keys(data)).toEqual(['timestamp', 'cpu', 'cpu_times', 'disk', 'host', 'memory'])
    const { memory, host, disk } = data as Record<string, Record<string, unknown>>
    expect(Number(memory?.total)).toBeGreaterThan(Number(memory?.available))
    expect(Number(memory?.available)).toBeGreaterThan(0)
    expect(host).toMatchObject({ os: process.platform })
    expect(Array.isArray(disk)).toBe(true)
  })

  test('the router, by each of its tables', async () => {
    const { call } = await server()
    const of = async (tag: string) => (await call('read', `internal/inspect/router/${tag}`))?.data?.[tag]
    expect(await of('root')).toEqual([
      {
        accessor: 'auth_token_2',
        mount_namespace: '',
        mount_path: 'auth/token/',
        mount_type: 'token',
        uuid: 'a',
        storage_prefix: 'mount/a/',
        tainted: false,
      },
      expect.objectContaining({ mount_path: 'sys/' }),
    ])
    expect(await of('uuid')).toMatchObject([{ uuid: 'a' }, { uuid: 'b' }])
    expect(await of('accessor')).toMatchObject([{ accessor: 'auth_token_2' }, { accessor: 'sys_1' }])
    expect(await of('storage')).toMatchObject([{ storage_prefix: 'mount/a/' }, { storage_prefix: 'mount/b/' }])
    await expect(of('constructor')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a request inspected tells no credential', async () => {
    const { call } = await server()
    const headers = {
      'user-agent': 'curl',
      authorization: 'Basic canary',
      cookie: 'canary',
      'x-canary-token': 'canary',
      'x-api-key': 'canary',
      'x-amz-signature': 'canary',
    }
    const reply = await call('read', 'internal/inspect/request', {}, { headers })
    expect(reply?.data).toMatchObject({ req: { id: 'id-1', headers: { 'user-agent': 'curl' }, mount_point: 'sys/' } })
    expect(JSON.stringify(reply)).not.toContain('canary')
  })

  test('counters', async () => {
    const { call } = await server()
    expect((await call('read', 'internal/counters/tokens'))?.data).toEqual({
      counters: { service_tokens: { total: 7 } },
    })
    expect((await call('read', 'internal/counters/entities'))?.data).toEqual({ counters: { entities: { total: 0 } } })
    await expect(call('read', 'internal/counters/requests')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('its OpenAPI document, for the caller or for nobody', async () => {
    const { call } = await server()
    const path = 'internal/specs/openapi'
    const mine = await call('read', path)
    expect(JSON.parse(bodyOf(mine))).toEqual({ openapi: '3.1.0', of: CALLER.accessor, context: '' })
    const open = await call('update', path, { context: 'gen' }, { token: '' })
    expect(JSON.parse(bodyOf(open))).toEqual({ openapi: '3.1.0', of: null, context: 'gen' })
    await expect(call('update', path, { context: 'a b' })).rejects.toThrow('context')
  })
})

test('only the OpenAPI document is for callers without a token', () => {
  const open = operationsRoutes.filter(
    ({ access, operations }) => access === 'none' || Object.values(operations).some((spec) => spec.access === 'none'),
  )
  expect(open.map(({ pattern }) => pattern)).toEqual(['internal/specs/openapi'])
})
