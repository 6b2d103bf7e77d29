/** The path of a request, as somebody wrote it who asks about one: listeners that take doubled slashes take them for one. */
export const askedPath = (text: string): string => text.replaceAll(/\/{2,}/g, '/')
