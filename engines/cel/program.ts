import Type from 'typebox'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'

/** Expressions of the Common Expression Language (https://cel.dev): variables in their order, and what comes of it all. */
export interface CelProgram {
  readonly variables: readonly { readonly name: string; readonly expression: string }[]
  readonly expression: string
}

/** Of all expressions together. */
const TEXT_MAX_CHARS = 16_384
const VARIABLES_MAX = 32
const NAME = /^[A-Za-z_]\w{0,63}$/

/** `makes`: what comes of a program, for the description. */
export function programField(makes: string) {
  return field.map({
    description: `The program: {"variables": [{"name": …, "expression": …}], "expression": …}; it makes ${makes}`,
    schema: Type.Object({
      variables: Type.Optional(Type.Array(Type.Object({ name: Type.String(), expression: Type.String() }))),
      // A change may be of the variables alone.
      expression: Type.Optional(Type.String()),
    }),
  })
}

/**
 * The program of a request. `taken`: names that variables can't have. Throws `invalid_request`; whether the expressions can be
 * read is not looked at.
 */
export function programOf(raw: Readonly<Record<string, unknown>>, taken: ReadonlySet<string>): CelProgram {
  const { variables = [], expression } = raw
  if (typeof expression !== 'string' || expression === '') throw invalid('cel_program.expression cannot be empty')
  if (!Array.isArray(variables) || variables.length > VARIABLES_MAX) {
    throw invalid(`cel_program.variables must be a list of at most ${VARIABLES_MAX}`)
  }
  const made = { variables: variables.map((one) => variableOf(one, taken)), expression }
  const chars = made.variables.reduce((sum, one) => sum + one.expression.length, expression.length)
  if (chars > TEXT_MAX_CHARS) throw invalid(`cel_program holds more than ${TEXT_MAX_CHARS} characters`)
  return made
}

function variableOf(raw: unknown, taken: ReadonlySet<string>): CelProgram['variables'][number] {
  const { name, expression } = (raw ?? {}) as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || !NAME.test(name) || taken.has(name) || typeof expression !== 'string') {
    throw invalid('each of cel_program.variables must have a name that is free, and an expression')
  }
  return { name, expression }
}
