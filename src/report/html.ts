/**
 * Markup that cannot be forgotten to escape: a template tag whose texts are escaped, and only what the tag itself made
 * is taken as markup.
 */

/** Markup that is safe to insert. Only the tag `html` makes it. */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

/** Nothing is inserted for `undefined` and `false`. */
export type Content = string | number | Html | undefined | false | readonly Content[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(strings.map((text, i) => text + (i < contents.length ? markup(contents[i]) : '')).join(''))
}

function markup(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Html) return content.toString()
  if (typeof content === 'object') return content.map(markup).join('')
  return String(content).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
