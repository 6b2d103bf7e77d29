import type { Caller, NamespaceRef } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { filledTemplate, templateParts } from '../../identity-template.ts'
import type { Role } from './role.ts'

/** Identity templates in a role: https://openbao.org/api-docs/secret/pki/#allowed_domains_template */

/** Throws `invalid_request` for braces that don't pair, where the role has templates. */
export function checkTemplates(role: Role): void {
  for (const [name, isTemplate, texts] of [
    ['allowed_domains', role.allowedDomainsTemplate, role.allowedDomains],
    ['allowed_uri_sans', role.allowedUriSansTemplate, role.allowedUriSans],
  ] as const) {
    if (isTemplate && texts.some((text) => templateParts(text) === undefined))
      throw invalid(`${name}: unbalanced templating braces`)
  }
}

/**
 * The role as it is for one caller, undefined for nobody in particular. What has no value for them allows nothing, nor does
 * a value that could allow more than one name, or another than who wrote the template meant: one that holds `*`, or in a URI
 * what ends its host or a part of its path (RFC 3986, 3), or leads out of it (5.2.4).
 */
export function roleFor(role: Role, caller: Caller | undefined, namespace: NamespaceRef): Role {
  if (!role.allowedDomainsTemplate && !role.allowedUriSansTemplate) return role
  const filled = (texts: readonly string[], forbidden: RegExp): readonly string[] =>
    texts.flatMap((text) => {
      const isForbidden = (value: string): boolean => !role.allowGlobsInTemplates && forbidden.test(value)
      const parts = templateParts(text) ?? []
      return filledTemplate(parts, caller?.identity, { namespacePath: namespace.path, isForbidden }) ?? []
    })
  return {
    ...role,
    allowedDomains: role.allowedDomainsTemplate ? filled(role.allowedDomains, /\*/) : role.allowedDomains,
    allowedUriSans: role.allowedUriSansTemplate ? filled(role.allowedUriSans, OUT_OF_PLACE) : role.allowedUriSans,
  }
}

const OUT_OF_PLACE = /[*/?#]|^(?:\.|%2e){1,2}$/i
