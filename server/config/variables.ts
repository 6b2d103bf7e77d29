export type Environment = Readonly<Record<string, string | undefined>>

/** Ours first; the others let a service's environment be brought along. */
const PREFIXES = ['EGIDE_', 'BAO_', 'VAULT_']

/** The first variable `PREFIX` + `name` that says something, by its whole name. An empty one says nothing. */
export function variable(
  env: Environment,
  name: string,
  prefixes: readonly string[] = PREFIXES,
): { readonly name: string; readonly text: string } | undefined {
  for (const prefix of prefixes) {
    const text = env[prefix + name]
    if (text !== undefined && text !== '') return { name: prefix + name, text }
  }
  return undefined
}
