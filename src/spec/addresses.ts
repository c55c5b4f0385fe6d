/** Where the modules are that a specification may import as `vigil-nf/spec`: in one that is run as it is, or symbolically. */
export const language = new URL('./index.js', import.meta.url).href
export const instrumentedLanguage = new URL('./instrumented/language.js', import.meta.url).href
