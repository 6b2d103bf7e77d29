import Type from 'typebox'
import { expect, test } from 'vitest'
import { route } from '../engines/engine.ts'
import { field } from '../engines/field.ts'
import { apiReference } from './api-reference.ts'

const handler = async () => undefined

test('the reference tells each operation, its fields and what it returns', () => {
  const text = apiReference([
    {
      title: 'Things',
      path: 'things/',
      routes: [
        route('box/:name**', {
          summary: 'A box',
          description: 'Boxes hold | bars.',
          fields: {
            name: field.text({ required: true, description: 'Its name.' }),
            ttl: field.duration({ default: 60, description: 'How long | it lasts.' }),
            kind: field.oneOf(['a', 'b'])({ required: true, description: 'Its kind.' }),
          },
          returns: Type.Object({ size: Type.Integer(), tags: Type.Array(Type.String()) }),
          operations: { read: handler, list: handler, update: { handler, access: 'sudo', summary: 'Fill it' } },
        }),
        route('open', { summary: 'For all', fields: {}, access: 'none', operations: { list: handler } }),
        route('old', { summary: 'Gone', fields: {}, hidden: true, operations: { read: handler } }),
      ],
    },
  ])
  const lines = text.split('\n')
  expect(lines).toContain('## Things: `things/`')
  expect(lines.filter((line) => line.startsWith('###'))).toEqual([
    '### `LIST /things/box`',
    '### `GET, LIST /things/box/{name}`',
    '### `POST /things/box/{name}`',
    '### `LIST /things/open`',
  ])
  expect(lines).toContain('Fill it. *sudo*')
  expect(lines).toContain('For all. *no token*')
  expect(lines).toContain('| `ttl` | body | duration | `"60"` | How long \\| it lasts. |')
  expect(lines).toContain('| `kind` | body | `a` or `b` | required | Its kind. |')
  expect(lines).toContain('Returns `size`, `tags` or `keys`.')
  expect(text).not.toContain('Gone')
})
