/**
 * One process uses the wires of another: that of a running network function tells where the other ends of its pairs are,
 * by a name of the machine's network namespace that ends with the process.
 */
import { createConnection, createServer, type Server } from 'node:net'

import { InputError } from '../errors.js'
import { type LinkEnd, NetworkNamespace } from '../packetio/index.js'

/** What is told, as JSON. */
interface Offer {
  /** Of the namespace that the testers' ends are in. */
  readonly path: string
  readonly interfaces: readonly string[]
}

/** Offers the ends at which traffic comes in, until the server is closed. */
export function offerEnds(ends: readonly LinkEnd[]): Promise<Server> {
  const offer: Offer = { path: ends[0]?.namespace.path ?? '', interfaces: ends.map(({ name }) => name) }
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end(JSON.stringify(offer)))
    server.unref()
    server.once('error', reject)
    server.listen({ path: placeOf(process.pid) }, () => resolve(server))
  })
}

/** The ends that a running network function offers; its namespace is held open. @throws InputError where it offers none. */
export async function offeredEnds(pid: number): Promise<readonly LinkEnd[]> {
  const { path, interfaces } = await ask(pid)
  const namespace = NetworkNamespace.at(path)
  return interfaces.map((name) => ({ namespace, name }))
}

function ask(pid: number): Promise<Offer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: placeOf(pid) })
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
    })
    socket.on('end', () => resolve(JSON.parse(text)))
    socket.on('error', (cause) => {
      const hint = 'vigil run says the number when its topology has veth ports'
      reject(new InputError(`process ${pid} offers no ports`, { hint }, { cause }))
    })
  })
}

/** An abstract name: the kernel frees it with its process. */
function placeOf(pid: number): string {
  return `\0vigil-run-${pid}`
}
