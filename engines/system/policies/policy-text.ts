import { isUtf8 } from 'node:buffer'
import { decoded } from '../../base64.ts'
import { invalid } from '../../errors.ts'

/** A policy is sent as it is, or in base64 (which no policy looks like). */
export function policyText(sent: string): string {
  const bytes = decoded(sent)
  if (bytes === undefined || bytes.length === 0) return sent
  if (!isUtf8(bytes)) throw invalid('the policy is base64, but not of text in UTF-8')
  return bytes.toString()
}
