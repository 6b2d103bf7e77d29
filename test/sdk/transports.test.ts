import { inspect } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { ApiError, type Client, ifFound, TransportError } from '../../sdk/index.ts'
import { serveClients } from './clients.ts'

const { clients, stop } = await serveClients()
afterAll(stop)

const base64 = (text: string): string => Buffer.from(text).toString('base64')

async function refusal(answer: Promise<unknown>): Promise<ApiError> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${inspect(error)}`)
  return error
}

/** What both transports must agree on. */
const toldOf = ({ status, code, errors, retryAfterSeconds, reply }: ApiError) => {
  return { status, code, errors, retryAfterSeconds, hasData: reply?.data !== undefined }
}

for (const way of ['REST', 'gRPC'] as const)
  describe(way, () => {
    const vault = (): Client => clients[way]

    test('a secret is written, read, listed and deleted', async () => {
      const kv = vault().kv('secret')
      const data = { password: 'p', port: 5432, tags: ['a', null], deep: { x: true, nothing: null } }
      const written = await kv.write({ path: `${way}/app`, data })
      expect(written.data).toMatchObject({ version: 1, destroyed: false, custom_metadata: {} })
      const read = await kv.read(`${way}/app`)
      expect(read.data.data).toEqual(data)
      expect(read.data.metadata.version).toBe(1)
      expect(read.requestId).toMatch(/^[0-9a-f-]{36}$/)
      expect((await kv.list(way)).data.keys).toEqual(['app'])
      const gone = await kv.delete(`${way}/app`)
      expect(gone.status).toBe(204)
      expect(gone.requestId).toMatch(/^[0-9a-f-]{36}$/)
      expect(await kv.get(`${way}/app`)).toBeUndefined()
      const error = await refusal(kv.read(`${way}/app`))
      expect(error).toMatchObject({ status: 404, code: 'not_found', errors: [] })
      expect(error.reply?.data).toMatchObject({ metadata: { version: 1 } })
    })

    test('transit encrypts and decrypts', async () => {
      const transit = vault().transit()
      await transit.writeKey(`${way}-key`)
      const { data } = await transit.encrypt({ name: `${way}-key`, plaintext: base64('hello') })
      const back = await transit.decrypt({ name: `${way}-key`, ciphertext: data.ciphertext ?? '' })
      expect(back.data.plaintext).toBe(base64('hello'))
      const batch_input = ['a', 'b'].map((text) => ({ plaintext: base64(text), reference: text }))
      const many = await transit.encrypt({ name: `${way}-key`, batch_input })
      expect(many.data.batch_results?.map(({ reference }) => reference)).toEqual(['a', 'b'])
      expect(many.data.ciphertext).toBeUndefined()
    })

    test('login gives a client that goes on with the new token', async () => {
      const { client, auth } = await vault().login((v) => v.auth.token.create({ policies: ['default'], ttl: '5m' }))
      expect(auth).toMatchObject({ ttlSeconds: 300, renewable: true, policies: ['default'], tokenType: 'service' })
      expect((await client.auth.token.lookupSelf()).data).toMatchObject({ policies: ['default'] })
      expect((await refusal(client.kv().read('x'))).code).toBe('permission_denied')
      expect((await client.auth.token.renewSelf({ increment: 60 })).auth?.ttlSeconds).toBe(60)
    })

    test('an answer is wrapped, and unwrapped once with its own type', async () => {
      await vault()
        .kv()
        .write({ path: `${way}/w`, data: { k: 'v' } })
      const wrapped = await vault().wrap('90s', (v) => v.kv().read(`${way}/w`))
      expect(wrapped).toMatchObject({ ttlSeconds: 90, creationPath: `secret/data/${way}/w` })
      const reader = vault().with({ token: undefined })
      const { data } = await reader.unwrap(wrapped)
      expect(data.data).toEqual({ k: 'v' })
      expect(data.metadata.custom_metadata).toEqual({})
      expect((await refusal(reader.unwrap(wrapped))).status).toBe(400)
      const plain = await vault().wrap(60, (v) => v.sys.wrap({ data: { of: 'mine' } }))
      expect((await vault().unwrap(plain.token)).data).toEqual({ of: 'mine' })
    })

    test('a wrap that makes no request, or whose answer has nothing in it, says so', async () => {
      await expect(vault().wrap(60, async () => ({}) as never)).rejects.toThrow(TypeError)
      const nothing = vault().wrap(60, (v) => v.kv().delete(`${way}/none`))
      await expect(nothing).rejects.toBeInstanceOf(TransportError)
    })

    test('metrics and the OpenAPI document come as they are', async () => {
      const metrics = await vault().sys.readMetrics({ format: 'prometheus' })
      expect(metrics.data.contentType).toMatch(/^text\/plain/)
      expect(Buffer.from(metrics.data.body).toString()).toContain('# HELP')
    })

    test('health says in its data what its status says', async () => {
      expect((await vault().sys.health({ activecode: 299 })).data).toMatchObject({ initialized: true, sealed: false })
      expect((await vault().sys.health({ activecode: 503 })).data.sealed).toBe(false)
    })

    test('an abort ends a call', async () => {
      const reason = new Error('enough')
      await expect(vault().sys.sealStatus({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      const controller = new AbortController()
      const asked = vault().sys.sealStatus({ signal: controller.signal })
      controller.abort(reason)
      await expect(asked).rejects.toBe(reason)
    })

    test('a namespace that is not there is told', async () => {
      expect((await refusal(vault().with({ namespace: 'nowhere' }).kv().read('x'))).status).toBeGreaterThanOrEqual(400)
    })

    test('the log is streamed until it is not wanted any more', async () => {
      const controller = new AbortController()
      const pieces: string[] = []
      const stream = vault().sys.monitor({ log_level: 'debug', log_format: 'json' }, { signal: controller.signal })
      const reading = (async () => {
        for await (const { data } of stream) {
          pieces.push(Buffer.from(data.content).toString())
          controller.abort(new Error('read'))
        }
      })()
      await vault()
        .sys.writeConfigCors({ enable: false })
        .catch(() => undefined)
      const poke = setInterval(
        () =>
          void vault()
            .auth.token.tidy()
            .catch(() => undefined),
        50,
      )
      await expect(reading).rejects.toThrow('read')
      clearInterval(poke)
      expect(pieces.length).toBeGreaterThan(0)
    })
  })

test('both say the same of what they refuse', async () => {
  const odd: Record<string, (vault: Client) => Promise<unknown>> = {
    'nothing there': (v) => v.kv().read('none'),
    'a wrong version': (v) => v.kv().write({ path: 'x', data: {}, options: { cas: 7 } }),
    'a wrong version, flat': (v) => v.flatKv().write({ path: 'x', data: {}, cas: 7 }),
    'a bad path': (v) => v.kv().read('a//b'),
    'dots in a path': (v) => v.kv().read('a/../../../sys/health'),
    'no such key': (v) => v.transit().decrypt({ name: 'none', ciphertext: 'vault:v1:AA' }),
    'a batch of which one fails': (v) =>
      v.transit().encrypt({ name: 'odd', batch_input: [{ plaintext: base64('x') }, { plaintext: '!' }] }),
    'a deleted version': async (v) => {
      const { data } = await v.kv().write({ path: 'gone', data: {} })
      await v.kv().deleteVersions({ path: 'gone', versions: [data.version] })
      return v.kv().read({ path: 'gone', version: 1 })
    },
    'a bad field': (v) => v.auth.token.create({ ttl: 'soon' }),
    'no such mount': (v) => v.kv('nowhere').read('x'),
    'no such token': (v) => v.with({ token: 's.none' }).kv().read('x'),
    'no token': (v) => v.with({ token: '' }).kv().read('x'),
    'no such lease': (v) => v.lease.lookup({ lease_id: 'none' }),
    'a wrong share': (v) => v.sys.unseal({ key: 'zz' }),
    'a wrong wrapping token': (v) => v.unwrap('none'),
  }
  for (const [name, ask] of Object.entries(odd)) {
    const [rest, grpc] = [await refusal(ask(clients.REST)), await refusal(ask(clients.gRPC))]
    expect({ name, ...toldOf(grpc) }).toEqual({ name, ...toldOf(rest) })
    for (const { requestId } of [rest, grpc]) expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('both give the same data', async () => {
  await clients.REST.sys.mount({ path: 'same', type: 'kv', options: { version: '2' } })
  await clients.REST.kv('same').write({ path: 'a/b', data: { one: 1, none: null } })
  await clients.REST.kv('same').writeMetadata({ path: 'a/b', custom_metadata: { team: 'x' } })
  await clients.REST.transit().writeKey({ name: 'same', auto_rotate_period: '2h' })
  await clients.REST.policy.writeAclPolicy({ name: 'same', policy: 'path "x" { capabilities = ["read"] }' })
  const asks: Record<string, (vault: Client) => Promise<{ readonly data: unknown }>> = {
    mounts: (v) => v.sys.readMounts(),
    mount: (v) => v.sys.readMount('same'),
    tuning: (v) => v.sys.readMountTuning('same'),
    auth: (v) => v.auth.readMethods(),
    secret: (v) => v.kv('same').read('a/b'),
    metadata: (v) => v.kv('same').readMetadata('a/b'),
    config: (v) => v.kv('same').readConfig(),
    subkeys: (v) => v.kv('same').readSubkeys('a/b'),
    keys: (v) => v.kv('same').list(''),
    scan: (v) => v.kv('same').scan({ path: '', limit: 1 }),
    detailed: (v) => v.kv('same').listDetailed('a'),
    key: (v) => v.transit().readKey('same'),
    policies: (v) => v.policy.listAclPolicies(),
    policy: (v) => v.policy.readAclPolicy('same'),
    capabilities: (v) => v.policy.capabilitiesSelf({ paths: ['same/data/x', 'sys/seal'] }),
    explain: (v) => v.policy.explainSelf({ path: 'same/data/x', operation: 'read' }),
    seal: (v) => v.sys.sealStatus(),
    init: (v) => v.sys.readInitStatus(),
    leader: (v) => v.sys.leader(),
    keyStatus: (v) => v.sys.readRotateKeyringConfig(),
    rekey: (v) => v.sys.readRekeyInit(),
    lookup: (v) => v.auth.token.lookupSelf(),
    devices: (v) => v.audit.readDevices(),
    hash: (v) => v.sys.hash({ algorithm: 'sha2-256', input: base64('x') }),
    cors: (v) => v.sys.readConfigCors(),
    visible: (v) => v.sys.readVisibleMounts(),
    router: (v) => v.sys.readInternalRouter('root'),
  }
  for (const [name, ask] of Object.entries(asks)) {
    expect({ name, data: (await ask(clients.gRPC)).data }).toEqual({ name, data: (await ask(clients.REST)).data })
  }
})

for (const way of ['REST', 'gRPC'] as const)
  test(`${way}: changes are watched, and a watch goes on after the last event`, async () => {
    const kv = clients[way].kv()
    const controller = new AbortController()
    const stream = kv.watch(`watched/${way}`, { signal: controller.signal })[Symbol.asyncIterator]()
    const next = async () => (await stream.next()).value?.data
    const first = await next()
    expect(first).toMatchObject({ kind: 'position', path: '' })
    await kv.write({ path: `watched/${way}/a`, data: {} })
    expect(await next()).toMatchObject({ kind: 'written', path: `watched/${way}/a`, version: 1 })
    controller.abort(new Error('read'))
    await expect(stream.next()).rejects.toThrow('read')
    const missed = { path: `watched/${way}`, after_revision: first?.revision ?? 0 }
    for await (const { data } of kv.watch(missed)) {
      if (data.kind === 'position') continue
      expect(data).toMatchObject({ kind: 'written', version: 1 })
      break
    }
    const refused = clients[way].with({ token: 's.none' }).kv().watchSecret('x')[Symbol.asyncIterator]().next()
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' })
  })

test('streams that only gRPC has: encryption in order, the state of the seal', async () => {
  const { gRPC, REST } = clients
  await gRPC.transit().writeKey('stream')
  const inputs = Array.from({ length: 40 }, (_, at) => ({
    name: 'stream',
    batch_input: [{ plaintext: base64(`item ${at}`), reference: String(at) }],
  }))
  const references: string[] = []
  for await (const { data } of gRPC.transit().encryptStream(inputs)) {
    references.push(...(data.batch_results ?? []).map(({ reference }) => reference))
  }
  expect(references).toEqual(inputs.map((_, at) => String(at)))
  for await (const { data } of gRPC.sys.sealEvents()) {
    expect(data).toEqual({ initialized: true, sealed: false })
    break
  }
  const first = REST.transit().encryptStream(inputs)[Symbol.asyncIterator]().next()
  await expect(first).rejects.toMatchObject({ code: 'unsupported' })
})

test('what has no method is asked by its path, over REST', async () => {
  const { data } = await clients.REST.request('GET', 'sys/mounts/secret')
  expect(data).toMatchObject({ type: 'kv' })
  await clients.REST.request('POST', 'cubbyhole/{odd}', { path: 'mine' })
  expect((await clients.REST.cubbyhole.read('{odd}')).data).toEqual({ path: 'mine' })
  await expect(clients.gRPC.request('GET', 'sys/mounts')).rejects.toMatchObject({ code: 'unsupported' })
})

test('updates that meet lose nothing, over both at once', async () => {
  const count = async (vault: Client) => {
    await vault.kv().update<{ n: number }>('counter', (now) => ({ n: (now?.n ?? 0) + 1 }), { maxAttempts: 100 })
    await vault.flatKv().update<{ n: number }>('counter', (now) => ({ n: (now?.n ?? 0) + 1 }), { maxAttempts: 100 })
  }
  const all = Array.from({ length: 6 }, (_, at) => count(at % 2 === 0 ? clients.REST : clients.gRPC))
  await Promise.all(all)
  expect((await clients.REST.kv().get('counter'))?.data).toEqual({ n: 6 })
  expect((await clients.gRPC.flatKv().get('counter'))?.data).toEqual({ n: 6 })
  await clients.REST.kv().delete('counter')
  expect(await clients.REST.kv().update('counter', () => undefined)).toBeUndefined()
  const again = await clients.REST.kv().update('counter', (now) => (now === undefined ? { n: 0 } : undefined))
  expect(again?.version).toBe(7)
})

test('ifFound tells nothing there from refusals', async () => {
  expect(await ifFound(clients.REST.kv().read('none'))).toBeUndefined()
  await expect(ifFound(clients.REST.with({ token: 's.none' }).kv().read('none'))).rejects.toBeInstanceOf(ApiError)
})
