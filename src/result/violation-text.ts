/** Violations in words: what the summary, junit.xml and the comments of violations.pcapng say. */

import { isAbsolute, relative } from 'node:path'

import type { NfResult, Violation } from './types.js'

interface Place {
  readonly file: string
  readonly line: number
  readonly clause: string
}

/** `nfs/nat/spec.ts:41 (RFC 3022 section 4.1)`. */
export function siteText({ file, line, clause }: Place): string {
  return `${shownPath(file)}:${line}${clause === '' ? '' : ` (${clause})`}`
}

/** Relative where the file is in the working directory. */
export function shownPath(file: string): string {
  const short = relative('.', file)
  return isAbsolute(file) && !short.startsWith('..') && short !== '' ? short : file
}

/** What a network function is called among those of its run: by its instance only where that is needed. */
export function nameOf({ nf, instance }: Pick<NfResult, 'nf' | 'instance'>, all: readonly unknown[]): string {
  if (nf === instance || all.length === 1) return nf
  return `${instance} (${nf})`
}

/** `packet 17 of netflix.pcap, port 0`; as much of it as is known. */
export function originText({ trace, packet, ingress }: Violation): string {
  const number = packet === undefined ? '' : `packet ${packet}`
  const file = trace === undefined ? '' : packet === undefined ? trace : ` of ${trace}`
  return `${number}${file}${number + file === '' ? '' : ', '}port ${ingress}`
}

/** The fields that differ, one line each. */
export function differenceLines({ differences }: Violation): readonly string[] {
  return differences.map(
    ({ layer, field, expected, actual }) => `${layer} ${field}: expected ${expected}, actual ${actual}`,
  )
}

/** All of it but the bytes, several lines. */
export function violationText(violation: Violation): string {
  return [
    violation.summary,
    `instance: ${violation.instance} (${violation.nf})`,
    `input:    ${originText(violation)}`,
    `expected: ${violation.expected.text}`,
    `actual:   ${violation.actual.text}`,
    ...differenceLines(violation).map((line) => `  ${line}`),
    ...(violation.site === undefined
      ? []
      : [`by:       ${siteText(violation.site)}`, `          ${violation.site.text}`]),
  ].join('\n')
}
