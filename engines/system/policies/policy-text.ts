import { isUtf8 } from 'node:buffer'
import { invalid } from '../../errors.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** A policy is sent as it is, or in base64 (which no policy looks like). */
export function policyText(sent: string): string {
  const bare = sent.replace(/[\r\n]/g, '')
  if (bare === '' || !BASE64.test(bare)) return sent
  const bytes = Buffer.from(bare, 'base64')
  if (!isUtf8(bytes)) throw invalid('the policy is base64, but not of text in UTF-8')
  return bytes.toString()
}
