/** Replays scenes with right and wrong builds, in this process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type ReplayOptions, replay } from '../../src/replay/index.js'
import type { NfResult, RunResult, Violation } from '../../src/result/index.js'
import type { Scene } from './scene.js'
import { type WrongBuild, writeSource } from './wrong-build.js'

/** How a wrong build was found out. */
export interface Catch {
  readonly exitCode: number
  readonly violation: Violation
  /** Label of the packet. */
  readonly at: string | undefined
}

/** Runs `use` with a folder of its own, which is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-wrong-builds-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The scene with the network function as it is. */
export function replayRight(scene: Scene): Promise<RunResult<NfResult>> {
  return inFolder((folder) => replay(scene.write(folder)))
}

/** How to replay a wrong build's scene with it. */
export function optionsOf(wrong: WrongBuild, folder: string): ReplayOptions {
  const binary = writeSource(folder, wrong.scene.setup.nf, wrong)
  return { ...wrong.scene.write(folder), binary }
}

/** The first violation of a wrong build; undefined where it passes for a right one. */
export function replayWrong(wrong: WrongBuild): Promise<Catch | undefined> {
  return inFolder(async (folder) => catchOf(await replay(optionsOf(wrong, folder)), wrong.scene))
}

/** The first violation of a run. */
export function catchOf(result: RunResult<NfResult>, scene: Scene): Catch | undefined {
  const violation = result.nfs[0]?.violations[0]
  if (violation === undefined) return undefined
  return { exitCode: result.exitCode, violation, at: scene.labelOf(violation.packet ?? 0) }
}

/** Whether a wrong build was found out at its packet, for its reason. */
export function isAsExpected({ at, violation }: Catch, wrong: WrongBuild): boolean {
  return at === wrong.at && wrong.shows.test(violation.summary)
}
