import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../../engines/engine.ts'
import type { IdentityView } from '../../engines/identity-view.ts'
import { compileAcl } from './acl/acl.ts'
import type { Decision } from './decision.ts'
import { explain } from './explain.ts'
import { parsePolicy } from './parse.ts'

/** The least change that turns a decision: what is named is enough, is small, and is written where it says. */

interface Asked {
  readonly operation?: Operation
  readonly path?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly denyAlwaysWins?: boolean
  readonly access?: 'token' | 'sudo' | 'none'
  readonly identity?: IdentityView
}

function changeOf(texts: readonly string[], asked: Asked = {}) {
  const { operation = 'read', path = 'a/b', data = {}, denyAlwaysWins = false, access, identity } = asked
  const policies = texts.map((text, i) => parsePolicy(`p${i}`, text))
  const acl = compileAcl(policies, { nowMs: 0, denyAlwaysWins, identity })
  return explain({ policies, acl, identity }, { operation, path, data, nowMs: 0 }, { access }).change
}
const block = (path: string, ...capabilities: string[]) =>
  `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)} }`

test.each([
  ['no path fits', [block('x', 'list')], {}, 'add to policy "p0": path "a/b" { capabilities = ["read"] }'],
  [
    'a wildcard gives less: what it gives is kept',
    [block('a/*', 'list', 'update')],
    {},
    'add to policy "p0": path "a/b" { capabilities = ["list", "read", "update"] }',
  ],
  [
    'a wildcard denies: one path is let out',
    [block('a/*', 'deny')],
    {},
    'add to policy "p0": path "a/b" { capabilities = ["read"] }',
  ],
  [
    'the path itself gives less',
    [block('x', 'list'), block('a/b', 'list')],
    {},
    'write in policy "p1", line 1: path "a/b" { capabilities = ["list", "read"] }',
  ],
  [
    'the path itself denies, twice',
    [block('a/b', 'deny'), block('a/b', 'deny')],
    {},
    'write in policy "p0", line 1: path "a/b" { capabilities = ["read"] }; take out of policy "p1", line 1: path "a/b"',
  ],
  [
    'every denial wins',
    [`${block('a/b', 'read')}\n${block('+/b', 'deny')}`, block('a/*', 'deny')],
    { denyAlwaysWins: true },
    'take out of policy "p0", line 2: path "+/b"; take out of policy "p1", line 1: path "a/*"',
  ],
  [
    'it is allowed by a wildcard',
    [block('a/*', 'read', 'list')],
    {},
    'add to policy "p0": path "a/b" { capabilities = ["list"] }',
  ],
  [
    'it is allowed by a wildcard that gives nothing else',
    [block('a/*', 'read')],
    {},
    'add to policy "p0": path "a/b" { capabilities = ["deny"] }',
  ],
  [
    'it is allowed by the path itself, twice',
    [block('a/b', 'read'), block('a/b', 'read', 'list')],
    {},
    'write in policy "p0", line 1: path "a/b" { capabilities = [] }; write in policy "p1", line 1: path "a/b" { capabilities = ["list"] }',
  ],
  [
    'a block beside it would be without its condition',
    ['path "a/*" { capabilities = ["update"]\n allowed_parameters = { "x" = [] } }'],
    {},
    'write in policy "p0", line 1: path "a/*" { capabilities = ["read", "update"] }',
  ],
  [
    'the path is root-protected, and the block does not give sudo',
    [block('a/b', 'read')],
    { access: 'sudo' },
    'write in policy "p0", line 1: path "a/b" { capabilities = ["read", "sudo"] }',
  ],
  [
    'the path is root-protected, and nothing gives it',
    [block('a/*', 'list')],
    { access: 'sudo' },
    'add to policy "p0": path "a/b" { capabilities = ["list", "read", "sudo"] }',
  ],
  [
    'a parameter is missing',
    ['path "a/*" { capabilities = ["update"]\n required_parameters = ["x", "y"] }'],
    { operation: 'update', data: { x: 1 } },
    'send "y"',
  ],
  [
    'a parameter is denied',
    ['path "a/*" { capabilities = ["update"]\n denied_parameters = { "x" = [1] } }'],
    { operation: 'update', data: { x: 1, y: 1 } },
    'leave out, or send with another value: "x"',
  ],
  [
    'a parameter is not allowed',
    ['path "a/*" { capabilities = ["update"]\n allowed_parameters = { "y" = [] } }'],
    { operation: 'update', data: { x: 1, y: 1 } },
    'leave out, or send with a value that is allowed: "x"',
  ],
  [
    'it must be wrapped',
    ['path "a/*" { capabilities = ["read"]\n min_wrapping_ttl = "1m"\n max_wrapping_ttl = "1h" }'],
    {},
    'ask for a wrapped response that lives at least 60 and at most 3600 seconds',
  ],
  [
    'it asks for too many keys',
    ['path "a/*" { capabilities = ["list"]\n pagination_limit = 10 }'],
    { operation: 'list', path: 'a/', data: { limit: 11 } },
    'ask for 1 to 10 keys',
  ],
] as const)('%s', (_, texts, asked, message) => {
  expect(changeOf(texts, asked)?.message).toBe(message)
})

const named = (name: string): IdentityView => ({ entity: { id: '1', name, metadata: {}, aliases: [] }, groups: [] })
const template = (...capabilities: string[]) => block('a/{{identity.entity.name}}', ...capabilities)

test.each([
  ['and nothing else is in the way', [`${block('a/*', 'read')}\n${template('list')}`], false],
  ['where every denial wins', [`${block('a/x/y', 'read')}\n${block('a/{{identity.entity.name}}/*', 'list')}`], true],
])('what a template is filled with denies, %s: that is what is named', (_, texts, denyAlwaysWins) => {
  const path = denyAlwaysWins ? 'a/x/y/z' : 'a/x/y'
  const all = denyAlwaysWins ? [...texts, block('a/x/y/z', 'read')] : texts
  const change = changeOf(all, { path, denyAlwaysWins, identity: named('x/y') })
  const source = `a/{{identity.entity.name}}${denyAlwaysWins ? '/*' : ''}`
  expect(change).toEqual({
    message: `fill the template in policy "p0", line 2: path "${source}" without "/", "*" and "+"`,
    edits: [],
  })
})

test('what a template is filled with denies, and more is lacking: nothing short of other policies turns it', () => {
  expect(changeOf([template('list')], { path: 'a/x/y', identity: named('x/y') })).toBeUndefined()
  const denials = [`${template('read')}\n${block('a/x/y', 'deny')}`]
  expect(changeOf(denials, { path: 'a/x/y', identity: named('x/y') })).toBeUndefined()
})

test.each([
  ['by a value', 'a/{{identity.entity.name}}/*', 'list'],
  ['by itself', 'a/x/y/*', 'deny'],
])('a block with conditions that denies %s has none: one path is let out', (_, pattern, capability) => {
  const text = `path "${pattern}" { capabilities = ["${capability}"]\n required_parameters = ["x"] }`
  const { message } = changeOf([text], { path: 'a/x/y/z', identity: named('x/y') }) ?? {}
  expect(message).toBe('add to policy "p0": path "a/x/y/z" { capabilities = ["read"] }')
})

test('no edit can turn what root allows, and none is written for a path that no policy can name', () => {
  const root = compileAcl([parsePolicy('root', '')], { nowMs: 0 })
  const query = { operation: 'read', path: 'a', data: {}, nowMs: 0 } as const
  expect(explain({ policies: [parsePolicy('root', '')], acl: root }, query).change).toBeUndefined()
  expect(changeOf([block('x', 'read')], { access: 'none' })).toBeUndefined()
  for (const path of ['a/*', 'a/+/b', '{{x}}', 'a\n', 'x'.repeat(5_000)])
    expect(changeOf([block('x', 'read')], { path })).toBeUndefined()
})

const segment = fc.constantFrom('a', 'b', 'ab', '+')
const paths = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const patterns = fc.tuple(paths, fc.boolean()).map(([path, open]) => (open ? `${path}/*` : path))
const operations = fc.constantFrom('create', 'read', 'update', 'patch', 'delete', 'list', 'scan')
const blocks = fc.tuple(
  patterns,
  fc.uniqueArray(fc.oneof(operations, fc.constantFrom('deny', 'sudo')), { maxLength: 3 }),
)
const sets = fc.array(fc.array(blocks, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 })

/** Written into the texts, as a person would. */
function written(texts: readonly (readonly string[])[], edits: NonNullable<ReturnType<typeof changeOf>>['edits']) {
  const lines = texts.map((text) => [...text])
  for (const { action, policy, line, path, capabilities } of edits) {
    const text = lines[Number(policy.slice(1))]
    if (text === undefined) throw new Error('no such policy')
    if (action === 'add') text.push(block(path, ...capabilities))
    else text[(line ?? 0) - 1] = action === 'remove' ? '' : block(path, ...capabilities)
  }
  return lines.map((text) => text.join('\n'))
}

test('what is named turns every decision of capabilities, and nothing else on the path but where a denial went', () => {
  fc.assert(
    fc.property(
      sets,
      paths,
      operations,
      fc.boolean(),
      fc.boolean(),
      (policies, path, operation, denyAlwaysWins, isProtected) => {
        fc.pre(!path.includes('+'))
        const texts = policies.map((rules) => rules.map(([pattern, capabilities]) => block(pattern, ...capabilities)))
        const query = { operation: operation as Operation, path, data: {}, nowMs: 0 }
        const aclOf = (all: readonly string[]) =>
          compileAcl(
            all.map((text, i) => parsePolicy(`p${i}`, text)),
            { nowMs: 0, denyAlwaysWins },
          )
        const before = aclOf(texts.map((text) => text.join('\n')))
        const change = changeOf(
          texts.map((text) => text.join('\n')),
          { ...query, denyAlwaysWins, access: isProtected ? 'sudo' : 'token' },
        )
        if (change === undefined) throw new Error('there is none')
        const after = aclOf(written(texts, change.edits))
        const holds = ({ allowed, sudo }: Decision) => allowed && (sudo || !isProtected)
        expect(holds(after.decide(query))).toBe(!holds(before.decide(query)))
        if (holds(before.decide(query)) || before.decide(query).reason === 'denied') return
        const own = ['deny', operation, ...(isProtected ? ['sudo'] : [])]
        const others = (names: readonly string[]) => names.filter((name) => !own.includes(name))
        expect(others(after.capabilities(path, 0))).toEqual(others(before.capabilities(path, 0)))
      },
    ),
    { numRuns: 2_000 },
  )
})
