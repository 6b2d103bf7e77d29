import { createPublicKey, createSecretKey } from 'node:crypto'
import type { AuditBroker } from './log.ts'
import type { Verification, VerifyInputs } from './verify/verification.ts'
import { verify } from './verify/verify.ts'

/** What a verifier is handed of the device `file`: as one has it who may see no record, and with the chain's key. */
export async function verifyInputs(audit: AuditBroker): Promise<{ publicOnly: VerifyInputs; full: VerifyInputs }> {
  const { publicKey, device, streams } = await audit.evidence('file')
  const publicOnly = { publicKey: createPublicKey(publicKey), device, streams }
  const chainKey = createSecretKey(Buffer.from(await audit.chainKey('file'), 'base64'))
  return { publicOnly, full: { ...publicOnly, chainKey } }
}

/** Files of the device `file`, in the order they were written. */
export async function verifyDevice(files: readonly string[], audit: AuditBroker): Promise<Verification> {
  return verify(files, (await verifyInputs(audit)).full)
}
