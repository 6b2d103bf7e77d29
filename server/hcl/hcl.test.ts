import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HclError, type Node, type ObjectNode } from './ast.ts'
import { parseDocument } from './parse.ts'
import { attributesOf, blocksOf } from './read.ts'

const LIMITS = { maxLength: 1 << 20, maxDepth: 32 }
const parse = (text: string): ObjectNode => parseDocument(text, LIMITS)

/** The tree without places. */
function plain(node: Node): unknown {
  switch (node.kind) {
    case 'null':
      return null
    case 'list':
      return node.elements.map(plain)
    case 'object':
      return node.items.map(({ keys, value }) => [...keys.map((key) => key.name), plain(value)])
    default:
      return node.value
  }
}

test('blocks, labels, attributes and every kind of value', () => {
  const tree = parse(`
    # a comment
    ui = true // another
    path "secret/*" { capabilities = ["read", "list",] } /* and
    one more */
    listener "tcp" {
      address = "127.0.0.1:8200", max = -1.5e3
      hex = 0x1F
      octal = 017
      nested { "quoted key" = { a.b-c = [] } }
    }
  `)
  expect(plain(tree)).toEqual([
    ['ui', true],
    ['path', 'secret/*', [['capabilities', ['read', 'list']]]],
    [
      'listener',
      'tcp',
      [
        ['address', '127.0.0.1:8200'],
        ['max', -1500],
        ['hex', 31],
        ['octal', 15],
        ['nested', [['quoted key', [['a.b-c', []]]]]],
      ],
    ],
  ])
})

test('everything knows its line and column', () => {
  const [first, second] = parse('a = 1\n\n  path "x" {\n    b = "y"\n  }').items
  expect(first?.keys[0].at).toEqual({ line: 1, column: 1 })
  expect(first?.value.at).toEqual({ line: 1, column: 5 })
  expect(second?.keys[1]?.at).toEqual({ line: 3, column: 8 })
  const body = second?.value
  expect(body?.kind === 'object' && body.items[0]?.value.at).toEqual({ line: 4, column: 9 })
  const json = parse('{\n  "a":\n    [1, null]\n}').items[0]
  expect(json?.keys[0].at).toEqual({ line: 2, column: 3 })
  expect(json?.value.kind === 'list' && json.value.elements[1]?.at).toEqual({ line: 3, column: 9 })
})

const STRINGS: Record<string, [source: string, value: string]> = {
  'escapes of one letter': [String.raw`"\a\b\f\n\r\t\v\\\""`, '\x07\b\f\n\r\t\v\\"'],
  'escapes by number': [String.raw`"\101\x41\u00e9\U0001F600"`, 'AAé😀'],
  'an interpolation with quotes in it': ['"a \u0024{f("b{}")} c"', 'a \u0024{f("b{}")} c'],
  'a template as policies use': ['"secret/{{identity.entity.id}}/*"', 'secret/{{identity.entity.id}}/*'],
  'a heredoc': ['<<EOT\n  one\n\\n two\nEOT\n', '  one\n\\n two\n'],
  'an indented heredoc': ['<<-EOT\n    one\n      two\n    EOT\n', 'one\n  two\n'],
  'an indented heredoc with a line that sticks out': ['<<-EOT\n one\n   two\n   EOT', ' one\n   two\n'],
  'text beyond ASCII': ['"clé 🔑"', 'clé 🔑'],
}
for (const [what, [source, value]] of Object.entries(STRINGS))
  test(`strings: ${what}`, () => expect(plain(parse(`a = ${source}`))).toEqual([['a', value]]))

const BAD: Record<string, [text: string, line: number, message: RegExp]> = {
  'an unquoted value': ['a = 1\nb = yes', 2, /yes must stand in quotes/],
  'a missing value': ['a =\n', 2, /expected a value/],
  'a missing brace': ['path "a" {\n  b = 1\n', 1, /not closed/],
  'a missing bracket': ['a = [1,', 1, /not closed/],
  'list elements without comma': ['a = [1 2]', 1, /expected ',' or ']'/],
  'a closing brace too many': ['a = 1\n}', 2, /expected a name/],
  'a string over two lines': ['a = "x\ny"', 1, /not closed on its line/],
  'an unknown escape': ['a = "\\q"', 1, /unknown escape/],
  'a lone surrogate escape': ['a = "\\ud800"', 1, /unknown escape/],
  'an open comment': ['a = 1\n/* b', 2, /comment is not closed/],
  'an open heredoc': ['a = <<X\n', 1, /heredoc is not closed/],
  'a number with a tail': ['a = 12ab', 1, /malformed number/],
  'a number beyond floating point': ['a = 1e999', 1, /malformed number/],
  'a bad octal': ['a = 09', 1, /malformed number/],
  'a lonely minus': ['a = -', 1, /malformed number/],
  'an assigned block with a label': ['a "b" = {}', 1, /block with labels/],
  'an odd character': ['a = 1\nb ? 2', 2, /unexpected '\?'/],
  'a NUL': ['a \0', 1, /control character 0x0/],
  'nesting too deep': [`a = ${'['.repeat(40)}`, 1, /deeper than 32/],
  'blocks too deep': ['a {\n'.repeat(40), 33, /deeper than 32/],
  'JSON: a trailing comma': ['{\n"a": 1,\n}', 3, /quoted key/],
  'JSON: a missing colon': ['{"a" 1}', 1, /expected ':'/],
  'JSON: no comma': ['{"a": [1 2]}', 1, /expected ','/],
  'JSON: a second root': ['{} {}', 1, /after the JSON object/],
  'JSON: a bad escape': ['{"a": "\\x"}', 1, /malformed string/],
  'JSON: a raw newline in a string': ['{"a": "x\ny"}', 1, /malformed string/],
  'JSON: a leading zero': ['{"a": 01}', 1, /expected ','/],
  'JSON: an open string': ['{"a', 1, /malformed string/],
  'JSON: nothing after the brace': ['{', 1, /quoted key/],
  'JSON: nesting too deep': [`{"a":${'['.repeat(40)}`, 1, /deeper than 32/],
}
for (const [what, [text, line, message]] of Object.entries(BAD))
  test(`refuses ${what}, naming the line`, () => {
    const error = thrown(() => parse(text))
    expect(error).toBeInstanceOf(HclError)
    expect(error instanceof HclError && error.at.line).toBe(line)
    expect(String(error)).toMatch(message)
  })

function thrown(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

test('refuses a text beyond the bound', () => {
  expect(() => parseDocument('a = 1234', { maxLength: 7, maxDepth: 4 })).toThrow(/longer than 7/)
})

test('blocks are found in every way of writing them', () => {
  const ways = [
    'audit "file" "main" { a = 1 }',
    'audit = { file = { main = { a = 1 } } }',
    'audit "file" { main { a = 1 } }',
    '{"audit": {"file": {"main": {"a": 1}}}}',
    '{"audit": [{"file": [{"main": [{"a": 1}]}]}]}',
  ]
  for (const way of ways) {
    const blocks = blocksOf(parse(way), 'audit', 2)
    expect(blocks.map(({ labels, body }) => [...labels.map((label) => label.name), plain(body)])).toEqual([
      ['file', 'main', [['a', 1]]],
    ])
  }
  expect(() => blocksOf(parse('audit "a" "b" "c" {}'), 'audit', 2)).toThrow(/takes 2 labels, not 3/)
  expect(() => blocksOf(parse('audit = "a"'), 'audit', 1)).toThrow(/must be a block with one label/)
})

test('an attribute that stands twice is an error in HCL and JSON', () => {
  expect(() => attributesOf(parse('a = 1\nb = 2\na = 3'))).toThrow(/line 3.*a is set twice \(first on line 1\)/)
  expect(() => attributesOf(parse('{"a": 1,\n"a": 2}'))).toThrow(/line 2.*set twice/)
})

/** What JSON.parse gives, in the shape of `plain`. */
function plainJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  return Object.entries(value).map(([key, item]) => [key, plainJson(item)])
}

test('any JSON object parses to what JSON.parse gives', () => {
  const keys = fc.string().filter((key) => key !== '__proto__' && !/^\d+$/.test(key))
  const objects = fc.dictionary(keys, fc.jsonValue({ maxDepth: 4 }))
  fc.assert(
    fc.property(objects, fc.constantFrom(0, 2, '\t'), (object, indent) => {
      const text = JSON.stringify(object, null, indent)
      expect(plain(parse(text))).toEqual(plainJson(JSON.parse(text)))
    }),
  )
})

test('any text is parsed or refused with a place, never anything else', () => {
  const pieces = fc.constantFrom(
    'a',
    '"',
    '{',
    '}',
    '[',
    ']',
    '=',
    ',',
    '\n',
    '#',
    '/*',
    '*/',
    '<<X\n',
    'X',
    '\\',
    '0',
    '-',
    '.',
    '${',
    ' ',
    'é',
    '\0',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const error = thrown(() => parse(parts.join('')))
      expect(error === undefined || error instanceof HclError).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('strings survive being quoted', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const quoted = text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\$\{/g, '\\x24{')
      expect(plain(parse(`a = "${quoted}"`))).toEqual([['a', text]])
    }),
  )
})
