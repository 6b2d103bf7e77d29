import { describe, expect, test } from 'vitest'
import { compileAcl } from './acl/acl.ts'
import { PATH_MAX_LENGTH, POLICY_MAX_LENGTH, POLICY_MAX_RULES, parsePolicy } from './parse.ts'
import { parsePasswordPolicy } from './passwords/password-policy.ts'
import { PolicyError } from './policy.ts'

/** Text that was written to do harm: a refusal that says where, quickly, and without much memory. */

/** CPU time of this thread, which a busy or paused machine adds nothing to. */
function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

const block = (body: string) => `path "a" { ${body} }`
const hostile: Record<string, string> = {
  'longer than a policy may be': `# ${'x'.repeat(POLICY_MAX_LENGTH)}`,
  'lists within lists': block(`required_parameters = ${'['.repeat(400_000)}`),
  'objects within objects': block(`allowed_parameters = { a = ${'[{ a = '.repeat(100_000)}`),
  'JSON within JSON': `{"path":{"a":${'{"b":'.repeat(150_000)}`,
  'brackets that close nothing': block(']'.repeat(1000)),
  'a string that does not end': `path "${'a'.repeat(900_000)}`,
  'a heredoc that does not end': `path "a" { capabilities = <<${'E'.repeat(1000)}\n${'x\n'.repeat(300_000)}`,
  'a comment that does not end': `/*${'*'.repeat(900_000)}`,
  'a NUL': 'path "a" \0 { capabilities = ["read"] }',
  'a key set twice': block('capabilities = ["read"]\n capabilities = ["deny"]'),
  'a key set twice in JSON': '{"path":{"a":{"capabilities":["read"],"capabilities":["deny"]}}}',
  'a key of every object': block('__proto__ = ["read"]'),
  'a capability of every object': block('capabilities = ["constructor"]'),
  'a legacy policy of every object': block('policy = "toString"'),
  'a filter of every object': block(
    'capabilities = ["list"]\n list_scan_response_keys_filter_path = "{{ .key | constructor }}"',
  ),
  'more blocks than a policy may have': 'path "a" {}\n'.repeat(POLICY_MAX_RULES + 1),
  'one path longer than any request': `path "${'a'.repeat(PATH_MAX_LENGTH + 1)}" {}`,
  'many labels': `path ${'"a" '.repeat(100_000)} {}`,
  'braces that do not pair': `path "${'{{'.repeat(1000)}" {}`,
  'a number past all numbers': block(`pagination_limit = ${'9'.repeat(100_000)}`),
  'a duration past all durations': block(`max_wrapping_ttl = "${'9'.repeat(100_000)}h"`),
  'lone surrogates for names': '\ud800 "a" {}',
  'no policy at all': 'storage "inmem" {}',
  'a condition that is not checked here': block('capabilities = ["read"]\n control_group = {}'),
}

describe('a policy is refused:', () => {
  for (const [what, text] of Object.entries(hostile)) {
    test(what, () => {
      expect(cpuMs(() => expect(() => parsePolicy('p', text)).toThrow(PolicyError))).toBeLessThan(2000)
    })
  }
})

test('a refusal does not repeat what it refuses at length', () => {
  for (const text of Object.values(hostile)) {
    const message = messageOf(() => parsePolicy('p', text))
    expect(message.length).toBeLessThan(PATH_MAX_LENGTH + 200)
  }
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return ''
}

test('the largest policy is compiled and asked in no time', () => {
  const blocks = Array.from({ length: POLICY_MAX_RULES }, (_, i) => {
    const path = i % 3 === 0 ? `kv/${i}` : i % 3 === 1 ? `kv/${i}/*` : `kv/+/${i}/+/x*`
    return `path "${path}" { capabilities = ["read"] }`
  })
  const spent = cpuMs(() => {
    const acl = compileAcl([parsePolicy('large', blocks.join('\n'))], { nowMs: 0 })
    const deep = `kv/${'a/'.repeat(1000)}`
    for (let i = 0; i < 5_000; i++) {
      expect(acl.decide({ operation: 'read', path: `kv/${i * 3}`, data: {}, nowMs: 0 }).allowed).toBe(i * 3 < 10_000)
      acl.decide({ operation: 'list', path: deep, data: {}, nowMs: 0 })
    }
  })
  expect(spent).toBeLessThan(5000)
})

test('wildcards that fit in many ways cost no more than the path is long', () => {
  const blocks = Array.from({ length: 500 }, (_, i) => {
    const segments = Array.from({ length: 24 }, (_, at) => ((i >> (at % 9)) & 1 ? '+' : 'a'))
    return `path "${segments.join('/')}/z${i}" { capabilities = ["read"] }`
  })
  const acl = compileAcl([parsePolicy('p', blocks.join('\n'))], { nowMs: 0 })
  const path = `${'a/'.repeat(24)}none`
  const ask = () => acl.decide({ operation: 'read', path, data: {}, nowMs: 0 }).allowed
  const spent = cpuMs(() => {
    for (let i = 0; i < 200; i++) expect(ask()).toBe(false)
  })
  expect(spent).toBeLessThan(5000)
})

const passwords: Record<string, string> = {
  'longer than it may be': `length = 8\n# ${'x'.repeat(1 << 16)}`,
  nested: `length = 8\nrule "charset" { charset = ${'['.repeat(30_000)}`,
  'thousands of rules': `length = 8\n${'rule "charset" { charset = "a" }\n'.repeat(101)}`,
  'too many characters': `length = 8\nrule "charset" { charset = "${Array.from({ length: 257 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')}" }`,
  'half a character': 'length = 8\nrule "charset" { charset = "a\ud800" }',
  'fewer than no characters': 'length = 8\nrule "charset" { charset = "a" min-chars = -5 }',
  'a length past all numbers': `length = 1e999\nrule "charset" { charset = "a" }`,
  'two lengths': 'length = 8\nlength = 80\nrule "charset" { charset = "a" }',
}
describe('a password policy is refused:', () => {
  for (const [what, text] of Object.entries(passwords)) {
    test(what, () => {
      expect(cpuMs(() => expect(() => parsePasswordPolicy(text)).toThrow(PolicyError))).toBeLessThan(2000)
    })
  }
})
