import { CoercionError, parseDuration } from '../../coerce.ts'
import { invalid } from '../../errors.ts'
import { isJsonObject } from '../../json-object.ts'
import type { Alias, Entity, Group } from '../documents.ts'

/**
 * Claims from a template: JSON in which `{{…}}` stands for a value of the entity. What is filled in is JSON itself, so
 * that no name and no metadata can add a claim. https://openbao.org/docs/concepts/oidc-provider/#scopes
 */

/** Claims that the server alone sets. */
const RESERVED_CLAIMS = ['iat', 'aud', 'exp', 'iss', 'sub', 'namespace', 'nonce', 'auth_time', 'at_hash', 'c_hash']

export interface TemplateValues {
  readonly entity: Entity
  readonly groups: readonly Group[]
  readonly nowMs: number
}

/** Whom a client is that has tokens of its own. */
export const NOBODY: Entity = {
  id: '',
  name: '',
  metadata: {},
  policies: [],
  disabled: false,
  aliases: [],
  groupIds: [],
  mergedIds: [],
  createdMs: 0,
  updatedMs: 0,
}
const NO_ALIAS: Alias = {
  id: '',
  name: '',
  mountAccessor: '',
  metadata: {},
  customMetadata: {},
  mergedFromIds: [],
  createdMs: 0,
  updatedMs: 0,
}

/** The template as it is kept; it may come in base64. Throws EgideError `invalid_request` for one that makes no claims. */
export function checkedTemplate(given: string): string {
  const text = fromBase64(given) ?? given
  for (const claim of claimNamesOf(text)) {
    if (RESERVED_CLAIMS.includes(claim))
      throw invalid(`top level key "${claim}" not allowed. Restricted keys: ${RESERVED_CLAIMS.join(', ')}`)
  }
  return text
}

/** The claims that a template has, as far as they do not depend on who they are about. */
export function claimNamesOf(template: string): readonly string[] {
  return Object.keys(parsed(template, { entity: NOBODY, groups: [], nowMs: 0 }))
}

/** Without those that the server alone sets, as which a value can stand where a name is expected. */
export function claimsOf(template: string, values: TemplateValues): Readonly<Record<string, unknown>> {
  const claims = Object.entries(parsed(template, values))
  return Object.fromEntries(claims.filter(([claim]) => !RESERVED_CLAIMS.includes(claim)))
}

function parsed(template: string, values: TemplateValues): Readonly<Record<string, unknown>> {
  if (template === '') return {}
  let claims: unknown
  try {
    claims = JSON.parse(filledIn(template, values))
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('error parsing template JSON')
    throw error
  }
  if (!isJsonObject(claims)) throw invalid('error parsing template JSON: it is no object')
  return claims
}

function filledIn(template: string, values: TemplateValues): string {
  const [head = '', ...pieces] = template.split('{{')
  const rest = pieces.map((piece) => {
    const [selector, tail, more] = piece.split('}}')
    if (selector === undefined || tail === undefined || more !== undefined)
      throw invalid('error parsing template: unbalanced templating characters')
    return JSON.stringify(valueFor(selector.trim(), values)) + tail
  })
  if (head.includes('}}')) throw invalid('error parsing template: unbalanced templating characters')
  return head + rest.join('')
}

function valueFor(selector: string, { entity, groups, nowMs }: TemplateValues): unknown {
  const ofEntity = after(selector, 'identity.entity.')
  if (ofEntity === 'groups.names') return groups.map(({ name }) => name)
  if (ofEntity === 'groups.ids') return groups.map(({ id }) => id)
  const ofAlias = ofEntity && after(ofEntity, 'aliases.')
  if (ofAlias !== undefined && ofAlias !== '') return aliasValue(ofAlias, entity)
  if (ofEntity !== undefined) return namedValue(ofEntity, entity)
  const time = after(selector, 'time.')
  if (time !== undefined) return timeValue(time, nowMs)
  throw unknownTemplate()
}

function aliasValue(selector: string, { aliases }: Entity): unknown {
  const dot = selector.indexOf('.')
  const accessor = selector.slice(0, dot)
  const alias = aliases.find(({ mountAccessor }) => mountAccessor === accessor) ?? NO_ALIAS
  const what = selector.slice(dot + 1)
  if (what === 'custom_metadata') return alias.customMetadata
  const key = after(what, 'custom_metadata.')
  return key === undefined ? namedValue(what, alias) : member(alias.customMetadata, key)
}

function namedValue(what: string, named: Pick<Entity, 'id' | 'name' | 'metadata'>): unknown {
  if (what === 'id') return named.id
  if (what === 'name') return named.name
  if (what === 'metadata') return named.metadata
  const key = after(what, 'metadata.')
  if (key === undefined) throw unknownTemplate()
  return member(named.metadata, key)
}

/** `now`, `now.plus.1h`, `now.minus.30`: seconds since the epoch. */
function timeValue(selector: string, nowMs: number): number {
  const [now, sign, ...duration] = selector.split('.')
  if (now !== 'now' || (sign !== undefined && sign !== 'plus' && sign !== 'minus')) throw unknownTemplate()
  const seconds = Math.floor(nowMs / 1000)
  if (sign === undefined) return seconds
  try {
    const by = parseDuration(duration.join('.'))
    return sign === 'plus' ? seconds + by : seconds - by
  } catch (error) {
    if (error instanceof CoercionError) throw unknownTemplate()
    throw error
  }
}

function member(map: Readonly<Record<string, string>>, key: string): string {
  return (Object.hasOwn(map, key) ? map[key] : undefined) ?? ''
}

function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined
}

function unknownTemplate(): Error {
  return invalid('error parsing template: it names a value that there is not')
}

function fromBase64(text: string): string | undefined {
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes.toString() : undefined
}
