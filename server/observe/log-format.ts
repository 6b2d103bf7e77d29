/** How a log line looks to people: `2031-04-05T06:07:08.009Z [INFO]  message: key=value other="two words"`. */

/** The members of pino's line that are not fields. */
const OWN = new Set(['level', 'time', 'msg'])

/** `line` is pino's JSON, without its end. */
export function standardLine(line: string): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(record).filter(([name]) => !OWN.has(name))
  const level = `[${String(record.level).toUpperCase()}]`.padEnd(7)
  const head = `${String(record.time)} ${level} ${oneLine(String(record.msg ?? ''))}`
  if (fields.length === 0) return head
  return `${head}: ${fields.map(([name, value]) => `${name}=${shown(value)}`).join(' ')}`
}

/** A line break within a message would let one line pass for two. */
function oneLine(text: string): string {
  return hasControl(text) ? JSON.stringify(text).slice(1, -1) : text
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return value === '' || /[\s"=]/.test(value) || hasControl(value) ? JSON.stringify(value) : value
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0) || unit === 0x2028 || unit === 0x2029) return true
  }
  return false
}
