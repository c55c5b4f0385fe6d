/** A solver that is a program: one process per context, spoken to over pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

import { type Engine, isEndMarker, type ProgramProfile, type Reply, type Request } from './engine.js'

/** How much output of one script is believed to be an answer, in characters. */
const maxOutput = 256 * 1024 * 1024

export class ProcessEngine implements Engine {
  readonly incremental = true
  readonly profile: ProgramProfile
  readonly version: string
  #process: ChildProcessWithoutNullStreams | undefined

  constructor(profile: ProgramProfile, version: string) {
    this.profile = profile
    this.version = version
  }

  async run({ fresh, script, patience }: Request): Promise<Reply> {
    if (fresh) this.#begin()
    const child = this.#process
    if (child === undefined) return { kind: 'died', detail: 'there is no process' }
    const reply = await converse(child, script, patience)
    if (reply.kind !== 'text') this.#end()
    return reply
  }

  async close(): Promise<void> {
    this.#end()
  }

  #begin(): void {
    this.#end()
    const { program, args } = this.profile
    const child = spawn(program, args, { stdio: 'pipe' })
    // Without a listener an error here would end our own process; what it means is seen where the answer is awaited.
    child.on('error', () => {})
    child.stdin.on('error', () => {})
    this.#process = child
  }

  #end(): void {
    const child = this.#process
    this.#process = undefined
    child?.kill('SIGKILL')
    child?.stdin.destroy()
    child?.stdout.destroy()
    child?.stderr.destroy()
  }
}

/** Sends the script, and collects output up to the end marker. */
function converse(child: ChildProcessWithoutNullStreams, script: string, patience: number): Promise<Reply> {
  return new Promise((resolve) => {
    let output = ''
    let lineStart = 0
    let complaint = ''
    const onOutput = (chunk: string) => {
      output += chunk
      for (let end = output.indexOf('\n', lineStart); end !== -1; end = output.indexOf('\n', lineStart)) {
        const line = output.slice(lineStart, end).trimEnd()
        lineStart = end + 1
        if (isEndMarker(line)) finish({ kind: 'text', text: output })
      }
      if (output.length > maxOutput) finish({ kind: 'died', detail: 'it was stopped: it prints without end' })
    }
    const onComplaint = (chunk: string) => {
      complaint = (complaint + chunk).slice(-2000)
    }
    const onError = (error: Error) => finish({ kind: 'died', detail: error.message })
    // An error in a command may end the process with its message as the only output: that is worth reading.
    const onClose = (code: number | null, signal: string | null) => {
      const said = (output + complaint).trim().slice(-500)
      const how = `the process ended with ${code ?? signal}`
      finish({ kind: 'died', detail: said === '' ? how : `${how}: ${said}` })
    }
    const timer = setTimeout(() => finish({ kind: 'time' }), patience)
    const finish = (reply: Reply) => {
      clearTimeout(timer)
      child.stdout.off('data', onOutput)
      child.stderr.off('data', onComplaint)
      child.off('error', onError)
      child.off('close', onClose)
      resolve(reply)
    }
    child.stdout.setEncoding('utf8').on('data', onOutput)
    child.stderr.setEncoding('utf8').on('data', onComplaint)
    child.on('error', onError)
    child.on('close', onClose)
    if (child.exitCode !== null || child.signalCode !== null) onClose(child.exitCode, child.signalCode)
    else child.stdin.write(script)
  })
}
