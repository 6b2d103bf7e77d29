import { expect, test } from 'vitest'
import { FaultyBackend } from '../../../storage/faulty.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

const INVALID = 'invalid_request: wrapping token is not valid or does not exist'

async function wrapped(namespace: TestNamespace, data: object = { secret: 'x' }, wrapTtlSeconds = 60): Promise<string> {
  const { wrapInfo } = await namespace.call('update', 'sys/wrapping/wrap', data, { wrapTtlSeconds })
  return wrapInfo?.token ?? ''
}

const unwrap = (namespace: TestNamespace, token: string) => namespace.call('update', 'sys/wrapping/unwrap', { token })
const unwrapSelf = (namespace: TestNamespace, token: string) =>
  namespace.call('update', 'sys/wrapping/unwrap', {}, { token })

test('a wrapped answer shows nothing but its wrapping, and comes out as it was', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  await namespace.call('update', 'plain/a', { password: 'hunter2' })
  const response = await namespace.call('read', 'plain/a', {}, { wrapTtlSeconds: 300 })
  expect(response).toMatchObject({ status: 200, data: null, auth: null, leaseId: '', leaseDurationSeconds: 0 })
  expect(response.wrapInfo).toMatchObject({
    ttlSeconds: 300,
    creationPath: 'plain/a',
    creationTimeMs: namespace.clock.now(),
    wrappedAccessor: '',
  })
  const plain = await namespace.call('read', 'plain/a')
  const { requestId, mountType, ...parts } = await unwrap(namespace, response.wrapInfo?.token ?? '')
  expect({ ...parts, requestId: plain.requestId, mountType: plain.mountType }).toEqual(plain)
  expect([requestId, mountType]).not.toContain('')
})

test('a wrapped secret keeps its lease, a wrapped login its token', async () => {
  const namespace = await TestNamespace.create()
  const secret = await namespace.call('read', 'creds/user', {}, { wrapTtlSeconds: 60 })
  const opened = await unwrap(namespace, secret.wrapInfo?.token ?? '')
  expect(opened).toMatchObject({ leaseDurationSeconds: 600, renewable: true, data: { user: 'user-1' } })
  expect(await namespace.data('update', 'sys/leases/lookup', { lease_id: opened.leaseId })).toMatchObject({ ttl: 600 })

  const login = await namespace.call('update', 'auth/token/create', { policies: ['default'] }, { wrapTtlSeconds: 60 })
  const { auth, data } = await unwrap(namespace, login.wrapInfo?.token ?? '')
  expect(data).toBeNull()
  expect(auth?.accessor).toBe(login.wrapInfo?.wrappedAccessor)
  expect(await namespace.isValid(auth?.clientToken ?? '')).toBe(true)
})

test('a wrapping token is not used up where it opens nothing, in a namespace below its own', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/namespaces/team', {})
  const token = await wrapped(namespace)
  for (const name of ['unwrap', 'rewrap'])
    expect(await namespace.refusal('update', `sys/wrapping/${name}`, {}, { token, namespace: 'team/' })).toBe(INVALID)
  expect(await namespace.refusal('read', 'cubbyhole/response', {}, { token, namespace: 'team/' })).toBe(
    'permission_denied: permission denied',
  )
  expect((await unwrapSelf(namespace, token)).data).toEqual({ secret: 'x' })
})

test('numbers that a double cannot hold come out digit for digit', async () => {
  const namespace = await TestNamespace.create()
  const digits = '123456789012345678901234567890.10'
  const exact = (JSON as unknown as { rawJSON(text: string): object }).rawJSON(digits)
  const { data } = await unwrap(namespace, await wrapped(namespace, { big: exact, deep: [{ n: exact }] }))
  expect(JSON.stringify(data)).toBe(`{"big":${digits},"deep":[{"n":${digits}}]}`)
})

test('of many who unwrap at once, by whichever way, exactly one gets the answer', async () => {
  const namespace = await TestNamespace.create()
  for (let round = 0; round < 10; round++) {
    const token = await wrapped(namespace)
    const others = await namespace.token({ policies: ['default'] })
    const ways = [
      () => unwrap(namespace, token),
      () => unwrapSelf(namespace, token),
      () => namespace.call('update', 'sys/wrapping/unwrap', { token }, { token: others }),
      () => namespace.call('update', 'sys/wrapping/unwrap', { token }, { token }),
      () => namespace.call('update', 'sys/wrapping/rewrap', { token }),
      () => namespace.call('read', 'cubbyhole/response', {}, { token }),
    ]
    const attempts = Array.from({ length: 18 }, (_, at) => ways[(at + round) % ways.length]?.())
    const outcomes = await Promise.allSettled(attempts)
    const won = outcomes.filter(({ status }) => status === 'fulfilled')
    expect(won).toHaveLength(1)
    expect(await namespace.refusal('update', 'sys/wrapping/unwrap', { token })).toBe(INVALID)
    expect(await namespace.isValid(token)).toBe(false)
  }
})

test('a used, expired, revoked, unknown or ordinary token is refused in the same words, in the body and as the caller', async () => {
  const namespace = await TestNamespace.create()
  const used = await wrapped(namespace)
  await unwrap(namespace, used)
  const revoked = await wrapped(namespace)
  await namespace.call('update', 'auth/token/revoke', { token: revoked })
  const ordinary = await namespace.token({ policies: ['default'], num_uses: 3 })
  const expired = await wrapped(namespace, {}, 10)
  namespace.pass(10)
  for (const token of [used, revoked, expired, 's.unknown', 'b.unknown', 'x']) {
    for (const path of ['sys/wrapping/unwrap', 'sys/wrapping/rewrap']) {
      expect(await namespace.refusal('update', path, { token })).toBe(INVALID)
      expect(await namespace.refusal('update', path, {}, { token })).toBe(INVALID)
    }
    expect(await namespace.refusal('update', 'sys/wrapping/lookup', { token }, { token: undefined })).toBe(INVALID)
    expect(await namespace.refusal('read', 'sys/wrapping/lookup', {}, { token })).toBe(INVALID)
  }
  expect(await namespace.refusal('update', 'sys/wrapping/unwrap', { token: ordinary })).toBe(INVALID)
  expect(await namespace.refusal('update', 'sys/wrapping/unwrap', {}, { token: ordinary })).toBe(INVALID)
  expect(await namespace.refusal('update', 'sys/wrapping/unwrap', { token: namespace.root })).toBe(INVALID)
  expect(await namespace.isValid(namespace.root)).toBe(true)
  expect(await namespace.isValid(ordinary)).toBe(true)
})

test('looking up tells when and by what it was wrapped, to anybody who has the token, and uses nothing', async () => {
  const namespace = await TestNamespace.create()
  const token = await wrapped(namespace, { a: 1 }, 90)
  const told = {
    creation_path: 'sys/wrapping/wrap',
    creation_time: new Date(namespace.clock.now()).toISOString(),
    creation_ttl: 90,
  }
  for (let times = 0; times < 3; times++) {
    expect(await namespace.data('update', 'sys/wrapping/lookup', { token }, { token: undefined })).toEqual(told)
    expect(await namespace.data('read', 'sys/wrapping/lookup', {}, { token })).toEqual(told)
  }
  expect((await unwrap(namespace, token)).data).toEqual({ a: 1 })
})

test('rewrapping moves the answer to a new token and ends the old one', async () => {
  const namespace = await TestNamespace.create()
  const token = await wrapped(namespace, { a: 1 }, 90)
  namespace.pass(60)
  const { wrapInfo, data } = await namespace.call('update', 'sys/wrapping/rewrap', { token })
  expect(data).toBeNull()
  expect(wrapInfo).toMatchObject({
    ttlSeconds: 90,
    creationPath: 'sys/wrapping/wrap',
    creationTimeMs: namespace.clock.now(),
  })
  expect(await namespace.isValid(token)).toBe(false)
  namespace.pass(60)
  expect((await unwrap(namespace, wrapInfo?.token ?? '')).data).toEqual({ a: 1 })
})

test('a wrapping token is good for its one answer and nothing else', async () => {
  const namespace = await TestNamespace.create()
  const denied = 'permission_denied: permission denied'
  for (const [operation, path] of [
    ['read', 'auth/token/lookup-self'],
    ['update', 'auth/token/create'],
    ['read', 'sys/mounts'],
    ['list', 'cubbyhole/'],
  ] as const) {
    const token = await wrapped(namespace)
    expect(await namespace.refusal(operation, path, {}, { token })).toBe(denied)
    // Trying took its use: whoever unwraps later learns that somebody was there.
    expect(await namespace.refusal('update', 'sys/wrapping/unwrap', { token })).toBe(INVALID)
  }
})

test('a caller’s own token is opened only if its use was taken', async () => {
  const namespace = await TestNamespace.create()
  const token = await wrapped(namespace)
  await expect(namespace.namespace.issued.wrapping.unwrap({ token, isCaller: true })).rejects.toThrow(INVALID.slice(17))
  expect((await unwrapSelf(namespace, token)).data).toEqual({ secret: 'x' })
})

test('older clients read the answer from the cubbyhole, as text', async () => {
  const namespace = await TestNamespace.create()
  const token = await wrapped(namespace, { a: 1 })
  const { response } = await namespace.data('read', 'cubbyhole/response', {}, { token })
  expect(JSON.parse(String(response))).toMatchObject({ data: { a: 1 }, auth: null, wrap_info: null, lease_id: '' })
})

test('wrapping without a time is refused', async () => {
  const namespace = await TestNamespace.create()
  expect(await namespace.refusal('update', 'sys/wrapping/wrap', { a: 1 })).toBe(
    'invalid_request: endpoint requires response wrapping to be used',
  )
})

test('what nobody unwraps goes when its time is over, and so does what was unwrapped', async () => {
  const namespace = await TestNamespace.create()
  const before = await namespace.rows('')
  await wrapped(namespace, { a: 1 }, 60)
  await unwrap(namespace, await wrapped(namespace, { a: 1 }, 60))
  namespace.pass(60)
  await namespace.sweep()
  expect(await namespace.rows('')).toEqual(before)
})

for (const fate of ['refused', 'applied, reply lost'] as const) {
  test(`an unwrapping whose write is ${fate} gives the answer at most once`, async () => {
    for (let nth = 1, fired = true; fired; nth++) {
      const backend = new MemoryBackend()
      const before = await TestNamespace.create({ backend })
      const token = await wrapped(before, { a: 1 })
      const { cipher, clock, root } = before
      const faulty = new FaultyBackend(backend, nth, fate)
      const first = await TestNamespace.over({ backend: faulty, cipher, clock })
        .then((cut) => cut.call('update', 'sys/wrapping/unwrap', { token }, { token: root }))
        .then(
          ({ data }) => data,
          () => undefined,
        )
      fired = faulty.fired
      const after = await TestNamespace.over({ backend, cipher, clock })
      const second = await after.call('update', 'sys/wrapping/unwrap', { token }, { token: root }).then(
        ({ data }) => data,
        () => undefined,
      )
      const given = [first, second].filter((data) => data !== undefined)
      if (fate === 'refused') expect(given, `fault ${nth}`).toEqual([{ a: 1 }])
      else expect(given.length, `fault ${nth}`).toBeLessThanOrEqual(1)
    }
  })
}

test('wrapping anew takes the shorter of what is asked and what it was made with', async () => {
  const namespace = await TestNamespace.create()
  const rewrap = async (token: string, wrapTtlSeconds?: number) => {
    const options = wrapTtlSeconds === undefined ? {} : { wrapTtlSeconds }
    return (await namespace.call('update', 'sys/wrapping/rewrap', { token }, options)).wrapInfo
  }
  let token = await wrapped(namespace, { secret: 'x' }, 300)
  for (const [asked, ttlSeconds] of [
    [900, 300],
    [60, 60],
    [undefined, 60],
    [300, 60],
  ] as const) {
    const info = await rewrap(token, asked)
    expect(info?.ttlSeconds).toBe(ttlSeconds)
    token = info?.token ?? ''
    expect(await namespace.data('update', 'sys/wrapping/lookup', { token })).toMatchObject({ creation_ttl: ttlSeconds })
  }
})

test('a wrapping token may be given back unopened', async () => {
  const namespace = await TestNamespace.create()
  const token = await wrapped(namespace)
  await namespace.call('update', 'auth/token/revoke-self', {}, { token })
  expect(await namespace.refusal('update', 'sys/wrapping/lookup', { token })).toBe(INVALID)
  expect(await namespace.refusal('update', 'sys/wrapping/unwrap', {}, { token })).toBe(INVALID)
})
