import { type Certificate, isRoot, isSignedBy } from '../certificate.ts'
import { textOf } from '../issuer.ts'
import { parseList } from '../revocation-list.ts'
import { type Check, orAllWell } from './check.ts'
import { type Finding, finding, type Status } from './finding.ts'
import { certificatesOf, type Mount } from './mount.ts'
import type { Settings } from './settings.ts'

/** Checks of issuers, of their lists, and of what they issued. */

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const days = (ms: number): string => `${Math.round(ms / 86_400_000)} days`

const WINDOWS: readonly Status[] = ['critical', 'warning', 'informational']

export const caValidityPeriod: Check = {
  name: 'ca_validity_period',
  defaults: {
    root_expiry_critical: '180d',
    intermediate_expiry_critical: '30d',
    root_expiry_warning: '365d',
    intermediate_expiry_warning: '60d',
    root_expiry_informational: '730d',
    intermediate_expiry_informational: '180d',
  },
  async find(mount, settings) {
    const { found, problems } = await mount.issuers()
    return [
      ...problems,
      ...found.map(([id, certificate]) => validity(mount.endpoint(`issuer/${id}`), certificate, settings)),
    ]
  },
}

function validity(endpoint: string, certificate: Certificate, settings: Settings): Finding {
  const { notAfterMs } = certificate
  const kind = isRoot(certificate) ? 'root' : 'intermediate'
  for (const status of WINDOWS) {
    const windowMs = settings.duration(`${kind}_expiry_${status}`)
    if (notAfterMs >= Date.now() + windowMs) continue
    const message = `The issuer ends on ${day(notAfterMs)}, within ${days(windowMs)}: begin to replace it, before what it issues has to end with it.`
    return finding(status, endpoint, message)
  }
  return finding('ok', endpoint, `The issuer is good until ${day(notAfterMs)}.`)
}

export const crlValidityPeriod: Check = {
  name: 'crl_validity_period',
  defaults: { crl_expiry_pct_critical: 95, delta_crl_expiry_pct_critical: 95 },
  async find(mount, settings) {
    const { names, problem } = await mount.list('issuers')
    const config = await mount.read('config/crl')
    const isOff = config.data?.disable === true
    const findings = [problem, config.problem].filter((one) => one !== undefined)
    for (const id of names) {
      for (const [inside, setting] of [
        [`issuer/${id}/crl`, 'crl_expiry_pct_critical'],
        [`issuer/${id}/crl/delta`, 'delta_crl_expiry_pct_critical'],
      ] as const) {
        const { endpoint, data } = await mount.read(inside)
        const list = textOf(data ?? {}, 'crl')
        if (list !== '') findings.push(listValidity(endpoint, list, settings.integer(setting, 1, 99), isOff))
      }
    }
    return findings
  },
}

function listValidity(endpoint: string, pem: string, percent: number, isOff: boolean): Finding {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  const { thisUpdate, nextUpdate } = parseList(der).tbsCertList
  const [fromMs, toMs] = [thisUpdate.getTime().getTime(), nextUpdate?.getTime().getTime() ?? 0]
  if (Date.now() < fromMs + ((toMs - fromMs) * percent) / 100) {
    return finding('ok', endpoint, `The list of revoked certificates holds from ${day(fromMs)} to ${day(toMs)}.`)
  }
  const message = `The list of revoked certificates ends on ${day(toMs)}, and ${percent} % of its time are over: make a new one, and give it to all who read it.`
  return isOff
    ? finding('informational', endpoint, `${message} Lists are turned off, so this matters less.`)
    : finding('critical', endpoint, message)
}

export const hardwareBackedRoot: Check = {
  name: 'hardware_backed_root',
  defaults: { enabled: false },
  async find(mount) {
    const message = 'Keys of issuers are sealed by the vault itself here; there are none that a device holds.'
    return [finding('not_applicable', mount.endpoint('issuers'), message)]
  },
}

export const rootIssuedLeaves: Check = {
  name: 'root_issued_leaves',
  defaults: { certs_to_fetch: 100 },
  async find(mount, settings) {
    const issuers = await mount.issuers()
    const leaves = await mount.all(
      'certs',
      (serial) => `cert/${serial}`,
      settings.integer('certs_to_fetch', 1, 100_000),
    )
    const problems = [...issuers.problems, ...leaves.problems]
    const roots = issuers.found.filter(([, certificate]) => isRoot(certificate))
    const certificates = certificatesOf(leaves.found)
    const bad = roots.flatMap(([id, root]) => {
      const leaf = certificates.find(
        ([, one]) => !one.x509.ca && one.issuer.equals(root.subject) && isSignedBy(one, root),
      )
      return leaf === undefined ? [] : [issuedDirectly(mount, id, leaf[0])]
    })
    const well = finding(
      'ok',
      mount.endpoint('certs'),
      'No root issued a certificate that is not a CA, as far as was looked.',
    )
    return orAllWell([...problems, ...bad], roots.length > 0 ? well : undefined)
  },
}

function issuedDirectly(mount: Mount, id: string, serial: string): Finding {
  const message = `The root itself issued ${serial}, which is no CA. A root that only issues intermediates can be replaced by signing those anew: put an intermediate between, and let such certificates end.`
  return finding('warning', mount.endpoint(`issuer/${id}`), message)
}
