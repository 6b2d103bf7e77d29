const BOOL = 16
const BYTEA = 17
const INT8 = 20
const INT4 = 23

/** What a column's value is made of, as the server writes it in text. */
export type Parse = (text: string) => unknown

/** Rows come as text: pg reads every field as UTF-8. All our integers are safe ones. */
const PARSERS: Readonly<Record<number, Parse>> = {
  [BOOL]: (text) => text === 't',
  [BYTEA]: (text) => Buffer.from(text.slice(2), 'hex'), // after \\x
  [INT8]: Number,
  [INT4]: Number,
}

const asText: Parse = (text) => text

/** Of a column of the type that has this number in PostgreSQL's catalogue. */
export const parserOf = (oid: number): Parse => PARSERS[oid] ?? asText
