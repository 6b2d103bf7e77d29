import type { IdentityView } from './identity-view.ts'

/**
 * Identity templating (`{{identity.entity.name}}` and the like), as policies and the roles of engines have it:
 * https://openbao.org/docs/concepts/policies/#templated-policies
 */

/** A piece of a text with templates: as it stands, or a selector to be looked up. */
export type TemplatePart = { readonly text: string } | { readonly template: string }

/** Cuts `a/{{identity.entity.id}}/b` into its parts. Undefined when braces don't pair. */
export function templateParts(text: string): readonly TemplatePart[] | undefined {
  const [head = '', ...rest] = text.split('{{')
  if (head.includes('}}')) return undefined
  const parts: TemplatePart[] = head === '' ? [] : [{ text: head }]
  for (const piece of rest) {
    const [template, tail, more] = piece.split('}}')
    if (template === undefined || tail === undefined || more !== undefined) return undefined
    parts.push({ template: template.trim() })
    if (tail !== '') parts.push({ text: tail })
  }
  return parts
}

export interface FillRules {
  /** Namespace whose groups are found by name. */
  readonly namespacePath: string
  /** Whether a value could make the text mean more than who wrote the template meant. */
  readonly isForbidden: (value: string) => boolean
}

/** The text for this identity. Undefined when a template has no value, or one that is forbidden: then it is to have no effect. */
export function filledTemplate(
  parts: readonly TemplatePart[],
  identity: IdentityView | undefined,
  { namespacePath, isForbidden }: FillRules,
): string | undefined {
  let filled = ''
  for (const part of parts) {
    if ('text' in part) {
      filled += part.text
      continue
    }
    const value = identity === undefined ? undefined : lookUp(part.template, identity, namespacePath)
    if (value === undefined || value === '' || isForbidden(value)) return undefined
    filled += value
  }
  return filled
}

function lookUp(template: string, identity: IdentityView, namespacePath: string): string | undefined {
  const entity = after(template, 'identity.entity.')
  if (entity !== undefined) return ofEntity(entity, identity.entity)
  const group = after(template, 'identity.groups.')
  return group === undefined ? undefined : ofGroup(group, identity.groups, namespacePath)
}

function ofEntity(selector: string, entity: IdentityView['entity']): string | undefined {
  const alias = after(selector, 'aliases.')
  return alias === undefined ? ofNamed(selector, entity) : ofAlias(alias, entity.aliases)
}

/** `id`, `name` and `metadata.KEY`, which entities, aliases and groups all have. */
function ofNamed(
  selector: string,
  named: { readonly id: string; readonly name: string; readonly metadata: Readonly<Record<string, string>> },
): string | undefined {
  if (selector === 'id') return named.id
  if (selector === 'name') return named.name
  return ofMap(after(selector, 'metadata.'), named.metadata)
}

function ofAlias(selector: string, aliases: IdentityView['entity']['aliases']): string | undefined {
  const [accessor, rest] = splitOnce(selector)
  const alias = aliases.find((candidate) => candidate.mountAccessor === accessor)
  if (alias === undefined || rest === undefined) return undefined
  return ofMap(after(rest, 'custom_metadata.'), alias.customMetadata) ?? ofNamed(rest, alias)
}

function ofGroup(selector: string, groups: IdentityView['groups'], namespacePath: string): string | undefined {
  const [by, rest = ''] = splitOnce(selector)
  const [wanted, field] = splitOnce(rest)
  if (field === undefined || (by !== 'ids' && by !== 'names')) return undefined
  const group = groups.find((candidate) =>
    by === 'ids' ? candidate.id === wanted : candidate.name === wanted && candidate.namespacePath === namespacePath,
  )
  return group === undefined ? undefined : ofNamed(field, group)
}

function ofMap(key: string | undefined, map: Readonly<Record<string, string>>): string | undefined {
  return key !== undefined && Object.hasOwn(map, key) ? map[key] : undefined
}

function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined
}

function splitOnce(text: string): [string, string | undefined] {
  const dot = text.indexOf('.')
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)]
}
