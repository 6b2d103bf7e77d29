import { expect, test } from 'vitest'
import { namespaceRoutes } from '../../engines/system/namespaces/index.ts'
import { repliesOf } from './openapi-output.ts'

/** What an operation answers stands in its OpenAPI. */

test.each(['namespaces/:path*', 'namespaces/:path/delete-sealed'])(
  'deleting what is not there has null data: %s',
  (path) => {
    const row = namespaceRoutes.find(({ pattern }) => pattern === path)
    if (row?.operations.delete === undefined) throw new Error('no such row')
    const { '200': answer } = repliesOf(row as never, { delete: row.operations.delete })
    expect(JSON.stringify(answer)).toContain('{"type":"null"}')
  },
)
