/** Processes by number and start: numbers are used again. */
import { readFileSync } from 'node:fs'

/** Such as `4711-918273`; in names of what a process leaves if it is killed. */
export function processId(pid: number | 'self' = 'self'): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // proc(5): the name, in parentheses, may have any characters; the state is the 3rd field, the start the 22nd.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const isEnded = fields[0] === 'Z' || fields[0] === 'X'
    return isEnded ? undefined : `${text.slice(0, text.indexOf(' '))}-${fields[19]}`
  } catch {
    // It has ended, or this is not Linux.
    return undefined
  }
}

/** Whether the process of that name has ended. */
export function isGone(id: string): boolean {
  return processId(Number(id.split('-')[0])) !== id
}
