/** A variable is read as EGIDE_NAME, then as BAO_NAME, then as VAULT_NAME; an empty one counts as unset. */
const PREFIXES = ['EGIDE_', 'BAO_', 'VAULT_'] as const

export type Environment = Readonly<Record<string, string | undefined>>

export interface Variable {
  /** The full name it was found under. */
  readonly name: string
  readonly value: string
}

export function variable(environment: Environment, name: string): Variable | undefined {
  for (const prefix of PREFIXES) {
    const value = environment[prefix + name]
    if (value !== undefined && value !== '') return { name: prefix + name, value }
  }
  return undefined
}
