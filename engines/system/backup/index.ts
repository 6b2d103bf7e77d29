import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { SnapshotServices } from '../services/snapshots.ts'

type Context = EngineContext<SnapshotServices>

function restoreSnapshot(isForced: boolean) {
  return async ({ body }: EngineRequest, { services }: Context): Promise<undefined> => {
    if (body === undefined) throw invalid('the body must be a snapshot')
    await services.snapshots.restore(body, isForced)
  }
}

const restoring = { handler: restoreSnapshot(false), summary: 'Restore a snapshot of this vault', streamsBody: true }
const forcing = { handler: restoreSnapshot(true), summary: 'Restore a snapshot of any vault', streamsBody: true }

const RESTORING =
  'A restore puts a snapshot, which is the body as it is, in the place of everything that is stored, in one transaction, ' +
  'on all nodes: tokens, leases, policies and mounts are those of that time. Nothing is changed until the whole of it was ' +
  'verified. It has to be of this vault, under the root key in use.'

const FORCING =
  'As storage/snapshot, for a snapshot of another vault, or of a time before the root key or the seal was changed: only ' +
  'its hashes and its signature are verified. Where the keys held do not open it the server is sealed afterwards, and wants ' +
  "that vault's key shares."

async function takeSnapshot(request: EngineRequest, { services }: Context): Promise<Reply> {
  const body = await services.snapshots.take(request.signal)
  return { raw: { status: 200, contentType: 'application/gzip', body } }
}

const snapshot = route('storage/snapshot', {
  summary: 'Take a snapshot of the whole storage',
  description:
    'Everything as it was at one moment, while the server goes on. Values stay sealed as they lie in storage: a ' +
    'snapshot is as safe as the database, and opens with the same key shares. It ends in a signature; one that was ' +
    `cut off has none. ${RESTORING}`,
  access: 'sudo',
  fields: {},
  operations: { read: takeSnapshot, update: restoring },
})

const snapshotForce = route('storage/snapshot-force', {
  summary: 'Restore a snapshot of any vault',
  description: FORCING,
  access: 'sudo',
  fields: {},
  operations: { update: forcing },
})

/** Where clients of Vault look for it. */
const raftSnapshot = route('storage/raft/snapshot', {
  summary: 'Take a snapshot of the whole storage',
  description: "As storage/snapshot, under the name that Vault's integrated storage gives it.",
  access: 'sudo',
  fields: {},
  operations: { read: takeSnapshot, update: restoring },
})

const raftSnapshotForce = route('storage/raft/snapshot-force', {
  summary: 'Restore a snapshot of any vault',
  description: "As storage/snapshot-force, under the name that Vault's integrated storage gives it.",
  access: 'sudo',
  fields: {},
  operations: { update: forcing },
})

const snapshotKey = route('storage/snapshot/key', {
  summary: 'The public key that signs snapshots of this vault',
  fields: {},
  returns: Type.Object({
    public_key: Type.String({ description: 'Ed25519, PEM. Keep it apart from the snapshots.' }),
    cluster_id: Type.String({ description: 'The vault that it belongs to.' }),
  }),
  auditClear: ['public_key', 'cluster_id'],
  operations: {
    read: async (_request, { services }: Context) => {
      const { publicKey, clusterId } = await services.snapshots.key()
      return { data: { public_key: publicKey, cluster_id: clusterId } }
    },
  },
})

const ENTRIES_PER_SECOND_MAX = 10_000_000

const checkFields = {
  entries_per_second: field.int({
    default: 20_000,
    query: true,
    description: 'How fast it goes at most, so that others are served meanwhile; 0: as fast as it can.',
  }),
}

const check = route('storage/check', {
  summary: 'Open every entry of the storage',
  description:
    'Tells the paths of entries that do not open: damaged, moved or replaced behind the server. One JSON object a ' +
    'line: `path` and `problem` of such an entry, `checked` and `damaged` from time to time, and at the end `done`. `sealed`: those checked ' +
    'of namespaces that are sealed, of which nobody can say whether they would open. ' +
    'Closing the connection cancels it.',
  access: 'sudo',
  fields: checkFields,
  auditClear: ['entries_per_second'],
  operations: {
    read: async (request: EngineRequest<typeof checkFields>, { services }: Context) => {
      const speed = request.fields.entries_per_second
      if (speed < 0 || speed > ENTRIES_PER_SECOND_MAX)
        throw invalid(`entries_per_second must be from 0 to ${ENTRIES_PER_SECOND_MAX}`)
      const body = await services.snapshots.check(speed, request.signal)
      return { raw: { status: 200, contentType: 'application/x-ndjson', body } }
    },
  },
})

/** The rows of `sys/` by which the storage is saved and looked over. */
export const backupRoutes: readonly Route<SnapshotServices>[] = [
  snapshot,
  snapshotForce,
  raftSnapshot,
  raftSnapshotForce,
  snapshotKey,
  check,
]
