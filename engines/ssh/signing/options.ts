import { invalid } from '../../errors.ts'
import { type CaRole, items } from '../roles/role.ts'
import { filledFor, type Who } from './who.ts'

/** Critical options and extensions of a certificate (OpenSSH's PROTOCOL.certkeys). */

export type Options = Readonly<Record<string, string>>

const OPTIONS_MAX = 64
const NAME_MAX = 255
const VALUE_MAX = 8192
const NAME = /^[\x21-\x2b\x2d-\x7e]+$/

/** Throws `invalid_request` naming the field. */
export function checkOptions(field: string, options: Options): Options {
  const entries = Object.entries(options)
  if (entries.length > OPTIONS_MAX) throw invalid(`${field} holds more than ${OPTIONS_MAX} options`)
  for (const [name, value] of entries) {
    if (name.length > NAME_MAX || !NAME.test(name)) {
      throw invalid(`${field}: names are 1 to ${NAME_MAX} printable ASCII characters without comma or blank`)
    }
    if (value.length > VALUE_MAX || value.includes('\0') || !value.isWellFormed()) {
      throw invalid(`${field}: values are text of at most ${VALUE_MAX} characters`)
    }
  }
  return options
}

/**
 * What the caller asks for, else the role's. Where the role names what may be set, its defaults of other names stay: an
 * option that limits a certificate can't be shaken off by setting another one.
 */
export function criticalOptions(sent: Options, role: CaRole): Options {
  if (Object.keys(sent).length === 0) return role.defaultCriticalOptions
  checkOptions('critical_options', sent)
  if (role.allowedCriticalOptions === '') return sent
  const allowed = items(role.allowedCriticalOptions)
  refuseOthers(sent, allowed, 'critical options not on allowed list')
  const fixed = Object.entries(role.defaultCriticalOptions).filter(([name]) => !allowed.includes(name))
  return { ...sent, ...Object.fromEntries(fixed) }
}

function refuseOthers(sent: Options, allowed: readonly string[], refusal: string): void {
  const others = Object.keys(sent).filter((name) => !allowed.includes(name))
  if (others.length > 0) throw invalid(`${refusal}: ${others.join(', ')}`)
}

export interface Extensions {
  readonly extensions: Options
  readonly warnings: readonly string[]
}

const SKIPPED = 'extensions of default_extensions with identity templates were left out: the token belongs to no entity'

export function extensions(sent: Options, role: CaRole, who: Who): Extensions {
  if (Object.keys(sent).length > 0) {
    checkOptions('extensions', sent)
    const isAny = role.allowedExtensions.trim() === '*'
    if (!isAny) refuseOthers(sent, items(role.allowedExtensions), 'extensions not on allowed list')
    return { extensions: sent, warnings: [] }
  }
  if (!role.defaultExtensionsTemplate) return { extensions: role.defaultExtensions, warnings: [] }
  const all = Object.entries(role.defaultExtensions)
  const isKept = ([, value]: readonly [string, string]): boolean => who.identity !== undefined || !value.includes('{{')
  const filled = all.filter(isKept).map(([name, value]) => [name, filledExtension(name, value, who)] as const)
  return {
    extensions: checkOptions('default_extensions', Object.fromEntries(filled)),
    warnings: filled.length < all.length ? [SKIPPED] : [],
  }
}

function filledExtension(name: string, value: string, who: Who): string {
  const filled = filledFor(value, who)
  if (filled === undefined) throw invalid(`default_extensions: the template of ${name} has no value for this caller`)
  return filled
}
