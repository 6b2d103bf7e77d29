import { invalid } from './errors.ts'
import { type Field, field } from './field.ts'

export function formatField(format: 'hex' | 'base64'): Field<string> {
  return field.text({ default: format, description: 'How the answer is written: hex or base64.' })
}

export function encodingOf(format: string): 'hex' | 'base64' {
  if (format === 'hex' || format === 'base64') return format
  throw invalid(`unsupported encoding format ${JSON.stringify(format.slice(0, 100))}; must be "hex" or "base64"`)
}
