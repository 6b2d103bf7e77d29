import type { JsonObject } from '../../../../sdk/json.ts'
import { textsOf } from '../issuer.ts'
import { type Check, orAllWell } from './check.ts'
import { type Finding, finding } from './finding.ts'
import type { FetchedAll, Mount } from './mount.ts'

/** Checks of what roles allow. */

const rolesOf = (mount: Mount): Promise<FetchedAll> => mount.all('roles', (name) => `roles/${name}`)

/** What `judge` says of each role, or that all are well. */
async function ofRoles(
  mount: Mount,
  well: string,
  judge: (name: string, role: JsonObject) => Finding | undefined,
): Promise<readonly Finding[]> {
  const { found, problems } = await rolesOf(mount)
  const findings = found.map(([name, role]) => judge(name, role)).filter((one) => one !== undefined)
  const isWell = found.length > 0 ? finding('ok', mount.endpoint('roles'), well) : undefined
  return orAllWell([...problems, ...findings], isWell)
}

export const roleAllowsLocalhost: Check = {
  name: 'role_allows_localhost',
  defaults: {},
  find: (mount) =>
    ofRoles(mount, 'No role for other names allows localhost as well.', (name, role) => {
      const domains = textsOf(role.allowed_domains)
      if (role.allow_localhost !== true || domains.length === 0) return undefined
      const message = `The role is for ${domains.join(', ')}, and allows localhost as well, which is easily overlooked: set allow_localhost=false, and name localhost among allowed_domains where it is meant.`
      return finding('warning', mount.endpoint(`roles/${name}`), message)
    }),
}

export const roleAllowsGlobWildcards: Check = {
  name: 'role_allows_glob_wildcards',
  defaults: {},
  find: (mount) =>
    ofRoles(mount, 'No role allows wildcards together with patterns.', (name, role) => {
      const patterns = textsOf(role.allowed_domains).filter((domain) => domain.includes('*'))
      const isRisky = role.allow_wildcard_certificates === true && role.allow_glob_domains === true
      if (!isRisky || patterns.length === 0) return undefined
      const message = `The role has patterns (${patterns.join(', ')}) and allows wildcards: a * of the pattern may stand for a * in the name, at any depth. Turn one of them off, or make a role for each.`
      return finding('warning', mount.endpoint(`roles/${name}`), message)
    }),
}

export const roleNoStoreFalse: Check = {
  name: 'role_no_store_false',
  defaults: { allowed_roles: [] },
  async find(mount, settings) {
    const allowed = settings.texts('allowed_roles')
    const config = await mount.read('config/crl')
    const rebuilds = config.data?.auto_rebuild === true
    const well = 'No role keeps the certificates it issues, but those that may.'
    const findings = await ofRoles(mount, well, (name, role) => {
      if (role.no_store === true || allowed.includes(name)) return undefined
      const message = `The role keeps each certificate it issues${rebuilds ? '' : ', and lists of revoked ones are not rebuilt by themselves (auto_rebuild)'}: with many of them, let them live short, and tidy.`
      return finding(rebuilds ? 'informational' : 'warning', mount.endpoint(`roles/${name}`), message)
    })
    return config.problem === undefined ? findings : [config.problem, ...findings]
  },
}
