/**
 * Where the bytes of a capture come from: a regular file (read synchronously into the caller's buffer, the fast way),
 * any stream (pipe, standard input), and gzip around either.
 */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

import { InputError } from '../errors.js'

/** A sequence of bytes, read once. */
export interface Source {
  /** Fills `into` from its start with one byte or more; 0 at the end. */
  read(into: Uint8Array): number | Promise<number>
  close(): void
}

/** Opens a path. Missing, unreadable or a directory: `InputError`. */
export function openFile(path: string): Source {
  const descriptor = failAsInput(path, () => openSync(path, 'r'))
  const status = fstatSync(descriptor)
  if (status.isDirectory()) {
    closeSync(descriptor)
    throw new InputError('this is a directory, not a capture', { file: path, hint: 'name the files in it' })
  }
  if (!status.isFile()) return streamSource(createReadStream(path, { fd: descriptor }), path)
  let open = true
  return {
    read: (into) => failAsInput(path, () => readSync(descriptor, into, 0, into.length, null)),
    close: () => {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}

/** Any readable stream of bytes; `name` is for messages. */
export function streamSource(stream: Readable, name: string): Source {
  const chunks = stream[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  return {
    async read(into) {
      while (rest.length === 0) {
        const next = await nextChunk(chunks, name)
        if (next === undefined) return 0
        rest = next
      }
      const length = Math.min(rest.length, into.length)
      into.set(rest.subarray(0, length))
      rest = rest.subarray(length)
      return length
    },
    close: () => {
      stream.destroy()
    },
  }
}

/** Unpacks gzip (RFC 1952, several members too). `head` are bytes of `inner` that were read already. */
export function gunzipSource(inner: Source, head: Uint8Array, name: string): Source {
  const gunzip = createGunzip()
  // The error reaches the reader through the iterator of `gunzip`.
  pipeline(Readable.from(chunksOf(inner, head), { objectMode: false }), gunzip, () => {})
  const source = streamSource(gunzip, name)
  return {
    read: source.read,
    close: () => {
      source.close()
      inner.close()
    },
  }
}

async function* chunksOf(inner: Source, head: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head
  for (;;) {
    // The stream keeps its chunks for a while, so each needs storage of its own.
    const chunk = new Uint8Array(65_536)
    const length = await inner.read(chunk)
    if (length === 0) return
    yield chunk.subarray(0, length)
  }
}

async function nextChunk(chunks: AsyncIterator<unknown>, name: string): Promise<Uint8Array | undefined> {
  let next: IteratorResult<unknown>
  try {
    next = await chunks.next()
  } catch (error) {
    throw asInputError(name, error)
  }
  if (next.done === true) return undefined
  if (next.value instanceof Uint8Array) return next.value
  throw new InputError('the stream gives text, not bytes', { file: name, hint: 'do not set its encoding' })
}

function failAsInput<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asInputError(path, error)
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'no permission to read it'],
  ['EISDIR', 'this is a directory, not a capture'],
  ['Z_DATA_ERROR', 'the gzip data is corrupt'],
  ['Z_BUF_ERROR', 'the gzip data ends too early'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'the stream was closed before its end'],
])

function asInputError(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const detail = error instanceof Error ? error.message : String(error)
  const known = reasons.get(code)
  if (known === undefined) return new InputError(`cannot read it: ${detail}`, { file }, { cause: error })
  return new InputError(code.startsWith('Z_') ? `${known}: ${detail}` : known, { file }, { cause: error })
}
