import { describe, expect, test } from 'vitest'
import { Limiter } from './limiter.ts'
import { Limiters } from './limiters.ts'

describe('a limiter', () => {
  const limiter = () => new Limiter({ rate: 1, intervalSeconds: 10, blockSeconds: 100 })

  test('survives a clock that is set back', () => {
    const one = limiter()
    expect(one.take('a', 1_000_000).isAllowed).toBe(true)
    expect(one.take('a', 1_000_001).isAllowed).toBe(false)
    expect(one.take('a', 1_000).isAllowed).toBe(true)
  })

  test('forgets clients whose interval is over while others come, and none before, nor one that is blocked', () => {
    const one = limiter()
    for (let n = 0; n < 1000; n++) one.take(`first${n}`, 0)
    for (let n = 0; n < 1000; n++) one.take(`second${n}`, 9_999)
    expect(one.clients).toBe(2000)
    expect(one.take('first0', 9_999).isAllowed).toBe(false)
    for (let n = 1; n < 1000; n++) one.take(`first${n}`, 10_000)
    for (let n = 0; n < 1000; n++) one.take(`third${n}`, 19_999)
    expect(one.clients).toBe(2000)
    expect(one.take('first0', 19_999).isAllowed).toBe(false)
    for (let n = 0; n < 3000; n++) one.take(`fourth${n}`, 200_000)
    expect(one.clients).toBe(3000)
  })
})

describe('limiters of all rules', () => {
  const rule = (name: string, rate = 1) => ({
    name,
    rate,
    intervalSeconds: 10,
    blockSeconds: 0,
    path: '',
    role: '',
    inheritable: false,
  })

  test('remember so many clients; a flood of addresses at one rule takes no place from those of another', () => {
    const limiters = new Limiters(100)
    for (let n = 0; n < 20; n++) limiters.take(rule('login'), `a${n}`, 0)
    for (let n = 0; n < 10_000; n++) limiters.take(rule('flooded'), `x${n}`, 1)
    expect(limiters.clients).toBe(100)
    for (let n = 0; n < 20; n++) expect(limiters.take(rule('login'), `a${n}`, 2).isAllowed).toBe(false)
    // Those that came last.
    expect(limiters.take(rule('flooded'), 'x9999', 2).isAllowed).toBe(false)
    expect(limiters.take(rule('flooded'), 'x0', 2).isAllowed).toBe(true)
  })

  test('count anew under a rule that has changed, of that alone', () => {
    const limiters = new Limiters(100)
    for (const name of ['a', 'b']) limiters.take(rule(name), 'client', 0)
    expect(limiters.take(rule('a', 2), 'client', 1).isAllowed).toBe(true)
    expect(limiters.take(rule('b'), 'client', 1).isAllowed).toBe(false)
    expect(limiters.clients).toBe(2)
  })
})
