import { AwsError } from '../aws-error.ts'
import { neededText, refuseMembers, renamed } from '../members.ts'
import { type Answered, asked, type Data, ENCLAVE, type KmsOperations } from '../operation.ts'
import { arnOfKey, keySegment } from '../references.ts'

const COMMON = { GrantTokens: 'grant_tokens', DryRun: 'dry_run' }
const SIGN = { Message: 'message', MessageType: 'message_type', SigningAlgorithm: 'signing_algorithm', ...COMMON }
const MAC = { Message: 'message', MacAlgorithm: 'mac_algorithm', ...COMMON }
const DERIVE = { PublicKey: 'public_key', KeyAgreementAlgorithm: 'key_agreement_algorithm', ...COMMON }

/** A signature that is not valid is an error to AWS's clients. */
function refuseUnlessValid({ reply }: Answered, type: string, message: string): void {
  if (reply.valid !== true) throw new AwsError(type, message)
}

function needed(input: Data, ...names: readonly string[]): void {
  for (const name of names) neededText(input, name)
}

/** Signatures, MACs and key agreement. */
export const signing: KmsOperations = {
  Sign: {
    async ask(input, key) {
      needed(input, 'Message', 'SigningAlgorithm')
      return asked(`sign/${await keySegment(input, key)}`, renamed(input, SIGN))
    },
    answer: ({ reply, key }) => ({
      KeyId: arnOfKey(key, reply.key_id),
      Signature: reply.signature,
      SigningAlgorithm: reply.signing_algorithm,
    }),
  },
  Verify: {
    async ask(input, key) {
      needed(input, 'Message', 'SigningAlgorithm', 'Signature')
      return asked(`verify/${await keySegment(input, key)}`, renamed(input, { ...SIGN, Signature: 'signature' }))
    },
    answer(answered) {
      refuseUnlessValid(answered, 'KMSInvalidSignatureException', 'the signature is not valid')
      const { reply, key } = answered
      const { key_id: keyId, signing_algorithm: algorithm } = reply
      return { KeyId: arnOfKey(key, keyId), SignatureValid: true, SigningAlgorithm: algorithm }
    },
  },
  GenerateMac: {
    async ask(input, key) {
      needed(input, 'Message', 'MacAlgorithm')
      return asked(`mac/${await keySegment(input, key)}`, renamed(input, MAC))
    },
    answer: ({ reply, key }) => ({
      KeyId: arnOfKey(key, reply.key_id),
      Mac: reply.mac,
      MacAlgorithm: reply.mac_algorithm,
    }),
  },
  VerifyMac: {
    async ask(input, key) {
      needed(input, 'Message', 'MacAlgorithm', 'Mac')
      return asked(`verify-mac/${await keySegment(input, key)}`, renamed(input, { ...MAC, Mac: 'mac' }))
    },
    answer(answered) {
      refuseUnlessValid(answered, 'KMSInvalidMacException', 'the MAC is not valid')
      const { reply, key } = answered
      return { KeyId: arnOfKey(key, reply.key_id), MacValid: true, MacAlgorithm: reply.mac_algorithm }
    },
  },
  DeriveSharedSecret: {
    async ask(input, key) {
      refuseMembers(input, ENCLAVE)
      needed(input, 'KeyAgreementAlgorithm', 'PublicKey')
      return asked(`derive/${await keySegment(input, key)}`, renamed(input, DERIVE))
    },
    answer: ({ reply, key }) => ({
      KeyId: arnOfKey(key, reply.key_id),
      SharedSecret: reply.shared_secret,
      KeyAgreementAlgorithm: reply.key_agreement_algorithm,
      KeyOrigin: reply.key_origin,
    }),
  },
}
