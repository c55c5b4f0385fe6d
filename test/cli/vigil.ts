/** Runs the real command in a child process. */

import { execFile, spawn } from 'node:child_process'
import { resolve } from 'node:path'

import { temporary } from '../temporary.js'

export const bin = resolve('bin/vigil.js')

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export function vigil(words: readonly string[], cwd = temporary()): Promise<Ran> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [bin, ...words], { cwd, maxBuffer: 1 << 26 }, (_, stdout, stderr) => {
      done({ code: child.exitCode, stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** Runs a shell line in which `vigil` is the command. */
export function shell(line: string, cwd = temporary()): Promise<Ran> {
  return new Promise((done) => {
    const command = `vigil() { '${process.execPath}' '${bin}' "$@"; }; set -o pipefail; ${line}`
    const child = spawn('bash', ['-c', command], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { stdout: '', stderr: '' }
    child.stdout.on('data', (part: Buffer) => {
      texts.stdout += part.toString()
    })
    child.stderr.on('data', (part: Buffer) => {
      texts.stderr += part.toString()
    })
    child.on('close', (code) => done({ code, ...texts }))
  })
}

/** Sends a signal once the command has printed what `ready` matches. */
export function interrupted(words: readonly string[], cwd: string, ready: RegExp): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { stdout: '', stderr: '' }
    let sent = false
    child.stdout.on('data', (part: Buffer) => {
      texts.stdout += part.toString()
      if (!sent && ready.test(texts.stdout)) setTimeout(() => child.kill('SIGINT'), 200)
      sent ||= ready.test(texts.stdout)
    })
    child.stderr.on('data', (part: Buffer) => {
      texts.stderr += part.toString()
    })
    child.on('close', (code) => done({ code, ...texts }))
  })
}

/** One line, whole: what every refusal of input must be. */
export function isOneLine(text: string): boolean {
  return /^vigil: [^\n]+\n$/.test(text)
}
