/**
 * Deliberately wrong network functions: one edit each of the real source, the scene whose replay finds it out, and the
 * packet at which it does. What is not found out at its packet is a hole in the specification, in the oracle or in the
 * scene. Edits that leave the behaviour as it is have no place here.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

import type { Scene } from './scene.js'

/** One edit of an `nf.ts` or `nf.c`. */
export interface Edit {
  /** What is wrong, in kebab case. */
  readonly name: string
  /** What that means for those who use it. */
  readonly why: string
  /** Occurs exactly once in the source. */
  readonly find: string
  readonly replace: string
  /** A function of libVig that the edit calls and an `nf.ts` does not import. */
  readonly needs?: string
}

export interface WrongBuild extends Edit {
  readonly scene: Scene
  /** Label of the first packet that shows it. */
  readonly at: string
  /** What the first violation says. */
  readonly shows: RegExp
}

function found(scene: Scene, at: string, shows: RegExp, edits: readonly Edit[]): WrongBuild[] {
  return edits.map((edit) => ({ ...edit, scene, at, shows }))
}

/** Builds that let a packet pass that must be dropped. */
export function passes(scene: Scene, at: string, ...edits: readonly Edit[]): WrongBuild[] {
  return found(scene, at, /^expected the packet to be dropped, but it left/, edits)
}

/** Builds that drop a packet that must pass. */
export function drops(scene: Scene, at: string, ...edits: readonly Edit[]): WrongBuild[] {
  return found(scene, at, /^expected the packet to leave on .* but it was dropped/, edits)
}

/** Builds that send a packet elsewhere. */
export function misroutes(scene: Scene, at: string, ...edits: readonly Edit[]): WrongBuild[] {
  return found(scene, at, /^expected the packet to leave on .* but it left on/, edits)
}

/** Builds that write the wrong bytes: `field` is the first that differs, such as `ipv4.src`. */
export function writes(scene: Scene, at: string, field: string, ...edits: readonly Edit[]): WrongBuild[] {
  return found(scene, at, new RegExp(`^${field.replace('.', '\\.')}.* should be`), edits)
}

/** Builds that trap. */
export function traps(scene: Scene, at: string, ...edits: readonly Edit[]): WrongBuild[] {
  return found(scene, at, /trap|out of bounds|unreachable/i, edits)
}

/** Whether clang is needed for wrong builds of a network function. */
export function isInC(nf: string): boolean {
  return sourceOf(nf).endsWith('.c')
}

function sourceOf(nf: string): string {
  const inC = resolve('nfs', nf, 'nf.c')
  return existsSync(inC) ? inC : resolve('nfs', nf, 'nf.ts')
}

/** Writes the edited source where its imports are found; its path. */
export function writeSource(folder: string, nf: string, edit: Edit): string {
  const own = join(folder, edit.name, 'nfs', nf)
  mkdirSync(own, { recursive: true })
  const file = join(own, basename(sourceOf(nf)))
  writeFileSync(file, edited(nf, edit))
  return file
}

function edited(nf: string, { name, find, replace, needs }: Edit): string {
  const text = readFileSync(sourceOf(nf), 'utf8')
  const places = text.split(find)
  if (places.length !== 2) throw new Error(`${name}: '${find}' occurs ${places.length - 1} times in ${nf}'s source`)
  const wrong = places.join(replace)
  return needs === undefined ? wrong : wrong.replace('import {', `import { ${needs},`)
}
