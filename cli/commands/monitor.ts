import { command } from '../command.ts'
import { misuse, remote } from '../failure.ts'
import { printLine } from '../terminal.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error']
const LOG_FORMATS = ['standard', 'json']

export const monitor = command({
  usage: '[options]',
  description: "Streams the server's log until interrupted.",
  args: [0, 0],
  flags: {
    'log-level': { kind: 'text', help: `Least level to show: ${LEVELS.join(', ')}. Default info.` },
    'log-format': { kind: 'text', help: 'standard or json. Default standard.' },
  },
  async run({ flags, session }) {
    const level = oneOf(LEVELS, flags['log-level'] ?? 'info', 'log level')
    const format = oneOf(LOG_FORMATS, flags['log-format'] ?? 'standard', 'log format')
    const interrupted = new AbortController()
    const interruption = new Promise<void>((resolve) => {
      interrupted.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    process.once('SIGINT', () => interrupted.abort())
    const query = [['log_level', level] as const, ['log_format', format] as const]
    const print = async () => {
      for await (const line of session.client.lines('sys/monitor', query, interrupted.signal)) printLine(line)
    }
    // A stream that was cut need not report its end.
    await remote('Error starting monitor', Promise.race([print(), interruption]), { exitCode: 1 })
    return 0
  },
})

function oneOf(known: readonly string[], given: string, what: string): string {
  const name = given.toLowerCase()
  if (known.includes(name)) return name
  throw misuse(`${given} is an unknown ${what}. Known are: ${known.join(', ')}`)
}
