// What `npm start` and `npm test` begin with: a Node.js that is new enough, and the dependencies. Plain JavaScript,
// because it must run where TypeScript cannot yet; does nothing, in milliseconds, when nothing is missing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 24
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => path.join(root, ...parts)
const say = (line) => process.stderr.write(`egide set-up: ${line}\n`)

try {
  const node = chooseNode()
  linkNode(node)
  installDependencies(node)
  bundleProgram(node)
} catch (error) {
  // Of the system: a folder that is read-only or full, or belongs to somebody else.
  if (error.syscall === undefined) throw error
  fail(`cannot write what is missing into this folder: ${error.message}`)
}

/** The Node.js that runs Egide: this one if it is new enough, else the pinned one in .runtime/. */
function chooseNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return process.execPath
  const pinned = pinnedRuntime()
  const home = at('.runtime', 'node_modules', pinned.name)
  const node = path.join(home, 'bin', 'node')
  if (existsSync(node) && readJson(path.join(home, 'package.json')).version === pinned.version) return node
  say(
    `Node.js ${process.versions.node} is older than ${OLDEST_NODE}; bringing ${pinned.version} into .runtime/ (nothing outside this folder changes)`,
  )
  installRuntime()
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (version.status !== 0) {
    fail(`the Node.js brought from npm does not run here; install Node.js ${OLDEST_NODE} or newer and try again`)
  }
  return node
}

/** Name and version of the npm package that holds a Node.js for this machine, out of the committed lock. */
function pinnedRuntime() {
  for (const [place, entry] of Object.entries(readJson(at('runtime', 'package-lock.json')).packages)) {
    if (entry.os === process.platform && entry.cpu === process.arch) {
      return { name: path.basename(place), version: entry.version }
    }
  }
  return fail(`Node.js ${OLDEST_NODE} or newer is needed, and npm has none for ${process.platform}-${process.arch}`)
}

/** Installs beside, then swaps by rename: what runs on the old binary goes on, and no half install is ever in place. */
function installRuntime() {
  const staging = at(`.runtime.${process.pid}`)
  mkdirSync(staging, { recursive: true })
  try {
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(at('runtime', file), path.join(staging, file))
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], staging)
    mkdirSync(at('.runtime'), { recursive: true })
    const old = path.join(staging, 'old')
    if (existsSync(at('.runtime', 'node_modules'))) renameSync(at('.runtime', 'node_modules'), old)
    renameSync(path.join(staging, 'node_modules'), at('.runtime', 'node_modules'))
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** .runtime/bin/node is the one place where the launchers look. */
function linkNode(target) {
  const link = at('.runtime', 'bin', 'node')
  if (linkTarget(link) === target) return
  mkdirSync(path.dirname(link), { recursive: true })
  const fresh = `${link}.${process.pid}`
  symlinkSync(target, fresh)
  renameSync(fresh, link)
}

function linkTarget(link) {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

/**
 * `npm ci`, unless what the lock names is there. Install scripts stay off: the only package that has one here is
 * better-sqlite3, which ships its binaries and is compiled below where none fits.
 */
function installDependencies(node) {
  const lock = readFileSync(at('package-lock.json'))
  const stamp = `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`
  const stampFile = at('node_modules', '.egide-setup')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  if (!isInstalled(JSON.parse(lock.toString()))) {
    say('installing the dependencies (npm ci)')
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], root)
  }
  if (!sqliteLoads(node)) compileSqlite(node)
  writeFileSync(stampFile, stamp)
}

/** Whether npm's own record of node_modules holds all that the lock asks for on this platform. */
function isInstalled(lock) {
  const record = at('node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = readJson(record).packages
  return Object.entries(lock.packages).every(([place, wanted]) => {
    if (place === '') return true
    const found = installed[place]
    return found === undefined ? wanted.optional === true : found.integrity === wanted.integrity
  })
}

function sqliteLoads(node) {
  const probe = "new (require('better-sqlite3'))(':memory:').close()"
  return spawnSync(node, ['-e', probe], { cwd: root, stdio: 'ignore' }).status === 0
}

function compileSqlite(node) {
  say('better-sqlite3 has no binary that fits this machine; compiling it (takes a few minutes, needs a C++ compiler)')
  // The npm packages of Node.js hold its headers too, so that nothing more is downloaded.
  const headers = path.dirname(path.dirname(node))
  const nodedir = existsSync(path.join(headers, 'include', 'node', 'node_api.h')) ? [`--nodedir=${headers}`] : []
  const build = ['exec', '--yes', '--', 'node-gyp', 'rebuild', '--release', '--force_build=1', ...nodedir]
  npm(build, at('node_modules', 'better-sqlite3'))
  if (!sqliteLoads(node)) fail('better-sqlite3 was compiled but does not load')
}

/** Runs npm with the chosen Node.js first in PATH where there is one, so that engine checks see what will run. */
function npm(args, cwd) {
  const PATH = [at('.runtime', 'bin'), process.env.PATH].join(path.delimiter)
  const done = spawnSync('npm', args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, PATH },
  })
  if (done.error) fail(`npm could not be run: ${done.error.message}`)
  if (done.status === 0) return
  process.stderr.write(done.stdout + done.stderr)
  fail(`npm ${args[0]} failed with exit code ${done.status}`)
}

/** What `bin/egide` runs instead of the sources, which it runs where this can't be made. */
function bundleProgram(node) {
  if (isBundleCurrent()) return
  const made = spawnSync(node, [at('scripts', 'bundle.mjs')], { cwd: root, encoding: 'utf8' })
  if (made.status !== 0)
    say(`the program runs from its sources, which takes more memory: bundling failed: ${reasonIn(made.stderr)}`)
}

/** The line that names the error, of what Node.js writes when a program ends by one; else all of it. */
function reasonIn(stderr) {
  return /^\w*Error: .*$/m.exec(stderr)?.[0] ?? stderr
}

/** As `bin/egide` asks: whether nothing that it was made of has changed since, moved away or come. */
function isBundleCurrent() {
  const madeOf = at('.runtime', 'program', 'current', 'made-of')
  if (!existsSync(madeOf)) return false
  const { mtimeMs } = statSync(madeOf)
  const isOlder = (place) => {
    const found = statSync(place, { throwIfNoEntry: false })
    if (found === undefined || found.ctimeMs > mtimeMs) return false
    return !found.isDirectory() || readdirSync(place).every((name) => isOlder(path.join(place, name)))
  }
  return readFileSync(madeOf, 'utf8')
    .trim()
    .split(' ')
    .every((place) => isOlder(at(place)))
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function fail(why) {
  say(why)
  process.exit(1)
}
