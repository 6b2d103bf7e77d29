import { expect, test } from 'vitest'
import { parametersOf, type Route, route } from '../../engines/engine.ts'
import { field } from '../../engines/field.ts'
import { RouteClash, RouteTable } from './route-table.ts'

function row(pattern: string): Route {
  const fields = Object.fromEntries(parametersOf(pattern).map((name) => [name, field.text({ description: name })]))
  return route(pattern, { summary: pattern, fields, operations: { read: async () => undefined } })
}

const table = (...patterns: string[]): RouteTable => new RouteTable(patterns.map(row))

const matches: [patterns: string[], path: string, pattern: string | undefined, params?: Record<string, string>][] = [
  [['keys/:name', 'keys/:name/config'], 'keys/a/config', 'keys/:name/config', { name: 'a' }],
  [['keys/:name', 'keys/:name/config'], 'keys/a', 'keys/:name', { name: 'a' }],
  [['data/:path*'], 'data/a/b/c', 'data/:path*', { path: 'a/b/c' }],
  [['data/:path*'], 'data', undefined],
  [['metadata/:path**'], 'metadata/', 'metadata/:path**', { path: '' }],
  [['metadata/:path**'], 'metadata/a/', 'metadata/:path**', { path: 'a' }],
  [['mounts', 'mounts/:path*', 'mounts/:path*/tune'], 'mounts/a/b/tune', 'mounts/:path*/tune', { path: 'a/b' }],
  [['mounts', 'mounts/:path*/tune', 'mounts/:path*'], 'mounts/a/b', 'mounts/:path*', { path: 'a/b' }],
  [['mounts/:path*/tune', 'mounts/:path*'], 'mounts/tune', 'mounts/:path*', { path: 'tune' }],
  [
    ['random', 'random/:bytes', 'random/:source/:bytes'],
    'random/all/32',
    'random/:source/:bytes',
    { source: 'all', bytes: '32' },
  ],
  [['config', ':path*'], 'config', 'config'],
  [['config', ':path*'], 'config/x', ':path*', { path: 'config/x' }],
  [['a'], 'b', undefined],
]
for (const [patterns, path, pattern, params] of matches) {
  test(`${path} among ${patterns.join(' ')} is ${pattern}`, () => {
    for (const order of [patterns, patterns.toReversed()]) {
      const match = table(...order).match(path)
      expect(match?.route.pattern).toBe(pattern)
      if (params !== undefined) expect(match?.params).toEqual(params)
    }
  })
}

const clashes: [string, string][] = [
  ['keys/:name', 'keys/:other'],
  ['a/:x', ':y/b'],
  ['data/:path*', 'data/:rest*'],
  [':path*/tune', 'a/:path*'],
  ['same', 'same'],
]
for (const [left, right] of clashes) {
  test(`${left} and ${right} clash`, () => {
    expect(() => table(left, right)).toThrow(RouteClash)
    expect(() => table(right, left)).toThrow(RouteClash)
  })
}
