/** For a POSIX shell: one word, nothing inside of which is expanded. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
