import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'
import { EGIDE, type RunOptions, Shell } from './shell.ts'

// What people get wrong, and whether they are told what it is, where it was said, and what to do.

let server: Server
let shell: Shell

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  shell = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
})

afterAll(async () => {
  shell.remove()
  await server.remove()
})

/** What a command that fails says on stderr; its stdout is empty. */
async function told(args: readonly string[], env: RunOptions['env'] = {}, code = 2): Promise<string> {
  const ended = await shell.run(args, { env })
  expect({ ...ended, stderr: '' }, ended.stderr).toEqual({ code, stdout: '', stderr: '' })
  return ended.stderr
}

describe('tokens', () => {
  test('without a token, a refusal says so and how to get one', async () => {
    const text = await told(['secrets', 'list'], { EGIDE_TOKEN: undefined })
    expect(text).toMatch(
      /\* permission denied\n\nNo token was sent: "egide login" keeps one, EGIDE_TOKEN gives one\.\n$/,
    )
  })

  test('with a token, a refusal names the two reasons that there may be', async () => {
    const text = await told(['secrets', 'list'], { EGIDE_TOKEN: 's.nonsense' })
    expect(text).toMatch(/\* permission denied\n\n.*"egide token lookup".*\n?.*"egide policy explain sys\/mounts"/)
  })

  test('who looks their own token up is not sent to look it up', async () => {
    const text = await told(['token', 'lookup'], { EGIDE_TOKEN: 's.nonsense' })
    expect(text).toMatch(
      /\* permission denied\n\nThe token may have run out, been revoked, or be of another server\.\n$/,
    )
  })

  test('a token to log in with that is not good is told to be that', async () => {
    const text = await told(['login', 's.nonsense'], { EGIDE_TOKEN: undefined })
    expect(text).toContain('The token is not one of this server, has run out, or was revoked.')
    expect(text).not.toContain('No token was sent')
  })

  test('a login that is refused asks whether there is such an auth method', async () => {
    const text = await told(['login', '-method=nonesuch', 'a=b'], { EGIDE_TOKEN: undefined })
    expect(text).toContain('Is there an auth method at nonesuch/? "egide auth list" tells')
    expect(text).not.toContain('No token was sent')
  })

  test('a token with characters that no header takes is told of, and not shown', async () => {
    const bad = { EGIDE_TOKEN: 's.bad\nx' }
    const text = await told(['secrets', 'list'], bad, 1)
    expect(text).toBe('the token of EGIDE_TOKEN holds characters that no header takes, such as a line break\n')
  })
})

describe('a refusal', () => {
  test('in a namespace, of a path that a shell would read in its own way, is explained by a command that can be copied', async () => {
    await shell.ok(['namespace', 'create', 'team'])
    const text = await told(['read', '-namespace=team', "secret/a b;'c"], { EGIDE_TOKEN: 's.nonsense' })
    expect(text).toContain(`"egide policy explain -namespace=team 'secret/a b;'"'"'c'" tells why`)
  })

  test('of a namespace that is sealed names what unseals that, not the vault', async () => {
    const made = await shell.ok(['namespace', 'create', '-key-shares=1', '-key-threshold=1', 'shut'])
    // A secret on a screen once is enough.
    const [, share = ''] = /^Unseal Key 1: (\S+)$/m.exec(made) ?? []
    expect(made.split(share)).toHaveLength(2)
    const text = await told(['secrets', 'list', '-namespace=shut'])
    expect(text).toContain('* namespace is sealed\n\n"egide namespace unseal NAME"')
    expect(text).not.toContain('operator unseal')
  })
})

describe('a login', () => {
  test('replaces a stored token that no request could be sent with', async () => {
    shell.file('.egide-token', 's.bad\nx')
    const none = { EGIDE_TOKEN: undefined }
    expect(await told(['secrets', 'list'], none, 1)).toContain('holds characters that no header takes')
    await shell.ok(['login', server.rootToken], { env: none })
    await shell.ok(['secrets', 'list'], { env: none })
  })

  test('needs no good variable either, and tells of it', async () => {
    const ended = await shell.run(['login', server.rootToken], { env: { EGIDE_TOKEN: 's.bad\nx' } })
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('EGIDE_TOKEN environment variable is set') })
  })
})

describe('addresses', () => {
  test('what names an address that cannot be read is told, and what it would look like', async () => {
    const form = 'must begin with https://, http:// or unix://\n'
    expect(await told(['status'], { EGIDE_ADDR: undefined, VAULT_ADDR: 'localhost:8200' }, 1)).toBe(
      `VAULT_ADDR: the address ${form}`,
    )
    expect(await told(['status', '-address=localhost:8200'], {}, 1)).toBe(`-address: the address ${form}`)
  })

  test('a socket that is not there is told in words', async () => {
    expect(await told(['status'], { EGIDE_ADDR: 'unix:///nonesuch/socket' }, 1)).toContain(
      'cannot reach /nonesuch/socket: there is no such socket (ENOENT)',
    )
  })

  test('who gave none is told what names it', async () => {
    const advice = 'No address was given: EGIDE_ADDR or -address says where the server is.'
    expect(await told(['secrets', 'list', '-namespace=x'], { EGIDE_ADDR: 'http://127.0.0.1:1' })).not.toContain(advice)
    const ended = await shell.run(['kv', 'get', 'secret/x'], {
      env: { EGIDE_ADDR: undefined, EGIDE_CACERT: undefined },
    })
    // Something may listen there; whatever it is, this is not its token.
    expect(ended.stderr.includes('nothing listens there') ? ended.stderr : advice).toContain(advice)
  })

  test('listings do not take a namespace or an address that is not there for an empty one', async () => {
    const listings = [['secrets'], ['auth'], ['audit'], ['policy'], ['namespace']]
    for (const [group = ''] of listings) {
      expect(await told([group, 'list', '-namespace=nonesuch']), group).toContain('* namespace not found')
    }
    const text = await told(['secrets', 'list', `-address=${server.address}/v1`])
    expect(text).toContain('no handler for route')
  })
})

test('who enables a type that there is not is told what lists those there are', async () => {
  expect(await told(['secrets', 'enable', 'kv2'])).toMatch(/"egide read sys\/plugins\/catalog" lists the types/)
})

test('a store that there is not is told apart from a missing policy', async () => {
  expect(await told(['kv', 'put', 'nonesuch/a', 'b=c'])).toMatch(/There may be no mount there: "egide secrets list"/)
})

describe('reading what is not there', () => {
  test('tells why, where the server says it', async () => {
    expect(await told(['read', 'sys/mounts', '-namespace=nonesuch'])).toBe(
      'No value found at sys/mounts: namespace not found\n',
    )
    expect(await told(['read', 'nowhere/at/all'])).toContain('No value found at nowhere/at/all: no handler for route')
    expect(await told(['kv', 'get', 'secret/nonesuch'])).toBe('No value found at secret/data/nonesuch\n')
  })
})

describe('words', () => {
  test('a variable with a value that cannot be read is named, with what is needed', async () => {
    const duration = 'a duration such as 30s, 5m or 1h is needed\n'
    expect(await told(['status'], { BAO_CLIENT_TIMEOUT: 'soon' }, 1)).toBe(
      `invalid value for BAO_CLIENT_TIMEOUT: ${duration}`,
    )
    expect(await told(['status'], { EGIDE_MAX_RETRIES: 'x' }, 1)).toBe(
      'invalid value for EGIDE_MAX_RETRIES: a whole number from 0 to 999 is needed\n',
    )
    expect(await told(['status'], { VAULT_SKIP_VERIFY: 'maybe' }, 1)).toBe(
      'invalid value for VAULT_SKIP_VERIFY: true or false is needed\n',
    )
    expect(await told(['status', '-tls-skip-verify=maybe'], {}, 1)).toBe(
      'invalid value for flag -tls-skip-verify: true or false is needed\n',
    )
  })

  test('missing words are told with what the command takes', async () => {
    for (const words of ['kv get', 'kv list', 'kv scan', 'pki health-check', 'audit enable', 'token revoke'])
      expect(await told(words.split(' '), {}, 1), words).toContain(`\nUsage: egide ${words} [options] `)
    expect(await told(['token', 'lookup', '-accessor'], {}, 1)).toContain('\nUsage: egide token lookup [options] ')
  })

  test('a folder that no server can be started in is told in a line', async () => {
    writeFileSync(path.join(shell.home, 'file'), '')
    expect(await told(['start', '-data=file', '-grpc=off'], {}, 1)).toMatch(
      /^Error: the database file cannot be created: ENOTDIR: .*\n$/,
    )
    expect(await told(['start', '-data='], {}, 1)).toBe('Error: -data is empty: it names a folder\n')
  })

  test.each([
    [['start', '-listen=nowhere'], '-listen'],
    [['start', '-grpc=127.0.0.1:99999'], '-grpc'],
    [['server', '-dev', '-dev-listen-address=1.2.3:8200'], '-dev-listen-address'],
    [['server', '-dev', '-dev-grpc-address='], '-dev-grpc-address'],
  ])('an address that is none is blamed on its flag: %j', async (words, flag) => {
    expect(await told(words, {}, 1)).toBe(
      `Error: ${flag} must be an address and a port such as 127.0.0.1:8200 or [::1]:8200\n`,
    )
  })

  test('a file of the process id that cannot be written is told in a line, and left as it is', async () => {
    mkdirSync(path.join(shell.home, 'folder'))
    const listener = 'listener "tcp" {\n  address = "127.0.0.1:0"\n  tls_disable = true\n}\n'
    writeFileSync(path.join(shell.home, 'pid.hcl'), `storage "inmem" {}\n${listener}pid_file = "folder"\n`)
    expect(await told(['server', '-config=pid.hcl'], {}, 1)).toMatch(
      /^Error: pid_file cannot be written \(EISDIR: .* 'folder'\)$/m,
    )
    expect(existsSync(path.join(shell.home, 'folder'))).toBe(true)
  })

  test('a snapshot that could not be kept is not asked for', async () => {
    expect(await told(['operator', 'snapshot', 'save', 'nonesuch/x.snap'], {}, 1)).toMatch(
      /^cannot write nonesuch\/x\.snap\.partial: ENOENT: /,
    )
  })

  test('what is no policy is not formatted', async () => {
    writeFileSync(path.join(shell.home, 'word.hcl'), 'word')
    expect(await told(['policy', 'fmt', 'word.hcl'], {}, 1)).toMatch(/^Error parsing word\.hcl: /)
    const misspelt = 'path "a" { capabilities=["raed"] }'
    writeFileSync(path.join(shell.home, 'misspelt.hcl'), misspelt)
    expect(await told(['policy', 'fmt', 'misspelt.hcl'], {}, 1)).toContain('raed')
    expect(readFileSync(path.join(shell.home, 'misspelt.hcl'), 'utf8')).toBe(misspelt)
  })

  test('bytes that are no text are refused rather than changed', async () => {
    writeFileSync(path.join(shell.home, 'bytes'), Buffer.from([0x61, 0xff, 0xfe]))
    const wrong = 'it is not text in UTF-8; base64 makes text of any bytes\n'
    expect(await told(['kv', 'put', 'secret/x', 'a=@bytes'], {}, 1)).toBe(`error reading file bytes: ${wrong}`)
    expect(await told(['write', 'secret/data/x', '@bytes'], {}, 1)).toBe(`error reading file bytes: ${wrong}`)
    expect(await shell.run(['kv', 'get', 'secret/x'])).toMatchObject({ code: 2, stdout: '' })
  })

  test('how it ends is not changed by a standard error that nobody reads', async () => {
    const { stdout } = await shell.other('bash', ['-c', `"${EGIDE}" nonesuch 2> >(exec true); echo $?`])
    expect(stdout).toBe('127\n')
  })

  test('an unknown format is told which there are, and an unknown flag where they stand', async () => {
    expect(await told(['status', '-format=xml'], {}, 1)).toBe(
      'Invalid output format: xml. Known are table, json and yaml.\n',
    )
    expect(await told(['token', 'create', '-pol=x'], {}, 1)).toBe(
      'flag provided but not defined: -pol\nSee: egide token create -help\n',
    )
  })
})

// The last one: the server is sealed after it.
test('what is sealed is told how it is unsealed', async () => {
  await shell.ok(['operator', 'seal'])
  const text = await told(['secrets', 'list'])
  expect(text).toMatch(
    /\* Vault is sealed\n\n"egide operator unseal" gives it key shares; "egide status" tells how many, or that "egide operator init" comes first\.\n$/,
  )
})
