import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, type TestingServer } from '../../storage/postgres/testing-server.ts'
import { get, put } from '../backup/backup.ts'
import { Shell } from '../cli/shell.ts'
import { Cluster } from '../cluster/cluster.ts'
import { FullDisk, noFullDisk } from '../faults/full-disk.ts'
import { at } from '../harness/http.ts'
import { egide, type Program } from '../harness/program.ts'
import { Server, startServer } from '../harness/server.ts'
import { logged, until } from '../seal/auto-seal.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))
const chapters = readFileSync(path.join(root, 'docs/runbooks.md'), 'utf8').split(/^## /m)

// docs/runbooks.md: each trouble is made, and the commands of its chapter are run as they stand there.

const shell = new Shell({})
symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
afterAll(() => shell.remove())

function block(chapter: string, language: 'sh' | 'sql', number: number): string {
  const text = chapters.find((part) => part.startsWith(`${chapter}\n`)) ?? ''
  // Blocks of a list are indented.
  const blocks = [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'))]
  const [, indent = '', lines] = blocks[number] ?? []
  if (lines === undefined) throw new Error(`there is no ${language} block ${number} in chapter "${chapter}"`)
  return lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
}

/** What one block of commands prints, standard error too, for an operator of this server. */
async function follow(chapter: string, number: number, server: Server, more: Record<string, string> = {}) {
  for (const [index, share] of server.keys.entries()) shell.file(`share-${index + 1}`, share)
  const env = {
    PATH: `${shell.home}/bin:${process.env.PATH}`,
    HOME: shell.home,
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: server.rootToken,
    ...more,
  }
  const script = `exec 2>&1\nset -eo pipefail\n${block(chapter, 'sh', number)}`
  return (await run('bash', ['-c', script], { cwd: shell.home, env })).stdout
}

/** The rows of each statement of a block. */
async function ask(chapter: string, number: number, database: TestingServer): Promise<Record<string, unknown>[][]> {
  const client = new pg.Client({ connectionString: database.tcpUrl() })
  await client.connect()
  try {
    const rows: Record<string, unknown>[][] = []
    for (const statement of block(chapter, 'sql', number).split(/;\n/)) {
      if (statement.trim() !== '') rows.push((await client.query(statement)).rows)
    }
    return rows
  } finally {
    await client.end()
  }
}

describe.skipIf(noFullDisk !== undefined)(
  `a full disk${noFullDisk === undefined ? '' : ` (skipped: ${noFullDisk})`}`,
  () => {
    /** A server whose database and audit log lie in folders of their own; one of them gets full. */
    async function onDisks(full: 'data' | 'audit', disk: FullDisk): Promise<Server> {
      const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'egide-disks-')))
      mkdirSync(path.join(folder, 'data'))
      const server = await startServer({
        program: egide,
        storage: { block: `storage "sqlite" {\n  path = "${folder}/data/egide.db"\n}` },
        config: `audit_directory = "${folder}/audit"\nlog_format = "json"
        audit "file" "file" {\n  options { file_path = "audit.log" }\n}`,
        env: { ...disk.env(path.join(folder, full)), AUDIT_FOLDER: path.join(folder, 'audit') },
      })
      await server.init()
      await server.unseal()
      await put(server, 'app', 'before')
      return server
    }
    const auditOf = (server: Server) =>
      /audit_directory = "(.*)"/.exec(readFileSync(server.configFile, 'utf8'))?.[1] ?? ''
    const remove = async (server: Server) => {
      const folder = path.dirname(auditOf(server))
      await server.remove()
      rmSync(folder, { recursive: true, force: true })
    }

    test('of SQLite', { timeout: 240_000 }, async () => {
      const chapter = 'SQLite’s disk is full'
      const disk = new FullDisk()
      const server = await onDisks('data', disk)
      try {
        disk.fill()
        const said = await follow(chapter, 0, server)
        expect(said).toContain('before')
        expect(said).toContain('storage failed; whether the change was made is not known')
        expect(said).toMatch(/Filesystem/)
        await logged(server, /the disk (is full|failed)/)
        disk.free()
        expect(['before', 'refused']).toContain(await get(server, 'app'))
        expect(await follow(chapter, 1, server)).toContain(' 0 damaged')
        expect(await get(server, 'app')).toBe('after')
      } finally {
        await remove(server)
        disk.remove()
      }
    })

    test('of an audit device', { timeout: 240_000 }, async () => {
      const chapter = 'An audit device’s disk is full'
      const disk = new FullDisk()
      const server = await onDisks('audit', disk)
      try {
        disk.fill()
        const said = await follow(chapter, 0, server)
        expect(said).toMatch(/Sealed +false/)
        expect(said).toContain('audit device "file/" is failing: the request is not served')
        const ill = await server.call('GET', 'sys/health?activecode=200')
        expect(ill.status).toBe(503)
        expect(ill.body).toMatchObject({ sealed: false, audit_failing: true })
        expect((await server.call('DELETE', 'sys/audit/file')).status).toBe(503)
        await logged(server, /"error":"ENOSPC: .*"msg":"audit device is failing"/)
        disk.free()
        await until('it is well again', async () => (await server.call('GET', 'sys/health')).status === 200)
        await until('requests are recorded', async () => (await server.call('GET', 'secret/data/app')).status === 200)
        expect(await follow(chapter, 1, server, { AUDIT: auditOf(server) })).toContain('before')
      } finally {
        await remove(server)
        disk.remove()
      }
    })

    test.skipIf(noPostgres !== undefined)('of PostgreSQL', { timeout: 240_000 }, async () => {
      const chapter = 'PostgreSQL’s disk is full'
      const disk = new FullDisk()
      const cluster = await Cluster.start(1, { database: { env: (data) => disk.env(path.join(data, 'base')) } })
      const [server] = cluster.nodes as [Server]
      try {
        await put(server, 'app', 'before')
        disk.fill()
        // Until what lies there has no room left for another row.
        const body = { data: { value: 'x'.repeat(200_000) } }
        await until(
          'a write is refused',
          async () => (await server.call('PUT', 'secret/data/big', { body })).status === 503,
        )
        await logged(server, /the disk is full/)
        const said = await follow(chapter, 0, server)
        expect(said).toContain('before')
        expect(said).toContain('active_node')
        const [slots, sizes] = await ask(chapter, 0, cluster.database)
        expect(slots).toEqual([])
        expect(sizes?.map(({ relname }) => relname)).toContain('egide_entry')
        disk.free()
        expect(await follow(chapter, 1, server)).toContain(' 0 damaged')
        expect(await get(server, 'app')).toBe('after')
      } finally {
        await cluster.remove()
        disk.remove()
      }
    })
  },
)

test('the vault goes back to a snapshot', { timeout: 240_000 }, async () => {
  const chapter = 'Go back to a snapshot'
  const server = await startServer({ program: egide })
  try {
    await server.init()
    await server.unseal()
    await put(server, 'app', 'good')
    const saved = await shell.run(['operator', 'snapshot', 'save', 'good.snap'], {
      env: { EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken },
    })
    expect(saved).toMatchObject({ code: 0 })
    await server.call('DELETE', 'secret/metadata/app')
    expect(await follow(chapter, 0, server)).toContain('SHA-256')
    expect(await follow(chapter, 1, server)).toContain('Success! Restored')
    expect(await follow(chapter, 2, server)).toMatch(/Sealed +false[\s\S]*good[\s\S]* 0 damaged/)
    await follow(chapter, 3, server)
  } finally {
    await server.remove()
  }
})

describe.skipIf(noPostgres !== undefined)('the database', () => {
  test('fails over', { timeout: 240_000 }, async () => {
    const chapter = 'The database fails over'
    let standby: TestingServer | undefined
    const cluster = await Cluster.start(2, {
      async connectionUrl(primary) {
        standby = await primary.startStandby()
        return primary.tcpUrl().replace(`:${primary.port}/`, `:${primary.port},127.0.0.1:${standby.port}/`)
      },
    })
    const [one, two] = cluster.nodes as [Server, Server]
    if (standby === undefined) throw new Error('there is no standby')
    try {
      await put(one, 'app', 'before')
      await cluster.database.kill()
      expect((await one.call('GET', 'sys/health')).status).toBe(503)
      const refused = await two.call('GET', 'secret/data/app')
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
      expect(await ask(chapter, 0, standby)).toEqual([[{ pg_promote: true }]])
      await until('both serve', async () => {
        const statuses = await Promise.all([one, two].map((server) => server.call('GET', 'sys/health')))
        return statuses.every(({ status }) => status === 200)
      })
      expect(await get(two, 'app')).toBe('before')
      const said = await follow(chapter, 0, one)
      expect(said).toMatch(/Sealed +false/)
      for (const { address } of [one, two]) expect(said).toContain(address)
      expect(await get(two, 'app')).toBe('after')
      const [state, standbys] = await ask(chapter, 1, standby)
      expect(state).toEqual([{ is_standby: false, waits_for: '' }])
      expect(standbys).toEqual([])
      expect(await follow(chapter, 1, one)).toContain(' 0 damaged')
      await follow(chapter, 2, one)
      await two.unseal()
      for (const server of [one, two]) expect(await get(server, 'app')).toBe('after')
    } finally {
      await cluster.remove()
      await standby.stop()
    }
  })
})

describe.skipIf(noPostgres !== undefined)('an upgrade, server by server', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'egide-next-'))
  let next: Program
  let cluster: Cluster
  let nodes: Server[]
  let written = 0
  /** What clients do meanwhile: a write by one server must be what the other reads. */
  const use = async (...among: Server[]) => {
    for (const writer of among) {
      const value = `${++written}`
      await put(writer, 'app', value)
      for (const reader of among) expect(await get(reader, 'app')).toBe(value)
    }
  }
  /** Starts a server that was stopped in another version. */
  const as = async (server: Server, program: Program): Promise<Server> => {
    const env = { EGIDE_PG_CONNECTION_URL: cluster.database.url }
    const other = new Server(program, server.dataDir, server.address, undefined, env)
    other.adopt(server)
    await other.start()
    return other
  }
  const versions = async (server: Server) => {
    const list = at((await server.call('GET', 'sys/ha-status')).body, 'nodes')
    return (Array.isArray(list) ? list : []).map((node) => at(node, 'version')).sort()
  }

  // The version after this one is this one with another number.
  beforeAll(async () => {
    const sources = ['bin', 'cli', 'crypto', 'engines', 'proto', 'sdk', 'server', 'storage', 'types']
    execFileSync('cp', ['-R', ...sources.map((name) => path.join(root, name)), folder])
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "version": "99.0.0" }')
    for (const name of ['node_modules', '.runtime']) symlinkSync(path.join(root, name), path.join(folder, name))
    next = { ...egide, command: path.join(folder, 'bin/egide') }
    cluster = await Cluster.start(2)
    nodes = [...cluster.nodes]
  })
  afterAll(async () => {
    for (const node of nodes ?? []) await node.remove()
    await cluster?.database.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const pair = () => nodes as [Server, Server]

  test('there is a way back', { timeout: 240_000 }, async () => {
    await use(...nodes)
    const said = await follow('Upgrade', 0, pair()[0])
    expect(said).toMatch(/SHA-256[\s\S]*These shares would open the vault/)
  })

  test('old and new serve together, and each reads what the other writes', { timeout: 240_000 }, async () => {
    for (const index of [0, 1]) {
      const [old, rest] = [nodes[index] as Server, nodes[1 - index] as Server]
      await old.stop()
      await use(rest)
      nodes[index] = await as(old, next)
      expect(await follow('Upgrade', 1, nodes[index] as Server)).toMatch(
        /Sealed +true[\s\S]*Sealed +false[\s\S]*99\.0\.0/,
      )
      await use(...nodes)
    }
    const said = await follow('Upgrade', 2, pair()[0])
    expect(said).toContain(' 0 damaged')
    expect(await versions(pair()[1])).toEqual(['99.0.0', '99.0.0'])
  })

  test('the version before takes over again', { timeout: 240_000 }, async () => {
    for (const index of [0, 1]) {
      await (nodes[index] as Server).stop()
      nodes[index] = await as(nodes[index] as Server, egide)
      expect(await follow('Go back to the version before', 0, nodes[index] as Server)).toContain(`${written}`)
      await use(...nodes)
    }
    expect(await versions(pair()[0])).not.toContain('99.0.0')
  })

  test('or says that it can not, and changes nothing', { timeout: 240_000 }, async () => {
    const [one, two] = pair()
    const format = async (value: number) => {
      const client = new pg.Client({ connectionString: cluster.database.tcpUrl() })
      await client.connect()
      await client.query('update egide_clock set format = $1', [value])
      await client.end()
    }
    await two.stop()
    await format(1000)
    await expect(two.start()).rejects.toThrow('the database is of a newer version')
    await format(1)
    await two.start()
    await two.unseal()
    await use(one, two)
  })
})
