import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'

const description = 'Not supported: a request that has it is refused, because the shares would go out in clear.'

export const pgpKeysField = field.list({ default: [], description })
export const pgpKeyField = field.text({ default: '', description })
export const backupField = field.bool({ default: false, description })

/** Refuses what asks for encrypted shares: to ignore it would hand them out in clear. */
export function refusePgp(fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) {
    const isSet = Array.isArray(value) ? value.length > 0 : value !== '' && value !== false
    if (isSet) throw invalid(`${name} is not supported: this server does not encrypt its answers with PGP keys`)
  }
}
