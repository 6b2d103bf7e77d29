import type { Tx } from '../../../storage/store.ts'
import type { Clock } from '../../engine.ts'
import { type IssuerDocument, issuersConfigCodec, NO_URLS, rows } from '../documents.ts'
import { issuersChange } from '../modified.ts'
import { allIssuers, checkedName, firstUsage, issuersConfig, putIssuers } from './find.ts'

/** An issuer as it begins. */
export function newIssuer(id: string, name: string, certificate: Buffer, keyId: string): IssuerDocument {
  return {
    id,
    name,
    keyId,
    certificate,
    chain: [id],
    manualChain: [],
    leafNotAfter: 'err',
    usage: firstUsage({ keyId, certificate, revokedAtMs: 0 }),
    revocationSignature: '',
    urls: NO_URLS,
    revokedAtMs: 0,
  }
}

/** Writes a new issuer. The first with a key is the default, and the latest where the mount is set so. */
export async function putIssuer(tx: Tx, issuer: IssuerDocument, clock: Clock): Promise<void> {
  const others = await allIssuers(tx)
  checkedName('issuer', issuer.name, others)
  putIssuers(tx, [...others, issuer], new Set([issuer.id]))
  await issuersChange(tx, clock)
  const config = await issuersConfig(tx)
  if (issuer.keyId !== '' && (config.default === '' || config.followsLatest)) {
    tx.put(rows.issuersConfig, { ...config, default: issuer.id }, issuersConfigCodec)
  }
}
