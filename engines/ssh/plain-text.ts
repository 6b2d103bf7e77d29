/** Whether a text is at most `max` characters and none of them a control character, which would end a line of a log. */
export function isPlainText(text: string, max: number): boolean {
  return text.length <= max && text.isWellFormed() && !/\p{Cc}/u.test(text)
}
