import type { SourcePlace } from './verified.js'
import { shownPath } from './violation-text.js'

/** `nfs/nat/nf.ts:41`, or `nat.wasm at byte 0x1f2` where there is no source line. */
export function placeText({ file, line, offset }: SourcePlace): string {
  if (line !== undefined) return `${shownPath(file)}:${line}`
  return offset === undefined ? shownPath(file) : `${shownPath(file)} at byte 0x${offset.toString(16)}`
}
