import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import type { AuditServices } from '../services/audit.ts'

/** What `egide audit verify` needs of the server. Egide's own. */

type Context = EngineContext<AuditServices>

const fields = { path: field.text({ required: true, description: 'Name of the device, such as file.' }) }
type DeviceRequest = EngineRequest<typeof fields>

export const evidence = route('audit-evidence/:path*', {
  summary: "The public key and the newest checkpoints of a device's streams",
  description: 'Kept apart from the log, it is what a cut tail is found against.',
  fields,
  access: 'sudo',
  auditClear: ['path', 'device', 'public_key', 'key_id', 'streams'],
  returns: Type.Object({
    device: Type.String({ description: "The device's id, as it stands in its checkpoints." }),
    public_key: Type.String({ description: 'Ed25519, in PEM.' }),
    key_id: Type.String({ description: 'Names the key in checkpoints.' }),
    streams: Type.Array(
      Type.Object({
        node: Type.String(),
        stream: Type.String(),
        sequence: Type.Integer({ description: 'Of the newest checkpoint in storage.' }),
        chain: Type.String(),
        time: Type.String({ format: 'date-time' }),
        line: Type.String({ description: 'The checkpoint as it stands in the output.' }),
      }),
    ),
  }),
  operations: { read: readEvidence },
})

async function readEvidence(request: DeviceRequest, { services }: Context): Promise<Reply> {
  const { device, publicKey, keyId, streams } = await services.audit.evidence(request.fields.path)
  return { data: { device, public_key: publicKey, key_id: keyId, streams } }
}

export const chainKey = route('audit-chain-key/:path*', {
  summary: "The secret key of a device's hash chain",
  description: 'Whoever has it can verify every single record, and could forge records between checkpoints.',
  fields,
  access: 'sudo',
  auditClear: ['path'],
  returns: Type.Object({ chain_key: Type.String({ description: '32 bytes in base64.' }) }),
  operations: { read: readChainKey },
})

async function readChainKey(request: DeviceRequest, { services }: Context): Promise<Reply> {
  return { data: { chain_key: await services.audit.chainKey(request.fields.path) } }
}
