import { invalid } from '../../../../engines/errors.ts'

/** Expressions of the Common Expression Language (https://cel.dev): variables in their order, and what comes of it all. */
export interface CelProgram {
  readonly variables: readonly { readonly name: string; readonly expression: string }[]
  readonly expression: string
}

/** Of all expressions together. */
const TEXT_MAX_CHARS = 16_384
const VARIABLES_MAX = 32
const NAME = /^[A-Za-z_]\w{0,63}$/
const TAKEN = new Set(['claims', 'now', 'operation'])

/** The program of a request. Throws `invalid_request`; whether the expressions can be read is not looked at. */
export function programOf(raw: Readonly<Record<string, unknown>>): CelProgram {
  const { variables = [], expression } = raw
  if (typeof expression !== 'string' || expression === '') throw invalid('cel_program.expression cannot be empty')
  if (!Array.isArray(variables) || variables.length > VARIABLES_MAX) {
    throw invalid(`cel_program.variables must be a list of at most ${VARIABLES_MAX}`)
  }
  const made = { variables: variables.map(variableOf), expression }
  const chars = made.variables.reduce((sum, one) => sum + one.expression.length, expression.length)
  if (chars > TEXT_MAX_CHARS) throw invalid(`cel_program holds more than ${TEXT_MAX_CHARS} characters`)
  return made
}

function variableOf(raw: unknown): CelProgram['variables'][number] {
  const { name, expression } = (raw ?? {}) as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || !NAME.test(name) || TAKEN.has(name) || typeof expression !== 'string') {
    throw invalid('each of cel_program.variables must have a name that is free, and an expression')
  }
  return { name, expression }
}
