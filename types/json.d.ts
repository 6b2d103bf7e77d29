/** JSON.parse source text access (ECMAScript proposal, stage 4; in Node.js since 22): not yet in TypeScript's library. */
interface RawJSON {
  readonly rawJSON: string
}
interface JSON {
  /** A value that JSON.stringify writes exactly as this text of a primitive. */
  rawJSON(text: string): RawJSON
  isRawJSON(value: unknown): value is RawJSON
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
}
