import {
  type CelFunc,
  type CelInput,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celMethod,
  celType,
  isCelError,
  isCelList,
  isCelUint,
  listType,
  parse,
  plan,
} from '@bufbuild/cel'
import { checkSize } from './bounds.ts'

/** Functions for lists and numbers, by the names they have in OpenBao. What two values are to each other the language itself says. */

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar
const LIST = listType(DYN)

/** A condition on `a` and `b`, made from an expression. Throws what the expression fails with. */
function conditionOf(expression: string): (a: CelValue, b: CelValue) => boolean {
  const planned = plan(celEnv(), parse(expression))
  return (a, b) => {
    const value = planned({ a, b })
    if (isCelError(value)) throw value
    return value === true
  }
}

const isSame = conditionOf('a == b')
const isLess = conditionOf('a < b')
const holdsAll = conditionOf('b.all(x, x in a)')
const holdsAny = conditionOf('a.exists(x, x in b)')

export const LIST_FUNCTIONS: readonly CelFunc[] = [
  celFunc('sets.contains', [LIST, LIST], BOOL, holdsAll),
  celFunc('sets.intersects', [LIST, LIST], BOOL, holdsAny),
  celFunc('sets.equivalent', [LIST, LIST], BOOL, (a, b) => holdsAll(a, b) && holdsAll(b, a)),
  celFunc('lists.range', [INT], LIST, (count) => {
    if (count < 0n) throw new Error('lists.range: size must be non-negative')
    checkSize(Number(count))
    return Array.from({ length: Number(count) }, (_, at) => BigInt(at))
  }),
  celMethod('reverse', LIST, [], LIST, reversed),
  celMethod('reverse', STRING, [], STRING, function () {
    return [...this].reverse().join('')
  }),
  celMethod('sort', LIST, [], LIST, sorted),
  celMethod('distinct', LIST, [], LIST, distinct),
  celMethod('flatten', LIST, [], LIST, function () {
    return flattened(this, 1n)
  }),
  celMethod('flatten', LIST, [INT], LIST, function (depth) {
    if (depth < 0n) throw new Error('flatten: level must be non-negative')
    return flattened(this, depth)
  }),
  celMethod('slice', LIST, [INT, INT], LIST, sliced),
  ...extreme('math.greatest', (one, best) => isLess(best, one)),
  ...extreme('math.least', (one, best) => isLess(one, best)),
  celFunc('math.abs', [INT], INT, (value) => (value < 0n ? -value : value)),
  celFunc('math.sign', [INT], INT, (value) => (value === 0n ? 0n : value < 0n ? -1n : 1n)),
  celFunc('math.abs', [DOUBLE], DOUBLE, Math.abs),
  celFunc('math.sign', [DOUBLE], DOUBLE, Math.sign),
  celFunc('math.ceil', [DOUBLE], DOUBLE, Math.ceil),
  celFunc('math.floor', [DOUBLE], DOUBLE, Math.floor),
  celFunc('math.trunc', [DOUBLE], DOUBLE, Math.trunc),
  // Halves go away from zero.
  celFunc('math.round', [DOUBLE], DOUBLE, (value) => Math.sign(value) * Math.round(Math.abs(value))),
]

function reversed(this: CelList): CelInput[] {
  return [...this].reverse()
}

function sorted(this: CelList): CelInput[] {
  const values = [...this]
  const [first] = values
  if (first !== undefined && values.some((one) => celType(one).name !== celType(first).name)) {
    throw new Error('sort: list elements must have the same type')
  }
  return values.sort((a, b) => (isLess(a, b) ? -1 : isLess(b, a) ? 1 : 0))
}

function distinct(this: CelList): CelInput[] {
  const found: CelValue[] = []
  for (const one of this) if (!found.some((other) => isSame(one, other))) found.push(one)
  return found
}

function flattened(list: CelList, depth: bigint, made: CelInput[] = []): CelInput[] {
  for (const one of list) {
    if (isCelList(one) && depth > 0n) flattened(one, depth - 1n, made)
    else checkSize(made.push(one))
  }
  return made
}

function sliced(this: CelList, from: bigint, to: bigint): CelInput[] {
  if (from < 0n || to < from || to > BigInt(this.size)) {
    throw new Error(`slice: from ${from} to ${to} of a list of length ${this.size}`)
  }
  return [...this].slice(Number(from), Number(to))
}

/** Of numbers, told one by one or in a list: the one that is `better` than all before it. */
function extreme(name: string, isBetter: (one: CelValue, best: CelValue) => boolean): readonly CelFunc[] {
  const best = (values: readonly CelValue[]): CelValue => {
    const [first, ...others] = values
    if (first === undefined || !values.every(isNumber)) throw new Error(`${name}: numbers are wanted`)
    return others.reduce((found, one) => (isBetter(one, found) ? one : found), first)
  }
  return [
    celFunc(name, [DYN], DYN, (one) => best(isCelList(one) ? [...one] : [one])),
    celFunc(name, [DYN, DYN], DYN, (...values) => best(values)),
    celFunc(name, [DYN, DYN, DYN], DYN, (...values) => best(values)),
    celFunc(name, [DYN, DYN, DYN, DYN], DYN, (...values) => best(values)),
  ]
}

function isNumber(value: CelValue): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || isCelUint(value)
}
