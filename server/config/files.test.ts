import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from './load.ts'
import { configOf, folder, load, PLAIN, refusalOf, removeFolder, written } from './testing-config.ts'
import { ConfigError } from './types.ts'

afterAll(removeFolder)

describe('files and folders', () => {
  test('a folder is its files in order; later ones outrank, and lists add up', () => {
    const where = path.join(folder, 'many')
    mkdirSync(path.join(where, 'd.hcl'), { recursive: true })
    writeFileSync(path.join(where, 'b.json'), `{"ui": true, "storage": {"sqlite": {"path": "b"}}}`)
    writeFileSync(
      path.join(where, 'a.hcl'),
      `ui = false\nlog_level = "debug"\nstorage "inmem" {}\nlistener "tcp" { ${PLAIN} }\nx = 1`,
    )
    writeFileSync(path.join(where, 'c.hcl'), `listener "unix" { address = "c" }\ny = 1`)
    writeFileSync(path.join(where, '.hidden.hcl'), 'not HCL at all {{{')
    writeFileSync(path.join(where, 'notes.txt'), 'not HCL at all {{{')
    const { config, warnings } = loadConfig([where], {})
    expect(config).toMatchObject({ ui: true, logLevel: 'debug', storage: { type: 'sqlite', path: 'b' } })
    expect(config.listeners.map(({ type }) => type)).toEqual(['tcp', 'unix'])
    expect(warnings.map(({ file, line }) => `${path.basename(file)}:${line}`)).toEqual(['a.hcl:5', 'c.hcl:2'])
  })

  const hostile: Record<string, [where: () => string, message: RegExp]> = {
    'a file that is not there': [() => path.join(folder, 'nothing.hcl'), /nothing\.hcl: no such file$/],
    'an empty folder': [() => mkdtempSync(path.join(folder, 'empty-')), /no \*\.hcl or \*\.json file/],
    'a device that never ends': [() => '/dev/zero', /^\/dev\/zero: not a file$/],
    'a link to itself': [
      () => {
        const link = path.join(folder, 'loop.hcl')
        symlinkSync(link, link)
        return link
      },
      /loop\.hcl: its symbolic links lead in a circle$/,
    ],
    'a file that is too long': [() => written(' '.repeat(1024 * 1024 + 1)), /longer than 1048576 bytes$/],
    'text that is not UTF-8': [() => written(Buffer.from([0x61, 0xff])), /not UTF-8 text$/],
  }
  for (const [what, [where, message]] of Object.entries(hostile))
    test(`refused: ${what}`, () => {
      const place = where()
      expect(() => loadConfig([place], {})).toThrow(message)
      expect(() => loadConfig([place], {})).toThrow(ConfigError)
    })

  test('a byte order mark is no content', () => expect(configOf('\ufeffui = false').ui).toBe(false))

  test('whatever a file holds, it is read, or refused with a ConfigError that names it', () => {
    const part = fc.constantFrom(
      'listener',
      '"tcp"',
      '{',
      '}',
      '=',
      '[',
      ']',
      ',',
      '"',
      'ui',
      'true',
      '1',
      '\n',
      '__proto__',
      '<<A',
      '\\',
      '\u0000',
      '{"',
      '":',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
        const refusal = refusalOf(parts.join(' '))
        expect(refusal).toMatch(/^(it was taken|x\.hcl(:\d+)?: |two |default_)/)
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('environment and flags', () => {
  const FILE =
    'api_addr = "https://file:1"\nlog_level = "error"\nui = true\ntelemetry { otlp_endpoint = "http://file" }'

  test('the environment outranks files', () => {
    const env = {
      EGIDE_API_ADDR: 'https://env:1',
      EGIDE_CLUSTER_ADDR: 'https://env:2',
      EGIDE_CLUSTER_NAME: 'env',
      EGIDE_LOG_LEVEL: 'debug',
      EGIDE_LOG_FORMAT: 'json',
      EGIDE_UI: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318',
    }
    expect(load(FILE, env).config).toMatchObject({
      apiAddress: 'https://env:1',
      clusterAddress: 'https://env:2',
      clusterName: 'env',
      logLevel: 'debug',
      logFormat: 'json',
      ui: false,
      telemetry: { otlpEndpoint: 'http://env:4318' },
    })
  })

  test('flags outrank the environment', () =>
    expect(load(FILE, { EGIDE_LOG_LEVEL: 'debug' }, { logLevel: 'trace', logFormat: 'json' }).config).toMatchObject({
      logLevel: 'trace',
      logFormat: 'json',
    }))

  test('names of other servers are read where ours are not set', () => {
    expect(load(FILE, { VAULT_API_ADDR: 'https://vault:1' }).config.apiAddress).toBe('https://vault:1')
    const all = { VAULT_API_ADDR: 'https://vault:1', BAO_API_ADDR: 'https://bao:1' }
    expect(load(FILE, all).config.apiAddress).toBe('https://bao:1')
    expect(load(FILE, { ...all, EGIDE_API_ADDR: 'https://egide:1' }).config.apiAddress).toBe('https://egide:1')
  })

  test('an empty variable says nothing', () =>
    expect(load(FILE, { EGIDE_API_ADDR: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' }).config).toMatchObject({
      apiAddress: 'https://file:1',
      telemetry: { otlpEndpoint: 'http://file' },
    }))

  test('the client’s address is not the server’s', () =>
    expect(load('', { EGIDE_ADDR: 'https://a:1', VAULT_ADDR: 'https://b:1' }).config.apiAddress).toBeUndefined())

  test('what is wrong names its variable or flag', () => {
    expect(refusalOf('', { EGIDE_LOG_LEVEL: 'loud' })).toMatch(/^EGIDE_LOG_LEVEL must be one of/)
    expect(refusalOf('', { VAULT_UI: 'maybe' })).toMatch(/^VAULT_UI must be one of/)
    expect(refusalOf('', { OTEL_EXPORTER_OTLP_ENDPOINT: 'x' })).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT must be/)
    expect(() => load('', {}, { logFormat: 'xml' })).toThrow('-log-format must be one of standard, json')
  })
})
