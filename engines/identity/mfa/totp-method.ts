import { invalid } from '../../errors.ts'
import { field, type Values } from '../../field.ts'
import { ALGORITHMS } from '../../one-time-codes/codes.ts'
import { QR_SIZE_MAX } from '../../one-time-codes/otpauth-url.ts'
import type { MethodTerms } from './documents.ts'
import { methodRows } from './methods.ts'
import { TotpReply } from './shown.ts'

/** `identity/mfa/method/totp`: https://openbao.org/api-docs/secret/identity/mfa/totp/ */

const fields = {
  issuer: field.text({ default: '', description: 'Who gives the secrets out, as authenticators show it.' }),
  period: field.duration({ default: 30, description: 'How long a code is good for.' }),
  key_size: field.int({ default: 20, description: 'Bytes of a secret.' }),
  qr_size: field.int({ default: 200, description: 'Pixels of the QR code in each direction; 0: none.' }),
  algorithm: field.text({ default: 'SHA1', description: 'SHA1, SHA256 or SHA512.' }),
  digits: field.int({ default: 6, description: 'Of a code: 6 or 8.' }),
  skew: field.int({ default: 1, description: 'How many periods a clock may be off: 0 or 1.' }),
  max_validation_attempts: field.int({ default: 0, description: 'Codes that may be wrong in a row; 0: 5.' }),
}

const ATTEMPTS = 5
const ATTEMPTS_MAX = 1_000
const KEY_SIZE_MAX = 128
const PERIOD_MAX_SECONDS = 86_400
const ISSUER_MAX_CHARS = 256

export const totpMethods = methodRows({
  type: 'totp',
  title: 'TOTP',
  fields,
  returns: TotpReply,
  auditClear: Object.keys(fields),
  terms,
})

function terms(sent: Values<typeof fields>): MethodTerms {
  const { issuer, period, key_size: keyBytes, qr_size: qrSize, digits, skew } = sent
  const algorithm = ALGORITHMS.find((one) => one === sent.algorithm)
  const attempts = sent.max_validation_attempts
  if (algorithm === undefined) throw invalid('unrecognized algorithm')
  if (digits !== 6 && digits !== 8) throw invalid('digits can only be 6 or 8')
  if (period <= 0) throw invalid('period must be greater than zero')
  if (period > PERIOD_MAX_SECONDS) throw invalid(`period must be at most ${PERIOD_MAX_SECONDS} seconds`)
  if (skew !== 0 && skew !== 1) throw invalid('skew must be 0 or 1')
  if (keyBytes <= 0) throw invalid('key_size must be greater than zero')
  if (keyBytes > KEY_SIZE_MAX) throw invalid(`key_size must be at most ${KEY_SIZE_MAX}`)
  if (qrSize < 0 || qrSize > QR_SIZE_MAX) throw invalid(`qr_size must be 0 to ${QR_SIZE_MAX}`)
  if (issuer === '') throw invalid('issuer must be set')
  if (issuer.length > ISSUER_MAX_CHARS || !issuer.isWellFormed())
    throw invalid(`issuer must be valid text of at most ${ISSUER_MAX_CHARS} characters`)
  if (attempts < 0) throw invalid('max_validation_attempts must be greater than zero')
  if (attempts > ATTEMPTS_MAX) throw invalid(`max_validation_attempts must be at most ${ATTEMPTS_MAX}`)
  return {
    type: 'totp',
    terms: {
      issuer,
      periodSeconds: period,
      keyBytes,
      qrSize,
      algorithm,
      digits,
      skew,
      attemptsMax: attempts || ATTEMPTS,
    },
  }
}
