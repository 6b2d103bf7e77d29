// Puts the sources of the program, and what they import, into the few files that `bin/egide` runs while nothing they are made
// of has changed: a server of two thousand modules is 40 MiB larger than one of fifty files, and starts later. Run by set-up.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
/** All that it may be made of, for whoever asks whether it is still what they say. */
const SOURCES = [
  'cli',
  'crypto',
  'engines',
  'proto',
  'sdk',
  'server',
  'storage',
  'package-lock.json',
  'scripts/bundle.mjs',
]
/** The program, and what its threads run, by the name of the file: they are looked for beside the one that starts them. */
const ENTRIES = entries()
/** What reads files that lie beside its code, which a bundle does not have; and tables that nobody asks for. */
const APART = [/^@grpc\//, /^better-sqlite3$/, /^iconv-lite$/, /^pg$/, /^pino$/, /^swagger-ui-dist/]
/** A server that still runs an older one may yet load some of it. */
const KEPT = 3

const folder = path.join(root, '.runtime', 'program')
const name = `${Date.now()}-${process.pid}`
const made = path.join(folder, name)
mkdirSync(made, { recursive: true })
try {
  // By its time changes are told, so that it has to be older than when the first source is read.
  writeFileSync(path.join(made, 'made-of'), `${SOURCES.join(' ')}\n`)
  await bundle()
} catch (error) {
  rmSync(made, { recursive: true, force: true })
  throw error
}
const link = path.join(folder, `current.${process.pid}`)
symlinkSync(name, link)
renameSync(link, path.join(folder, 'current'))
const names = readdirSync(folder).filter((name) => /^\d+-\d+$/.test(name))
for (const old of names.sort().slice(0, -KEPT)) rmSync(path.join(folder, old), { recursive: true, force: true })

async function bundle() {
  const program = await rolldown({
    cwd: root,
    input: ENTRIES,
    platform: 'node',
    external: APART,
    logLevel: 'silent',
  })
  await program.write({
    dir: made,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // Names stay: errors and logs tell them. V8 keeps a source while its program runs, two bytes for each of its characters where
    // a single one is not ASCII.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
    comments: false,
  })
  await program.close()
}

function entries() {
  const found = { main: path.join(root, 'cli/main.ts') }
  for (const source of SOURCES) {
    const inside = statSync(path.join(root, source)).isDirectory()
      ? readdirSync(path.join(root, source), { recursive: true })
      : []
    for (const file of inside) {
      if (!file.endsWith('-worker.ts')) continue
      const name = path.basename(file, '.ts')
      if (found[name] !== undefined) throw new Error(`two files of threads are called ${name}`)
      found[name] = path.join(root, source, file)
    }
  }
  return found
}
