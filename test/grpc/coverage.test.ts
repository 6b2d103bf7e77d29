import { readFileSync } from 'node:fs'
import { getOption } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { mount } from '../../proto/gen/egide/v1/options_pb.ts'
import { http } from '../../proto/gen/google/api/annotations_pb.ts'
import { operationsOf } from '../../scripts/proto/methods.ts'
import { referenceMounts } from '../../server/boot/engines.ts'
import { allMethods } from '../../server/grpc/registry.ts'

const exceptions = JSON.parse(readFileSync('proto/exceptions.json', 'utf8')) as Record<string, string>
const VERBS: Record<string, string> = { get: 'read', post: 'update', patch: 'patch', delete: 'delete' }

/** 'secret/ data/:path* read' of each method that the server listens to, as clients of the descriptors see it. */
const served = new Set(
  await Promise.all(
    allMethods().map(async (served) => {
      const method = await served.describe()
      const { pattern } = getOption(method, http)
      const [verb, path] =
        pattern.case === 'custom'
          ? [pattern.value.kind.toLowerCase(), pattern.value.path]
          : [VERBS[pattern.case ?? ''], String(pattern.value)]
      return `${path.replace('{mount}', getOption(method, mount))} ${verb}`
    }),
  ),
)

const rows = referenceMounts().flatMap((reference) =>
  reference.routes.flatMap((route) =>
    operationsOf(route).map((operation) => ({
      row: `${reference.path} ${route.pattern}`,
      operation,
      reference,
      route,
    })),
  ),
)

test('every operation of every row has an RPC, or a reason why not', () => {
  const without = rows.filter(({ row, operation, reference, route }) => {
    if (row in exceptions || `${row} ${operation}` in exceptions) return false
    const path = route.pattern.replace(/:([a-z_]+)(\*?)\**/g, (_, name, rest) => `{${name}${rest ? '=**' : ''}}`)
    return !served.has(`/v1/${reference.path}${path} ${operation}`)
  })
  expect(without.map(({ row, operation }) => `${row} ${operation}`)).toEqual([])
})

test('no exception is about what there is no more, or without a reason', () => {
  const known = new Set(rows.flatMap(({ row, operation }) => [row, `${row} ${operation}`]))
  for (const [key, reason] of Object.entries(exceptions)) {
    expect(known, key).toContain(key)
    expect(reason.length, key).toBeGreaterThan(10)
  }
})
