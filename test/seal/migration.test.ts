import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import {
  giveShares,
  isUnsealed,
  logged,
  putSecret,
  restartWithSeal,
  secretOf,
  startForTest,
  status,
  transitSeal,
  transitToken,
  unsealed,
} from './auto-seal.ts'

/** Moving a vault from one seal to another, opening it with shares when its service is gone, and proving in time that one could. */

let keeper: Server
let transit: string
let shell: Shell
beforeAll(async () => {
  keeper = await startUnsealed()
  transit = transitSeal(keeper, await transitToken(keeper))
})
afterEach(async () => {
  shell?.remove()
})
afterAll(() => keeper.remove())

const STATIC = `seal "static" {
  current_key_id = "one"
  current_key = "${randomBytes(32).toString('base64')}"
}`
const disabled = (seal: string) => seal.replace(/}$/, 'disabled = "true"\n}')
const withBreakGlass = (seal: string) => seal.replace(/}$/, 'break_glass = true\n}')
const gone = (seal: string) => seal.replace(/:\d+"/, ':1"')
const migrating = { migrate: true }

test('from shares to a service, to another service, and back to the same shares', async () => {
  const server = await startForTest('')
  await server.init(3, 2)
  await server.unseal()
  await putSecret(server)
  const quorum = server.keys.slice(1)

  await restartWithSeal(server, transit)
  await logged(server, /the vault has another seal: unseal it with -migrate/)
  await logged(server, /sealed, .*seal \(shamir\).*: 2 of 3 key shares.*operator unseal -migrate/)
  expect(await status(server, 'type', 'sealed', 'migration', 'recovery_seal', 't', 'n')).toEqual([
    'shamir',
    true,
    true,
    false,
    2,
    3,
  ])
  const unasked = await giveShares(server, quorum.slice(0, 1))
  expect([unasked.status, /'migrate' parameter must be set true/.test(unasked.text)]).toEqual([400, true])
  const wrong = [server.keys[0] ?? '', randomBytes(33).toString('base64')]
  expect((await giveShares(server, wrong, migrating)).status).toBe(400)
  expect(at((await giveShares(server, quorum, migrating)).body, 'sealed')).toBe(false)
  expect(await status(server, 'type', 'migration', 'recovery_seal', 't', 'n')).toEqual(['transit', false, true, 2, 3])
  expect(await secretOf(server)).toBe('kept')
  await server.kill9()
  await server.start()
  await unsealed(server)

  await restartWithSeal(server, `${disabled(transit)}\n${STATIC}`)
  expect(await status(server, 'type', 'migration', 'recovery_seal')).toEqual(['transit', true, true])
  expect(at((await giveShares(server, quorum, migrating)).body, 'sealed')).toBe(false)
  await restartWithSeal(server, STATIC)
  await unsealed(server)
  expect(await status(server, 'type')).toEqual(['static'])

  await restartWithSeal(server, disabled(STATIC))
  await logged(server, /sealed, .*seal \(static\).*: 2 of 3 key shares.*operator unseal -migrate/)
  expect(await isUnsealed(server)).toBe(false)
  expect(at((await giveShares(server, quorum, migrating)).body, 'sealed')).toBe(false)
  await restartWithSeal(server, '')
  expect(await status(server, 'type', 'sealed', 'recovery_seal', 't', 'n')).toEqual(['shamir', true, false, 2, 3])
  expect((await giveShares(server, quorum, migrating)).text).toContain('no migration seal found')
  await giveShares(server, quorum)
  expect(await secretOf(server)).toBe('kept')
})

test('at the command line', async () => {
  const server = await startForTest(STATIC)
  shell = new Shell({ EGIDE_ADDR: server.address })
  const text = await shell.ok(['operator', 'init', '-recovery-shares=3', '-recovery-threshold=2'])
  const shares = [...text.matchAll(/^Recovery Key \d: (\S+)$/gm)].map(([, share]) => share)
  expect(shares).toHaveLength(3)
  expect(text).toContain('Recovery key initialized with 3 key shares and a key threshold of 2')
  expect(await shell.ok(['status'])).toMatch(/^Recovery Seal Type +shamir$/m)
  await restartWithSeal(server, disabled(STATIC))
  const sealed = await shell.run(['status'])
  expect([sealed.code, /^Seal Migration in Progress +true$/m.test(sealed.stdout)]).toEqual([2, true])
  const opened = await shell.ok(['operator', 'unseal', '-migrate', '-'], { stdin: shares.slice(1).join('\n') })
  expect(opened).toMatch(/^Seal Type +shamir$[\s\S]*^Sealed +false$/m)
})

describe('nothing is moved', () => {
  test('while the new service is away', async () => {
    const server = await startForTest('')
    await server.init(2, 2)
    await server.unseal()
    await putSecret(server)
    await restartWithSeal(server, gone(transit))
    const refused = await giveShares(server, server.keys, migrating)
    expect([refused.status, refused.text.includes('ECONNREFUSED')]).toEqual([503, true])
    expect(await status(server, 'type', 'sealed', 'migration')).toEqual(['shamir', true, true])
    await restartWithSeal(server, '')
    await giveShares(server, server.keys)
    expect(await secretOf(server)).toBe('kept')
  })

  test('while the old service is away, or not told of', async () => {
    const server = await startForTest(transit)
    await server.initRecovery(2, 2)
    await putSecret(server)
    await restartWithSeal(server, disabled(gone(transit)))
    expect((await giveShares(server, server.keys, migrating)).text).toContain('ECONNREFUSED')
    await restartWithSeal(server, '')
    expect((await giveShares(server, server.keys, migrating)).text).toContain(
      "the vault's seal is of type transit, this server is configured for shamir",
    )
    await restartWithSeal(server, transit)
    await unsealed(server)
    expect(await secretOf(server)).toBe('kept')
  })
})

describe('with break_glass', () => {
  test('recovery shares open the vault when the service is gone, also after the root key was replaced', async () => {
    const server = await startForTest(withBreakGlass(transit))
    await server.initRecovery(3, 2)
    await putSecret(server)
    expect(await status(server, 'break_glass', 'recovery_seal')).toEqual([true, true])
    expect((await server.call('PUT', 'sys/rotate/root', { body: {} })).status).toBe(204)
    await restartWithSeal(server, withBreakGlass(gone(transit)))
    const wrong = [server.keys[0] ?? '', randomBytes(33).toString('base64')]
    expect((await giveShares(server, wrong)).status).toBe(400)
    expect(await isUnsealed(server)).toBe(false)
    expect(at((await giveShares(server, server.keys.slice(1))).body, 'sealed')).toBe(false)
    expect(await secretOf(server)).toBe('kept')
    // The service opens it as before.
    await restartWithSeal(server, withBreakGlass(transit))
    await unsealed(server)
    expect(await secretOf(server)).toBe('kept')
  })

  test('a service that never comes back is left by shares alone', async () => {
    const server = await startForTest(withBreakGlass(transit))
    await server.initRecovery(2, 2)
    await putSecret(server)
    await restartWithSeal(server, '')
    expect(at((await giveShares(server, server.keys, migrating)).body, 'sealed')).toBe(false)
    await restartWithSeal(server, '')
    await giveShares(server, server.keys)
    expect(await secretOf(server)).toBe('kept')
  })

  test('new recovery shares take the place of the old ones, and decide anew whether they open', async () => {
    const server = await startForTest(withBreakGlass(transit))
    await server.initRecovery(1, 1)
    await putSecret(server)
    const first = server.keys
    const second = await rekeyed(server, first)
    await restartWithSeal(server, withBreakGlass(gone(transit)))
    expect((await giveShares(server, first)).status).toBe(400)
    expect(at((await giveShares(server, second)).body, 'sealed')).toBe(false)
    await restartWithSeal(server, transit)
    await logged(server, /recovery shares open the vault, against break_glass in the configuration/)
    const third = await rekeyed(server, second)
    expect(await status(server, 'break_glass')).toEqual([false])
    await restartWithSeal(server, gone(transit))
    for (const shares of [second, third]) expect((await giveShares(server, shares)).status).toBe(503)
    expect(await isUnsealed(server)).toBe(false)
  })

  test('it can’t be had without recovery shares', async () => {
    const server = await startForTest(withBreakGlass(STATIC))
    const reply = await server.call('PUT', 'sys/init', { body: {} })
    expect([reply.status, reply.text.includes('it needs recovery_shares')]).toEqual([400, true])
  })
})

test('without it they open nothing when the service is gone', async () => {
  const server = await startForTest(transit)
  await server.initRecovery(1, 1)
  await restartWithSeal(server, gone(transit))
  const refused = await giveShares(server, server.keys)
  expect([refused.status, refused.text.includes('ECONNREFUSED')]).toEqual([503, true])
  expect(await isUnsealed(server)).toBe(false)
})

async function rekeyed(server: Server, shares: readonly string[]): Promise<readonly string[]> {
  const body = { secret_shares: 1, secret_threshold: 1 }
  const begun = await server.call('PUT', 'sys/rekey-recovery-key/init', { body })
  let reply = begun
  for (const key of shares)
    reply = await server.call('PUT', 'sys/rekey-recovery-key/update', { body: { key, nonce: at(begun.body, 'nonce') } })
  return at(reply.body, 'keys_base64') as readonly string[]
}

describe('egide operator drill', () => {
  const drill = (server: Server, args: readonly string[], stdin = '') => {
    shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
    return shell.run(['operator', 'drill', ...args], { stdin })
  }

  test('proves shares without sealing, and refuses wrong ones', async () => {
    const server = await startForTest('')
    await server.init(3, 2)
    await server.unseal()
    const [one = '', two = '', three = ''] = server.keys
    expect(await drill(server, ['-'], `${one}\n${three}\n`)).toMatchObject({
      code: 0,
      stdout: 'Success! These shares would open the vault.\n',
    })
    expect((await drill(server, [two])).stdout).toMatch(/^Progress +1\/2$/m)
    const flipped = Buffer.from(one, 'base64')
    flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0)
    const wrong = await drill(server, [flipped.toString('base64')])
    expect([wrong.code, wrong.stderr.includes('the shares would not open the vault')]).toEqual([2, true])
    expect((await drill(server, ['-status'])).stdout).toMatch(/^Progress +0\/2$/m)
    expect((await drill(server, ['-service'])).stderr).toContain('no service opens it')
    await drill(server, [two])
    await drill(server, ['-reset'])
    expect((await drill(server, ['-status', '-format=json'])).stdout).toContain('"progress": 0')
    expect(await isUnsealed(server)).toBe(true)
    const plain = await server.call('POST', 'auth/token/create', { body: { policies: ['default'] } })
    const token = String(at(plain.body, 'auth', 'client_token'))
    expect((await server.call('PUT', 'sys/seal-drill', { token, body: { key: one } })).status).toBe(403)
  })

  test('proves a service, and tells shares that open from shares that authorise', async () => {
    const server = await startForTest(transit)
    await server.initRecovery(1, 1)
    expect((await drill(server, ['-service'])).stdout).toBe('Success! The transit seal would open the vault.\n')
    expect((await drill(server, ['-'], server.keys.join('\n'))).stdout).toContain('They authorise operators')
    await keeper.call('PUT', 'sys/seal')
    const away = await drill(server, ['-service'])
    expect([away.code, away.stderr.includes('answered 503: Vault is sealed')]).toEqual([2, true])
    await keeper.unseal()
    const both = await startForTest(withBreakGlass(STATIC))
    await both.initRecovery(2, 2)
    expect((await drill(both, ['-'], both.keys.join('\n'))).stdout).toContain('would open the vault')
  })
})
