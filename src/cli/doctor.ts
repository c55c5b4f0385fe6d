/** `vigil doctor`: what this machine can do, and what to do about the rest. */

import type { Command } from 'commander'

import type { CheckState, Diagnosis, Section } from '../doctor/index.js'
import { type VerbContext, verb } from './command.js'
import { oneLine } from './failure.js'
import { table } from './table.js'

const marks: Readonly<Record<CheckState, string>> = { ok: '✓', missing: '✗', absent: '-' }

export function doctorVerb({ terminal, finish }: VerbContext): Command {
  return verb('doctor', 'tell what this machine can do, and what to do about the rest', [
    'vigil doctor',
    'vigil doctor --json',
    'vigil doctor --clean',
  ])
    .option('--clean', 'remove what runs have left that were killed; nothing else is looked at')
    .action(async ({ json, clean }: { readonly json?: boolean; readonly clean?: boolean }) => {
      const doctor = await import('../doctor/index.js')
      if (clean === true) {
        const cleaned = doctor.clean()
        terminal.out(json === true ? `${JSON.stringify({ cleaned }, undefined, 2)}\n` : cleanedText(cleaned))
        finish(0)
        return
      }
      const diagnosis = await doctor.diagnose()
      terminal.out(json === true ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : diagnosisText(diagnosis))
      finish(diagnosis.exitCode)
    })
}

function cleanedText(cleaned: readonly { readonly kind: string; readonly what: string }[]): string {
  if (cleaned.length === 0) return 'nothing was left by runs that were killed\n'
  return table(
    cleaned.map(({ kind, what }) => ['removed', kind, oneLine(what)]),
    ['left', 'left', 'left'],
  )
}

function diagnosisText({ version, environment: { node, platform, cpus, cpuModel }, sections }: Diagnosis): string {
  const machine = `vigil ${version}, Node ${node}, ${platform}, ${cpus} processors (${cpuModel})\n`
  return [machine, ...sections.map(sectionText)].join('\n')
}

function sectionText({ title, findings }: Section): string {
  const rows = findings.map(({ name, state, detail, hint }) => [
    marks[state],
    name,
    oneLine(hint === undefined ? detail : `${detail}: ${hint}`),
  ])
  return `${title}\n${table(rows, ['left', 'left', 'left'])}`
}
