import type { Site } from './verdict.js'

/** The places in specifications that give a verdict, by their id. */
const sites: Site[] = []

/** Called by the code that the loader puts at the head of a specification. */
export function registerSites(
  file: string,
  places: readonly (readonly [line: number, text: string, clause: string])[],
): readonly Site[] {
  return places.map(([line, text, clause]) => {
    const site = Object.freeze({ id: sites.length, file, line, text, clause })
    sites.push(site)
    return site
  })
}
