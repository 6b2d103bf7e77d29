import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { toldWithin } from '../../../test/harness/properties.ts'

/** What a token should be, by the rules alone. */
interface Expected {
  parent: number | undefined
  endMs: number
  alive: boolean
}

type Step =
  | { readonly do: 'create'; readonly under: number; readonly minutes: number }
  | { readonly do: 'revoke' | 'orphan'; readonly which: number }
  | { readonly do: 'wait'; readonly minutes: number }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      under: fc.nat(30),
      minutes: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'orphan' as const), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 30 }) }) },
)

function endTree(model: Expected[], root: number): void {
  for (const [at, token] of model.entries()) {
    if (at === root) token.alive = false
    else if (token.alive && token.parent === root) endTree(model, at)
  }
}

test('whatever is made, revoked, orphaned and waited for, exactly the tokens that should be valid are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), async (steps) => {
      const namespace = await TestNamespace.create()
      const tokens: string[] = []
      const model: Expected[] = []
      const pick = (index: number): number | undefined => (tokens.length === 0 ? undefined : index % tokens.length)

      for (const step of steps) {
        if (step.do === 'create') {
          const under = pick(step.under)
          const parent = under !== undefined && model[under]?.alive === true ? under : undefined
          const as = parent === undefined ? {} : { token: tokens[parent] }
          tokens.push(await namespace.token({ policies: ['root'], ttl: `${step.minutes}m` }, as))
          model.push({ parent, endMs: namespace.clock.now() + step.minutes * 60_000, alive: true })
        } else if (step.do === 'wait') {
          namespace.pass(step.minutes * 60)
          await namespace.sweep()
          const nowMs = namespace.clock.now()
          for (const [at, token] of model.entries()) if (token.alive && token.endMs <= nowMs) endTree(model, at)
        } else {
          const which = pick(step.which)
          if (which === undefined || model[which]?.alive !== true) continue
          const path = step.do === 'revoke' ? 'auth/token/revoke' : 'auth/token/revoke-orphan'
          await namespace.call('update', path, { token: tokens[which] })
          if (step.do === 'orphan') for (const token of model) if (token.parent === which) token.parent = undefined
          endTree(model, which)
        }
      }
      const valid = await Promise.all(tokens.map((token) => namespace.isValid(token)))
      expect(valid).toEqual(model.map(({ alive }) => alive))
      // Root's row and one for each living token; nothing half there.
      const living = model.filter(({ alive }) => alive).length
      expect(await namespace.rows('tokens/id/')).toHaveLength(1 + living)
      expect(await namespace.namespace.issued.tokens.accessors()).toHaveLength(1 + living)
      expect(await namespace.rows('tokens/revoking/')).toEqual([])
    }),
    { numRuns: 40, ...toldWithin() },
  )
})
