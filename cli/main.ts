#!/usr/bin/env node
// Only what every command needs is imported here: `egide version` starts in the time Node.js does.
import { packageVersion } from './version.ts'

/** The package also holds the SDK, which runs on older ones. */
const OLDEST_NODE = 24

/** Runs one command line, and says what the process should end with. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && /^(version|-v|--?version)$/.test(argv[0] ?? '')) {
    process.stdout.write(`Egide v${packageVersion()}\n`)
    return 0
  }
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    process.stderr.write(`egide needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}\n`)
    return 1
  }
  const { run } = await import('./run.ts')
  return run(argv, process.env)
}

// By itself Node.js answers this signal, which some send for logs to be opened anew, with a port for debuggers, to which every
// user of the machine may connect.
process.on('SIGUSR1', () => {})
// Whoever reads our output may stop reading (`| head`): that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`the output could not be written: ${error.message}\n`)
  process.exit(1)
})
// What could not be told changes nothing of how the command ends.
process.stderr.on('error', () => {})
process.exitCode = await main(process.argv.slice(2))
