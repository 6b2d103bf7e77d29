import { expect, test } from 'vitest'
import { EgideError } from '../../../engines/errors.ts'
import { type Bench, pipelineBench } from '../../../test/pipeline/probe.ts'

/** No change before its request record, no reply before its response record, and nothing at all without them. */

test('a change runs when its request record is written, and is answered when its response record is', async () => {
  const { world, recorder } = await pipelineBench()
  const written = Promise.withResolvers<void>()
  recorder.until = written.promise
  let answered = false
  const reply = world.call('update', 'probe/thing').then(() => {
    answered = true
  })
  await settled()
  expect(recorder.take()).toEqual(['request'])
  recorder.until = undefined
  written.resolve()
  await reply
  expect(answered).toBe(true)
  expect(recorder.take()).toEqual(['request written', 'changed', 'response'])
})

for (const [operation, path, did] of [
  ['read', 'probe/thing', 'read'],
  ['update', 'probe/pure', 'computed'],
  ['list', 'probe/keys', 'listed -1'],
] as const) {
  test(`${operation} of ${path} may run beside its record, but is answered after both`, async () => {
    const { world, recorder } = await pipelineBench()
    const written = Promise.withResolvers<void>()
    recorder.until = written.promise
    let answered = false
    const reply = world.call(operation, path).then(() => {
      answered = true
    })
    await settled()
    expect(recorder.take()).toEqual(['request', did, 'response'])
    expect(answered).toBe(false)
    written.resolve()
    await reply
    expect(recorder.take()).toEqual(['request written', 'response written'])
  })
}

for (const operation of ['update', 'delete', 'patch'] as const) {
  test(`a ${operation} that can't be recorded does not run`, async () => {
    const { world, recorder } = await pipelineBench()
    recorder.failing.add('request')
    expect(await world.refusal(operation, 'probe/thing')).toBe('unavailable: audit device file/ failed')
    expect(recorder.take().filter((what) => what !== 'request' && what !== 'response')).toEqual([])
  })
}

test('a creation that can not be recorded does not run', async () => {
  const { world, recorder } = await pipelineBench()
  recorder.failing.add('request')
  expect(await world.refusal('update', 'probe/made/new')).toMatch(/^unavailable/)
  expect(recorder.take()).not.toContain('created')
})

for (const failing of [['request'], ['response'], ['request', 'response']] as const) {
  for (const [operation, path] of [
    ['read', 'probe/thing'],
    ['read', 'probe/raw'],
    ['read', 'probe/open'],
    ['update', 'probe/pure'],
    ['list', 'probe/keys'],
    ['help', 'probe/thing'],
    ['read', 'probe/broken'],
    ['read', 'probe/nothing'],
  ] as const) {
    test(`${operation} of ${path} is not answered when its ${failing.join(' and ')} can't be recorded`, async () => {
      const { world, recorder } = await pipelineBench()
      for (const one of failing) recorder.failing.add(one)
      expect(await world.refusal(operation, path)).toBe('unavailable: audit device file/ failed')
    })
  }
  test(`a refusal is not answered when its ${failing.join(' and ')} can't be recorded`, async () => {
    const { world, recorder } = await pipelineBench()
    for (const one of failing) recorder.failing.add(one)
    expect(await world.refusal('read', 'probe/thing', {}, { token: 'wrong' })).toMatch(/^unavailable/)
  })
}

test('a change whose response can not be recorded is not answered, though it is made', async () => {
  const { world, recorder } = await pipelineBench()
  recorder.failing.add('response')
  expect(await world.refusal('update', 'probe/thing')).toMatch(/^unavailable/)
  expect(recorder.take()).toContain('changed')
})

test('a token that could not be recorded is not handed out', async () => {
  const { world, recorder } = await pipelineBench()
  recorder.failing.add('response')
  expect(await world.refusal('update', 'auth/token/create')).toMatch(/^unavailable/)
  expect(await world.refusal('update', 'auth/door/login', {}, { token: undefined })).toMatch(/^unavailable/)
})

test('status is told while an audit device fails, and never recorded; what else stands on its row is', async () => {
  const { world, recorder } = await pipelineBench()
  recorder.failing.add('request').add('response')
  const { data } = await world.call('read', 'probe/status', {}, { token: undefined })
  expect(data).toEqual({ answer: 'of the engine' })
  expect(recorder.take()).toEqual(['status'])
  expect(await world.refusal('update', 'probe/status', {}, { token: undefined })).toMatch(/^unavailable/)
  expect(recorder.take()).not.toContain('status changed')
})

test('status that is asked to be wrapped makes no token: nobody would have recorded it', async () => {
  const { world } = await pipelineBench()
  const before = await world.rows('token/')
  const { data, wrapInfo } = await world.call('read', 'probe/status', {}, { token: undefined, wrapTtlSeconds: 60 })
  expect([data, wrapInfo]).toEqual([{ answer: 'of the engine' }, null])
  expect(await world.rows('token/')).toEqual(before)
})

test('what goes wrong is recorded as it is told, and never what nobody foresaw', async () => {
  const { world, recorder } = await pipelineBench()
  const outcomes: [string, string | undefined][] = []
  for (const [operation, path, data] of [
    ['read', 'probe/broken', {}],
    ['read', 'probe/made/x', {}],
    ['update', 'probe/made/x', { number: 'many' }],
    ['read', 'nowhere/x', {}],
    ['read', 'probe/nowhere', {}],
  ] as const) {
    await world.call(operation, path, data).catch(() => undefined)
    const { request, response } = recorder.last()
    expect(request.error).toBe(undefined)
    expect(response.response.data).toBe(null)
    outcomes.push([path, response.response.error])
  }
  expect(outcomes).toEqual([
    ['probe/broken', 'internal error'],
    ['probe/made/x', 'unsupported operation'],
    ['probe/made/x', expect.stringMatching(/^error converting input for field "number"/)],
    ['nowhere/x', 'no handler for route "nowhere/x". route entry not found.'],
    ['probe/nowhere', 'unsupported path'],
  ])
})

test('a refused request is recorded twice, with who was refused', async () => {
  const { world, recorder } = await pipelineBench()
  const token = await world.token({ policies: ['nothing'] })
  recorder.take()
  expect(await world.refusal('update', 'probe/thing', { secret: 1 }, { token })).toBe(
    'permission_denied: permission denied',
  )
  const { request, response } = recorder.last()
  expect(recorder.take()).toEqual(['request', 'response'])
  expect(request.error).toBe('permission denied')
  expect(response.response).toEqual({
    data: null,
    auth: null,
    leaseId: '',
    wrapInfo: null,
    warnings: null,
    error: 'permission denied',
  })
  expect(request.record.caller?.policies).toEqual(['default', 'nothing'])
  expect(request.record.caller?.policyResults).toEqual({ allowed: false, grantingPolicies: [] })
  expect(request.record).toBe(response.record)
})

test('a request that fails before anybody is known is recorded too', async () => {
  const { world, recorder } = await pipelineBench()
  // Storage is gone between the refresh and the look-up of the token.
  const lookup = world.namespace.issued.tokens.lookup.bind(world.namespace.issued.tokens)
  world.namespace.issued.tokens.lookup = async () => {
    throw new TypeError('the secret of storage')
  }
  await expect(world.call('update', 'probe/thing')).rejects.toThrow(TypeError)
  world.namespace.issued.tokens.lookup = lookup
  const { request, response } = recorder.last()
  expect([request.error, response.response.error]).toEqual(['internal error', 'internal error'])
  expect(recorder.take()).toEqual(['request', 'response'])
})

test('a wrapped answer is recorded without what is wrapped', async () => {
  const { world, recorder } = await pipelineBench()
  await world.call('read', 'probe/thing', {}, { wrapTtlSeconds: 60 })
  const { response } = recorder.last()
  expect(response.response.data).toBe(null)
  expect(response.response.wrapInfo?.creationPath).toBe('probe/thing')
})

test('records name the operation that it came to, and mount and path', async () => {
  const { world, recorder } = await pipelineBench()
  const seen: string[] = []
  for (const [operation, path] of [
    ['update', 'probe/made/new'],
    ['update', 'probe/made/old'],
    ['list', 'probe/keys'],
  ] as const) {
    await world.call(operation, path)
    const { record } = recorder.last().request
    seen.push(`${record.operation} ${record.path} ${record.mountPath} ${record.mountType}`)
  }
  expect(seen).toEqual([
    'create probe/made/new probe/ probe',
    'update probe/made/old probe/ probe',
    'list probe/keys/ probe/ probe',
  ])
})

async function sealedWhileReading(bench: Bench): Promise<unknown> {
  const reading = bench.world.call('read', 'probe/slow').catch((error: unknown) => error)
  await bench.gate.arrived.promise
  await bench.world.namespace.close()
  bench.gate.opened.resolve()
  return reading
}

test('a read that the seal overtakes is not answered: its response can not be recorded', async () => {
  const bench = await pipelineBench()
  const outcome = await sealedWhileReading(bench)
  expect(bench.recorder.take()).toEqual(['request', 'slow read'])
  expect(outcome).toBeInstanceOf(EgideError)
  expect((outcome as EgideError).code).toBe('sealed')
})

test('a read that the seal overtakes is not answered when its request record fails either', async () => {
  const bench = await pipelineBench()
  bench.recorder.failing.add('request')
  expect(await sealedWhileReading(bench)).toBeInstanceOf(EgideError)
})

test('a request that closes the namespace is itself answered', async () => {
  const { world, gate } = await pipelineBench()
  // As sys/seal does: the namespace is closed when the handler ends, and there is nothing to tell.
  gate.opened.resolve()
  gate.pass = () => world.namespace.close()
  const reply = await world.call('update', 'probe/closing')
  expect(reply.status).toBe(204)
})

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done))
}
