import { getOption } from '@bufbuild/protobuf'
import { type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { http } from '../../proto/gen/google/api/annotations_pb.ts'
import type { HttpRule } from '../../proto/gen/google/api/http_pb.ts'
import { allMethods } from '../../server/grpc/registry.ts'
import { type Served, serve } from './serve.ts'

/** A name that stands in the path and is not given leads nowhere: neither to a folder nor to another method. */

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.stop())

const isListing = ({ pattern }: HttpRule) => pattern.case === 'custom'
const templateOf = ({ pattern }: HttpRule) =>
  pattern.case === 'custom' ? pattern.value.path : String(pattern.value ?? '')

/** The fields that must be given, in the order of the path. */
function needed(rule: HttpRule): readonly string[] {
  return [...templateOf(rule).matchAll(/\{(\w+)(=\*\*)?\}/g)]
    .filter(([, name, deep]) => name !== 'mount' && !(deep && (isListing(rule) || rule.additionalBindings.length > 0)))
    .map(([, name = '']) => name)
}

const unary = await Promise.all(
  allMethods()
    .filter(({ kind }) => kind === 'unary')
    .map(async (served) => ({ path: served.path, rule: getOption(await served.describe(), http) })),
)
const named = unary.filter(({ rule }) => needed(rule).length > 0)

const refusalOf = (call: Promise<unknown>): Promise<ServiceError | undefined> =>
  call.then(
    () => undefined,
    (error) => error,
  )

test('most methods have a name in their path', () => expect(named.length).toBeGreaterThan(200))

test.each(named)('$path without a name says which is missing', async ({ path, rule }) => {
  const error = await refusalOf(served.raw(path, Buffer.alloc(0), { 'x-vault-token': served.rootToken }))
  expect([error?.code, error?.details]).toEqual([status.INVALID_ARGUMENT, `missing ${needed(rule)[0]}`])
})

describe('of methods that go without', () => {
  test('the topmost folder is listed', async () => {
    await served.call(Kv.method.write, { path: 'a', data: { b: true } })
    expect((await served.call(Kv.method.list, {})).data?.keys).toEqual(['a'])
  })

  test('a namespace that is not named is the own one, and its slash means nothing', async () => {
    await served.call(Sys.method.writeNamespace, { path: 'team' })
    const headers = { 'x-vault-token': served.rootToken }
    for (const [path, namespace] of [
      ['', 'team'],
      ['team', ''],
      ['team/', ''],
    ] as const) {
      const within = namespace === '' ? headers : { ...headers, 'x-vault-namespace': namespace }
      const locked = await served.call(Sys.method.lockNamespace, { path }, within)
      const unlockKey = locked.data?.unlockKey ?? ''
      expect(unlockKey).not.toBe('')
      const reading = refusalOf(
        served.call(Sys.method.readMount, { path: 'sys' }, { ...headers, 'x-vault-namespace': 'team' }),
      )
      expect((await reading)?.code).toBe(status.UNAVAILABLE)
      await served.call(Sys.method.unlockNamespace, { path: 'team', unlockKey })
    }
  })
})
