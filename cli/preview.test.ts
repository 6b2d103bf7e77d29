import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { HttpRequest } from '../sdk/http.ts'
import { policyRule } from './preview.ts'

/** Paths of other engines look like it. */
const LEFT_OUT = 'DELETE pki/root'

/** Each row of the reference, as it is headed there, with whether it asks for sudo. */
function rows(): readonly (readonly [method: string, path: string, needsSudo: boolean])[] {
  const text = readFileSync(new URL('../docs/reference/api.md', import.meta.url), 'utf8')
  return text
    .split(/^### /m)
    .slice(1)
    .flatMap((part) => {
      const [, methods = '', path = ''] = /^`([A-Z, ]+) \/([^`]+)`/.exec(part) ?? []
      const needsSudo = /\*sudo\*$/m.test(part)
      return methods.split(', ').map((method) => [method, path.replaceAll(/{[^}]+}/g, 'x'), needsSudo] as const)
    })
}

test('the rule that a request needs has sudo where the reference says so, and nowhere else', () => {
  const wrong: string[] = []
  for (const [method, path, needsSudo] of rows()) {
    if (`${method} ${path}` === LEFT_OUT) continue
    const isListing = method === 'LIST' || method === 'SCAN'
    const request = {
      method: (isListing ? 'GET' : method) as HttpRequest['method'],
      path,
      query: isListing ? [[method.toLowerCase(), 'true'] as const] : [],
      headers: {},
    }
    if (policyRule(request).includes('"sudo"') !== needsSudo) wrong.push(`${method} ${path}`)
  }
  expect(wrong).toEqual([])
  expect(rows().length).toBeGreaterThan(500)
})
