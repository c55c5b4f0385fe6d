/** Text inside XML: escaped, and without the characters that XML 1.0 section 2.2 forbids. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character).replace(forbidden, '\ufffd')
}

/** Line ends and tabs as references: a parser would turn them into spaces (XML 1.0 section 3.3.3). */
export function xmlAttribute(text: string): string {
  return xmlText(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be found
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu
