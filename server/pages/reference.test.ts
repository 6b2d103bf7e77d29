import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { REFERENCE_SCRIPT } from './reference.ts'

interface Shown {
  readonly spec: { readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>> }
  readonly requestInterceptor: (request: object) => object
}

/** What the page hands to Swagger UI of a document that has these paths. */
async function shown(paths: object): Promise<Shown> {
  const { promise, resolve } = Promise.withResolvers<Shown>()
  const fetch = async () => ({ json: async () => ({ openapi: '3.1.0', tags: [], paths }) })
  runInNewContext(REFERENCE_SCRIPT, { fetch, SwaggerUIBundle: resolve })
  return promise
}

test('the reference has a group for each engine and method, by where it stands', async () => {
  const paths = ['/auth/approle/role', '/auth/{path}', '/identity/entity/id', '/kv', '/secret/data/{path}', '/sys/auth']
  const item = { parameters: [{ name: 'x' }], get: { tags: ['secrets'] }, post: { tags: ['secrets'] } }
  const { spec } = await shown(Object.fromEntries(paths.map((path) => [path, structuredClone(item)])))
  const groups = paths.map((path) => spec.paths[path]?.post)
  expect(groups).toEqual(
    ['auth/approle', 'auth', 'identity/entity', 'kv', 'secret', 'sys'].map((group) => ({ tags: [group] })),
  )
})

test('a path that is tried keeps its slashes', async () => {
  const { requestInterceptor } = await shown({})
  expect(requestInterceptor({ method: 'GET', url: 'http://a/v1/secret/data/web%2Fdb%20one' })).toEqual({
    method: 'GET',
    url: 'http://a/v1/secret/data/web/db%20one',
  })
})
