/** How a log line looks to people: `2031-04-05T06:07:08.009Z [INFO]  message: key=value other="two words"`. */

/** The members of pino's line that are not fields. */
const OWN = new Set(['level', 'time', 'msg'])

/** `line` is pino's JSON, without its end. */
export function standardLine(line: string): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(record).filter(([name]) => !OWN.has(name))
  const level = `[${String(record.level).toUpperCase()}]`.padEnd(7)
  const head = `${String(record.time)} ${level} ${String(record.msg ?? '')}`
  if (fields.length === 0) return oneLine(head)
  return oneLine(`${head}: ${fields.map(([name, value]) => `${name}=${shown(value)}`).join(' ')}`)
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value
}

/** Whatever ends a line somewhere, moves a terminal's cursor, or shows text in another order than it is written. */
const CONTROL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** One line must not pass for two, nor rewrite what a terminal shows. */
function oneLine(text: string): string {
  return text.replace(CONTROL, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
