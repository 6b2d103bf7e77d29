import { execFile } from 'node:child_process'
import { createPublicKey, publicEncrypt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as aws from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OPERATIONS } from '../../server/aws/operations/index.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Absent, buildSops, prepareAwsPython } from './client-programs.ts'

/** Clients of AWS KMS that nobody here wrote, unmodified but for their endpoint. */

const run = promisify(execFile)
const here = path.dirname(fileURLToPath(import.meta.url))
/** Building a Go program or a Python environment happens once a machine, over its network. */
const PREPARED_WITHIN_MS = 900_000
const DONE_WITHIN_MS = 120_000
const REGION = 'us-east-1'

let server: Server
let env: Readonly<Record<string, string | undefined>>
let kms: aws.KMSClient

beforeAll(async () => {
  server = await startUnsealed({ tls: true })
  const policy = 'path "kms/*" { capabilities = ["create", "read", "update", "delete", "list"] }'
  await server.call('PUT', 'sys/policies/acl/app', { body: { policy } })
  const made = await server.call('POST', 'kms/aws-credentials', { body: { policies: ['app'] } })
  const accessKeyId = String(at(made.body, 'data', 'access_key_id'))
  const secretAccessKey = String(at(made.body, 'data', 'secret_access_key'))
  const endpoint = `${server.address}/aws/kms/`
  env = {
    PATH: process.env.PATH,
    HOME: server.dataDir,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL_KMS: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CA_BUNDLE: server.certificate?.caFile,
    KMS_ENDPOINT: endpoint,
  }
  const httpsAgent = new Agent({ ca: readFileSync(server.certificate?.caFile ?? ''), keepAlive: true })
  kms = new aws.KMSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { httpsAgent },
  })
})

afterAll(async () => {
  kms?.destroy()
  await server?.remove()
})

/** The program, or undefined with the test skipped where this machine can't run it. */
async function present(prepare: () => Promise<string>, skip: (why: string) => void): Promise<string> {
  return prepare().catch((error: unknown) => {
    if (error instanceof Absent) skip(error.message)
    throw error
  })
}

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const done = await run(command, [...args], { env, cwd: server.dataDir, timeout: DONE_WITHIN_MS }).catch(
    (error: Error & { stderr?: string }) => {
      throw new Error(`${error.message}\n${error.stderr ?? ''}\nThe server said:\n${server.log.slice(-4000)}`)
    },
  )
  return done.stdout
}

const TIMEOUT = { timeout: PREPARED_WITHIN_MS }

test('boto3 does every step', TIMEOUT, async ({ skip }) => {
  const python = await present(() => prepareAwsPython('boto3'), skip)
  const steps = (await outputOf(python, [path.join(here, 'python', 'aws_kms.py')])).trim().split('\n')
  expect(steps).toEqual([
    'keys',
    'states',
    'aliases',
    'paging',
    'rotation',
    'tags',
    'policies',
    'grants',
    'encryption',
    'data keys',
    'signatures',
    'macs',
    'agreement',
    'importing',
  ])
})

test('the AWS Encryption SDK keeps its data keys here', TIMEOUT, async ({ skip }) => {
  const python = await present(() => prepareAwsPython('aws-encryption-sdk'), skip)
  expect(await outputOf(python, [path.join(here, 'python', 'aws_envelope.py')])).toBe('envelope\n')
})

test('sops encrypts and decrypts a file', TIMEOUT, async ({ skip }) => {
  const sops = await present(buildSops, skip)
  const { KeyMetadata } = await kms.send(new aws.CreateKeyCommand({}))
  const file = path.join(server.dataDir, 'secrets.yaml')
  writeFileSync(file, 'password: hunter2\n')
  await outputOf(sops, [
    '--encrypt',
    '--in-place',
    '--kms',
    KeyMetadata?.Arn ?? '',
    '--encryption-context',
    'app:web',
    file,
  ])
  expect(readFileSync(file, 'utf8')).not.toContain('hunter2')
  expect(await outputOf(sops, ['--decrypt', file])).toBe('password: hunter2\n')
  await kms.send(new aws.DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }))
  await expect(outputOf(sops, ['--decrypt', file])).rejects.toThrow(/DisabledException|disabled/)
})

/** What AWS has and a server of its own has no use for. */
const NOT_SERVED = [
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'Decapsulate',
  'DeleteCustomKeyStore',
  'DescribeCustomKeyStores',
  'DisconnectCustomKeyStore',
  'Encapsulate',
  'GetKeyLastUsage',
  'ReplicateKey',
  'UpdateCustomKeyStore',
  'UpdatePrimaryRegion',
]

test('every operation that @aws-sdk/client-kms knows is served, or said not to be', async () => {
  const known = Object.keys(aws).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? [])
  expect([...OPERATIONS.keys(), ...NOT_SERVED].sort()).toEqual([...new Set(known)].sort())
  const refusal = kms.send(new aws.DescribeCustomKeyStoresCommand({})).catch((error: Error) => error.name)
  expect(await refusal).toBe('UnknownOperationException')
})

const bytes = (text: string): Uint8Array => Buffer.from(text)
const nameOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'no error',
    (error: Error) => error.name,
  )

async function newKey(settings: aws.CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await kms.send(new aws.CreateKeyCommand(settings))
  return KeyMetadata?.KeyId ?? ''
}

test('@aws-sdk/client-kms: keys, aliases and states', async () => {
  const KeyId = await newKey({ Description: 'orders', Tags: [{ TagKey: 'team', TagValue: 'web' }] })
  await kms.send(new aws.CreateAliasCommand({ AliasName: 'alias/js/orders', TargetKeyId: KeyId }))
  const described = await kms.send(new aws.DescribeKeyCommand({ KeyId: 'alias/js/orders' }))
  expect(described.KeyMetadata).toMatchObject({ KeyId, Description: 'orders', KeyState: 'Enabled' })
  expect(described.KeyMetadata?.CreationDate).toBeInstanceOf(Date)
  await kms.send(new aws.UpdateKeyDescriptionCommand({ KeyId, Description: 'invoices' }))
  const other = await newKey()
  await kms.send(new aws.UpdateAliasCommand({ AliasName: 'alias/js/orders', TargetKeyId: other }))
  const { Aliases } = await kms.send(new aws.ListAliasesCommand({ KeyId: other }))
  expect(Aliases).toMatchObject([{ AliasName: 'alias/js/orders', TargetKeyId: other }])
  await kms.send(new aws.DeleteAliasCommand({ AliasName: 'alias/js/orders' }))
  const seen: string[] = []
  for await (const page of aws.paginateListKeys({ client: kms, pageSize: 1 }, {})) {
    seen.push(...(page.Keys ?? []).map((key) => key.KeyId ?? ''))
  }
  expect(seen).toEqual(expect.arrayContaining([KeyId, other]))
  await kms.send(new aws.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'cost', TagValue: '12' }] }))
  await kms.send(new aws.UntagResourceCommand({ KeyId, TagKeys: ['team'] }))
  const { Tags } = await kms.send(new aws.ListResourceTagsCommand({ KeyId }))
  expect(Tags).toEqual([{ TagKey: 'cost', TagValue: '12' }])
  await kms.send(new aws.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }))
  const status = await kms.send(new aws.GetKeyRotationStatusCommand({ KeyId }))
  expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 })
  await kms.send(new aws.DisableKeyRotationCommand({ KeyId }))
  await kms.send(new aws.RotateKeyOnDemandCommand({ KeyId }))
  expect((await kms.send(new aws.ListKeyRotationsCommand({ KeyId }))).Rotations).toHaveLength(1)
  await kms.send(new aws.DisableKeyCommand({ KeyId }))
  expect(await nameOf(kms.send(new aws.EncryptCommand({ KeyId, Plaintext: bytes('x') })))).toBe('DisabledException')
  await kms.send(new aws.EnableKeyCommand({ KeyId }))
  const leaving = await kms.send(new aws.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  expect(leaving.DeletionDate).toBeInstanceOf(Date)
  expect((await kms.send(new aws.CancelKeyDeletionCommand({ KeyId }))).KeyId).toContain(KeyId)
})

test('@aws-sdk/client-kms: key policies and grants', async () => {
  const KeyId = await newKey()
  const { PolicyNames } = await kms.send(new aws.ListKeyPoliciesCommand({ KeyId }))
  expect(PolicyNames).toEqual(['default'])
  const { Policy } = await kms.send(new aws.GetKeyPolicyCommand({ KeyId }))
  await kms.send(new aws.PutKeyPolicyCommand({ KeyId, Policy }))
  const grant = {
    KeyId,
    GranteePrincipal: 'policy:app',
    RetiringPrincipal: 'policy:app',
    Operations: ['Encrypt' as const],
  }
  const made = await kms.send(new aws.CreateGrantCommand(grant))
  const { GrantId } = await kms.send(new aws.CreateGrantCommand({ ...grant, Name: 'two' }))
  expect((await kms.send(new aws.ListGrantsCommand({ KeyId }))).Grants).toHaveLength(2)
  const retirable = new aws.ListRetirableGrantsCommand({ RetiringPrincipal: 'policy:app' })
  expect((await kms.send(retirable)).Grants).toHaveLength(2)
  await kms.send(new aws.RetireGrantCommand({ GrantToken: made.GrantToken }))
  await kms.send(new aws.RevokeGrantCommand({ KeyId, GrantId }))
  expect((await kms.send(new aws.ListGrantsCommand({ KeyId }))).Grants).toEqual([])
})

test('@aws-sdk/client-kms: encryption and data keys', async () => {
  const KeyId = await newKey()
  const EncryptionContext = { tenant: 'a' }
  const sealed = await kms.send(new aws.EncryptCommand({ KeyId, Plaintext: bytes('hello'), EncryptionContext }))
  const { CiphertextBlob } = sealed
  const opened = await kms.send(new aws.DecryptCommand({ CiphertextBlob, EncryptionContext }))
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('hello')
  expect(await nameOf(kms.send(new aws.DecryptCommand({ CiphertextBlob })))).toBe('InvalidCiphertextException')
  const DestinationKeyId = await newKey()
  const moved = await kms.send(
    new aws.ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId }),
  )
  expect(await kms.send(new aws.DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }))).toMatchObject({
    Plaintext: opened.Plaintext,
  })
  const dataKey = await kms.send(new aws.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
  expect(dataKey.Plaintext).toHaveLength(32)
  const bare = await kms.send(new aws.GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 24 }))
  expect((await kms.send(new aws.DecryptCommand({ CiphertextBlob: bare.CiphertextBlob }))).Plaintext).toHaveLength(24)
  const pair = await kms.send(new aws.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }))
  const asked = { KeyId, KeyPairSpec: 'ECC_NIST_P256' as const }
  const hidden = await kms.send(new aws.GenerateDataKeyPairWithoutPlaintextCommand(asked))
  expect([pair.PrivateKeyPlaintext?.[0], pair.PublicKey?.[0], hidden.PublicKey?.[0]]).toEqual([0x30, 0x30, 0x30])
  expect((await kms.send(new aws.GenerateRandomCommand({ NumberOfBytes: 12 }))).Plaintext).toHaveLength(12)
  const dry = new aws.EncryptCommand({ KeyId, Plaintext: bytes('x'), DryRun: true })
  expect(await nameOf(kms.send(dry))).toBe('DryRunOperationException')
})

test('@aws-sdk/client-kms: signatures, MACs, agreement and imported material', async () => {
  const KeyId = await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  const what = { KeyId, Message: bytes('hello'), SigningAlgorithm: 'ECDSA_SHA_256' as const }
  const { Signature } = await kms.send(new aws.SignCommand(what))
  expect((await kms.send(new aws.VerifyCommand({ ...what, Signature }))).SignatureValid).toBe(true)
  const forged = new aws.VerifyCommand({ ...what, Message: bytes('other'), Signature })
  expect(await nameOf(kms.send(forged))).toBe('KMSInvalidSignatureException')
  expect((await kms.send(new aws.GetPublicKeyCommand({ KeyId }))).SigningAlgorithms).toEqual(['ECDSA_SHA_256'])
  const mac = { KeyId: await newKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }), Message: bytes('hello') }
  const made = await kms.send(new aws.GenerateMacCommand({ ...mac, MacAlgorithm: 'HMAC_SHA_256' }))
  const checked = await kms.send(new aws.VerifyMacCommand({ ...mac, MacAlgorithm: 'HMAC_SHA_256', Mac: made.Mac }))
  expect(checked.MacValid).toBe(true)
  const ours = await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  const { PublicKey } = await kms.send(new aws.GetPublicKeyCommand({ KeyId: ours }))
  const agreed = new aws.DeriveSharedSecretCommand({ KeyId: ours, KeyAgreementAlgorithm: 'ECDH', PublicKey })
  expect((await kms.send(agreed)).SharedSecret).toHaveLength(32)
  const external = await newKey({ Origin: 'EXTERNAL' })
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256' as const, WrappingKeySpec: 'RSA_2048' as const }
  const given = await kms.send(new aws.GetParametersForImportCommand({ KeyId: external, ...wrapping }))
  const EncryptedKeyMaterial = publicEncrypt(
    {
      key: createPublicKey({ key: Buffer.from(given.PublicKey ?? []), format: 'der', type: 'spki' }),
      oaepHash: 'sha256',
    },
    Buffer.alloc(32, 7),
  )
  const { ImportToken } = given
  const ValidTo = new Date(Date.now() + 86_400_000)
  await kms.send(new aws.ImportKeyMaterialCommand({ KeyId: external, ImportToken, EncryptedKeyMaterial, ValidTo }))
  const { KeyMetadata } = await kms.send(new aws.DescribeKeyCommand({ KeyId: external }))
  expect(KeyMetadata).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_EXPIRES' })
  await kms.send(new aws.DeleteImportedKeyMaterialCommand({ KeyId: external }))
})
