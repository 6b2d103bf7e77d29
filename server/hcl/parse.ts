import { HclError, type Limits, type ObjectNode } from './ast.ts'
import { parseHcl } from './parse-hcl.ts'
import { parseJson } from './parse-json.ts'

/** Parses HCL 1, or JSON when the first thing that is not blank is '{' (no HCL document starts so). Throws HclError. */
export function parseDocument(text: string, limits: Limits): ObjectNode {
  if (text.length > limits.maxLength)
    throw new HclError(`longer than ${limits.maxLength} characters`, { line: 1, column: 1 })
  return /^\uFEFF?[ \t\r\n]*\{/.test(text) ? parseJson(text, limits) : parseHcl(text, limits)
}
