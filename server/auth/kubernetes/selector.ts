import { parse } from 'yaml'
import { isJsonObject } from '../../../engines/json-object.ts'

/** A label selector as Kubernetes has it: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly Expression[]
}

interface Expression {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const
const TEXT_MAX_CHARS = 10_000

/** Reads JSON or YAML. Throws an Error for anything but a selector. */
export function readSelector(text: string): Selector {
  if (text.length > TEXT_MAX_CHARS) throw new Error('the selector is too long')
  const raw = membersOf(parse(text, { maxAliasCount: 0 }), ['matchLabels', 'matchExpressions'])
  const labels = Object.entries(raw.matchLabels === undefined ? {} : membersOf(raw.matchLabels))
  const expressions = raw.matchExpressions ?? []
  if (!Array.isArray(expressions)) throw new Error('matchExpressions is no list')
  return {
    matchLabels: Object.fromEntries(labels.map(([key, value]) => [key, textOf(value)])),
    matchExpressions: expressions.map(expressionOf),
  }
}

function expressionOf(raw: unknown): Expression {
  const { key, operator, values = [] } = membersOf(raw, ['key', 'operator', 'values'])
  const known = OPERATORS.find((one) => one === operator)
  if (known === undefined || !Array.isArray(values)) throw new Error('an expression has no operator, or no list')
  const wantsValues = known === 'In' || known === 'NotIn'
  if (wantsValues !== values.length > 0) throw new Error('an expression has values too many or too few')
  return { key: textOf(key), operator: known, values: values.map(textOf) }
}

/** Whether an object with these labels is meant. One without conditions means all. */
export function isSelected(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const labelOf = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labelOf(key) === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const label = labelOf(key)
      if (operator === 'Exists') return label !== undefined
      if (operator === 'DoesNotExist') return label === undefined
      const isAmong = label !== undefined && values.includes(label)
      return operator === 'In' ? isAmong : !isAmong
    })
  )
}

function membersOf(raw: unknown, allowed?: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isJsonObject(raw)) throw new Error('not an object')
  const unknown = Object.keys(raw).find((name) => allowed?.includes(name) === false)
  if (unknown !== undefined) throw new Error(`${unknown} has no place in a selector`)
  return raw
}

function textOf(raw: unknown): string {
  if (typeof raw !== 'string') throw new Error('a label is no text')
  return raw
}
