import https from 'node:https'
import { ApiError, TransportError } from '../../../../sdk/errors.ts'
import { isRoot } from '../certificate.ts'
import { textOf } from '../issuer.ts'
import type { Check } from './check.ts'
import { type Finding, finding } from './finding.ts'
import type { Mount } from './mount.ts'

/** Checks of ACME: whether it is on, and whether clients get on with it. */

export const enableAcmeIssuance: Check = {
  name: 'enable_acme_issuance',
  defaults: {},
  async find(mount) {
    const { endpoint, data, problem } = await mount.read('config/acme')
    if (data === undefined) return problem === undefined ? [] : [problem]
    if (data.enabled !== true) return [await whetherNeeded(mount, endpoint)]
    const cluster = await mount.read('config/cluster')
    if (cluster.problem !== undefined) return [cluster.problem]
    const wrong = await unreachable(textOf(cluster.data ?? {}, 'path'))
    return [
      wrong === undefined
        ? finding('ok', cluster.endpoint, 'ACME is on, and its directory is there.')
        : finding('warning', cluster.endpoint, `ACME is on, but no client can use it: ${wrong}`),
    ]
  },
}

async function whetherNeeded(mount: Mount, endpoint: string): Promise<Finding> {
  const { names } = await mount.list('issuers')
  if (names.length === 0) return finding('not_applicable', endpoint, 'There are no issuers, so nothing needs ACME.')
  const { found } = await mount.issuers()
  return found.every(([, certificate]) => isRoot(certificate))
    ? finding('not_applicable', endpoint, 'All issuers are roots, which ACME is not for.')
    : finding('informational', endpoint, 'ACME is off: with it, clients renew their certificates by themselves.')
}

const ANSWERS_WITHIN_MS = 10_000

/** Why the directory below the mount's own address cannot be had. */
async function unreachable(path: string): Promise<string | undefined> {
  if (path === '') return 'path is not set in config/cluster.'
  if (!URL.canParse(path) || new URL(path).protocol !== 'https:')
    return 'path in config/cluster is no address with https.'
  const directory = `${path.replace(/\/+$/, '')}/acme/directory`
  try {
    const { newNonce } = JSON.parse(await bodyOf(directory)) as { newNonce?: unknown }
    return typeof newNonce === 'string' ? undefined : `${directory} is no directory of ACME.`
  } catch {
    return `${directory} gives no directory of ACME.`
  }
}

const BODY_MAX = 65_536

/** Whom the certificate is for is not what is looked at: only whether ACME is behind the address. */
function bodyOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { rejectUnauthorized: false, timeout: ANSWERS_WITHIN_MS }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (text.length > BODY_MAX) request.destroy(new Error('more than a directory'))
      })
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
    request.on('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('the answer changes to another protocol'))
    })
  })
}

export const allowAcmeHeaders: Check = {
  name: 'allow_acme_headers',
  defaults: {},
  async find(mount) {
    const { endpoint, data, problem } = await mount.read('config/acme')
    if (data === undefined) return problem === undefined ? [] : [problem]
    if (data.enabled !== true)
      return [finding('not_applicable', endpoint, 'ACME is off, so its headers are not needed.')]
    const tuning = `/sys/mounts/${mount.path}/tune`
    return [
      (await givesHeaders(mount))
        ? finding('ok', tuning, 'The headers that ACME needs arrive.')
        : finding(
            'warning',
            tuning,
            'Replay-Nonce and Link do not arrive, without which ACME does not work: allowed_response_headers has to name them, and Location.',
          ),
    ]
  },
}

/** Asked of ACME itself: what is set says only what a server would do with headers of its own. */
async function givesHeaders({ client, path }: Mount): Promise<boolean> {
  try {
    const { headers } = await client.raw({ method: 'HEAD', path: `${path}/acme/new-nonce`, query: [] })
    return headers['replay-nonce'] !== undefined && headers.link !== undefined
  } catch (error) {
    if (error instanceof ApiError || error instanceof TransportError) return false
    throw error
  }
}
