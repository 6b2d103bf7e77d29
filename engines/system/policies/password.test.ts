import { beforeEach, describe, expect, test } from 'vitest'
import { type PolicyBench, policyBench } from '../../../test/harness/policy-bench.ts'

let setUp: PolicyBench
let bench: PolicyBench['bench']
beforeEach(async () => {
  setUp = await policyBench()
  bench = setUp.bench
})

describe('sys/policies/password', () => {
  const STRONG = 'length = 20\nrule "charset" { charset = "abc" min-chars = 2 }\nrule "charset" { charset = "0123" }'

  test('is written, listed, read, used and deleted', async () => {
    await expect(bench.call('list', 'policies/password')).rejects.toMatchObject({ code: 'not_found', message: '' })
    expect(await bench.call('update', 'policies/password/a/b', { policy: STRONG })).toBeUndefined()
    expect(await bench.data('list', 'policies/password')).toEqual({ keys: ['a/b'] })
    expect(await bench.data('read', 'policies/password/a/b')).toEqual({ policy: STRONG })
    const { password } = await bench.data('read', 'policies/password/a/b/generate')
    expect(password).toMatch(/^[abc0123]{20}$/)
    expect((await bench.data('read', 'policies/password/a/b/generate')).password).not.toBe(password)
    await bench.call('delete', 'policies/password/a/b')
    for (const path of ['policies/password/a/b', 'policies/password/a/b/generate'])
      await expect(bench.call('read', path)).rejects.toMatchObject({
        code: 'not_found',
        message: 'policy does not exist',
      })
  })

  const refusals: Record<string, [policy: string, message: RegExp]> = {
    nothing: ['', /^missing policy$/],
    'a password too short': ['length = 3\nrule "charset" { charset = "a" }', /^passwords must be between 4 and 100/],
    'a password too long': ['length = 101\nrule "charset" { charset = "a" }', /^passwords must be between 4 and 100/],
    'rules that ask for too much': [
      'length = 4\nrule "charset" { charset = "a" min-chars = 5 }',
      /^invalid password policy: specified rules require at least 5 characters but 4 is specified$/,
    ],
    'no characters': ['length = 8', /no charset specified/],
    'no length': ['rule "charset" { charset = "a" }', /length must be > 0/],
    'a rule of another kind': ['length = 8\nrule "words" { }', /unrecognized rule type words/],
    'a misspelt key': ['length = 8\nrule "charset" { charset = "a" min_chars = 1 }', /unknown key "min_chars"/],
    'control characters': ['length = 8\nrule "charset" { charset = "a\\u0007" }', /non-printable/],
    'what is not HCL': ['length = ', /^invalid password policy: line 1/],
  }
  for (const [what, [policy, message]] of Object.entries(refusals)) {
    test(`refuses ${what}`, async () => {
      await expect(bench.call('update', 'policies/password/p', { policy })).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(message),
      })
    })
  }
})
