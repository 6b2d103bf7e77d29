import fc from 'fast-check'
import { expect, test } from 'vitest'
import { referenceMounts } from '../../server/boot/engines.ts'
import { requireCleanPath } from '../../server/core/clean-path.ts'
import { RouteTable } from '../../server/core/route-table.ts'
import { decodePath } from '../../server/rest/path.ts'

/** What is judged is a request's path, and what an engine gets are the parts of it: together they are that path, and no other. */

const NAMES = ['x', 'X', 'x y', 'x.', '%2F', ';', '+', '*', '?', '#', 'ü', 'a:b', 'config', 'true']

for (const { path: mount, routes } of referenceMounts()) {
  const table = new RouteTable(routes)
  const literals = [
    ...new Set(routes.flatMap(({ pattern }) => pattern.split('/').filter((part) => !part.startsWith(':')))),
  ]
  const part = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...literals, 'x'))
  const ofRow = fc
    .tuple(fc.constantFrom(...routes), fc.array(part, { minLength: 8, maxLength: 8 }), fc.nat(2))
    .map(([{ pattern }, values, more]) =>
      pattern
        .split('/')
        .flatMap((text, n) => (text.startsWith(':') ? values.slice(n, n + (text.endsWith('*') ? more : 1)) : [text]))
        .join('/'),
    )
  const ofAnything = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'))
  const paths = fc.tuple(fc.oneof(ofRow, ofAnything), fc.boolean()).map(([path, slash]) => path + (slash ? '/' : ''))

  test(`${mount}: the parts that a row gets are the path that was asked for`, () => {
    fc.assert(
      fc.property(paths, (path) => {
        fc.pre(!path.startsWith('/') && !path.includes('//'))
        const match = table.match(path)
        if (match === undefined) return
        const rebuilt = match.route.pattern.replace(/:(\w+)\**/g, (_, name: string) => match.params[name] ?? '')
        expect(rebuilt.replace(/\/$/, '')).toBe(path.replace(/\/$/, ''))
      }),
      { numRuns: 500 },
    )
  })
}

test('a path that is taken is decoded once, and comes out of no other spelling than of its own characters', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '%2F',
      '%2e',
      '..',
      '.',
      '%',
      '%25',
      '%252F',
      '\\',
      '%5C',
      '//',
      'a',
      'ü',
      '%C3%BC',
      '%ff',
      '%00',
      '?',
      ';',
      ' ',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 3 }),
  )
  const spellings = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  const decoded = (raw: string, isLenient: boolean): string | undefined => {
    try {
      return decodePath(raw, isLenient)
    } catch {
      return undefined
    }
  }
  fc.assert(
    fc.property(spellings, fc.boolean(), (raw, isLenient) => {
      const path = decoded(raw, isLenient)
      if (path === undefined) return
      requireCleanPath(path)
      expect(path.startsWith('/')).toBe(false)
      // What a client that escapes as it ought to would write leads to the same.
      expect(decoded(path.split('/').map(encodeURIComponent).join('/'), isLenient)).toBe(path)
      if (!isLenient) expect(path.split('/').length).toBe(raw.split('/').length)
    }),
    { numRuns: 5000 },
  )
})
