import { ApiError } from '../../../sdk/errors.ts'
import type { JsonObject, JsonValue } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { type ExitCode, remote } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import { type Format, printValue } from '../../output/print.ts'
import type { Row } from '../../output/secret.ts'

/** The seal status together with what is known of the cluster. */
export async function fullSealStatus(client: Logical, status: JsonObject): Promise<JsonObject> {
  return { ...status, ...(await remote('Error checking leader status', leaderStatus(client), { exitCode: 1 })) }
}

/** A sealed server that has a cluster refuses to say who leads it: that it has one is then all that is known. */
async function leaderStatus(client: Logical): Promise<JsonObject> {
  try {
    const { ha_enabled, is_self, active_time, leader_address, leader_cluster_address } = await client.json(
      'GET',
      'sys/leader',
    )
    const given = Object.entries({ is_self, active_time, leader_address, leader_cluster_address })
    const known = given.filter((entry): entry is [string, JsonValue] => Boolean(entry[1]) && entry[1] !== NEVER)
    return { ha_enabled: ha_enabled === true, ...Object.fromEntries(known) }
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) return { ha_enabled: true }
    throw error
  }
}

/** How a server says that it was never active. */
const NEVER = '0001-01-01T00:00:00Z'

export async function printSealStatus(format: Format, status: JsonObject): Promise<ExitCode> {
  await printValue(format, status, () => sealStatusRows(status))
  return 0
}

function sealStatusRows(status: JsonObject): Row[] {
  const row = (name: string, key: string): Row[] => {
    const value = status[key]
    return value === undefined || value === '' ? [] : [[name, plain(value)]]
  }
  const recovery = status.recovery_seal === true
  const inCluster = status.ha_enabled === true && status.sealed !== true
  return [
    ...row('Seal Type', 'type'),
    ...(recovery ? row('Recovery Seal Type', 'recovery_seal_type') : []),
    ...row('Initialized', 'initialized'),
    ...row('Sealed', 'sealed'),
    ...row(recovery ? 'Total Recovery Shares' : 'Total Shares', 'n'),
    ...row('Threshold', 't'),
    ...(status.sealed === true ? progressRows(status) : []),
    ...(status.migration === true ? row('Seal Migration in Progress', 'migration') : []),
    ...row('Version', 'version'),
    ...row('Commit Date', 'commit_date'),
    ...row('Build Date', 'build_date'),
    ...row('Storage Type', 'storage_type'),
    ...row('Cluster Name', 'cluster_name'),
    ...row('Cluster ID', 'cluster_id'),
    ...row('HA Enabled', 'ha_enabled'),
    ...(inCluster ? clusterRows(status, row) : []),
  ]
}

function progressRows(status: JsonObject): Row[] {
  return [
    ['Unseal Progress', `${plain(status.progress ?? 0)}/${plain(status.t ?? 0)}`],
    ['Unseal Nonce', plain(status.nonce ?? '')],
  ]
}

function clusterRows(status: JsonObject, row: (name: string, key: string) => Row[]): Row[] {
  const active = status.is_self === true
  return [
    ...row('HA Cluster', 'leader_cluster_address'),
    ['HA Mode', active ? 'active' : 'standby'],
    ...(active ? row('Active Since', 'active_time') : row('Active Node Address', 'leader_address')),
  ]
}
