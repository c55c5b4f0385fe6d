/**
 * Lock files: what a proof found out by itself (which structure is which state, where fields lie, what is always so), kept
 * beside nf.yaml as verify.lock.yaml. A proof that begins with one need not find it out again, and is the same on every
 * machine; it proves all of it again, so nothing rests on the file.
 */
export { lockOf } from './of.js'
export { type Lock, type LockedState, lockedPairing, readLock } from './read.js'
export { lockText } from './write.js'

export const LOCK_NAME = 'verify.lock.yaml'
