import { InputError } from '../errors.js'

/**
 * The frame numbers of `--frames`, such as `1-100,200,300-`: 1-based, per trace, ends included.
 *
 * @throws InputError where the text is no such list.
 */
export function parseFrames(text: string): (number: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const match = /^\s*(\d{1,15})\s*(?:(-)\s*(\d{1,15})?)?\s*$/.exec(part)
    const from = Number(match?.[1] ?? 0)
    const to = match?.[3] !== undefined ? Number(match[3]) : match?.[2] === undefined ? from : Number.MAX_SAFE_INTEGER
    if (from < 1 || to < from) {
      throw new InputError(`--frames ${text}: '${part.trim()}' is no frame number or range`, {
        hint: 'write for example 1-100,200,300-',
      })
    }
    return { from, to }
  })
  return (number) => ranges.some(({ from, to }) => number >= from && number <= to)
}
