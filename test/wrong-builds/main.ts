/** `npm run wrong-builds [-- nat ...]`: a table of wrong builds and of where each is found out. Exit code 1 on a hole. */
import { InputError, VigilError } from '../../src/errors.js'
import { catalogue, scenesOf } from './catalogue.js'
import { isAsExpected, replayRight, replayWrong } from './run.js'
import type { WrongBuild } from './wrong-build.js'

async function line(nf: string, wrong: WrongBuild): Promise<{ text: string; isCaught: boolean }> {
  const name = `${nf.padEnd(9)} ${wrong.name.padEnd(42)}`
  const found = await replayWrong(wrong)
  if (found === undefined) return { text: `${name} NOT FOUND OUT (${wrong.scene.name}, ${wrong.at})`, isCaught: false }
  const { violation, at } = found
  const where = `packet ${violation.packet} of ${wrong.scene.name} (${at})`
  const isCaught = isAsExpected(found, wrong)
  return { text: `${name} ${isCaught ? '' : 'ELSEWHERE '}${where}: ${violation.summary}`, isCaught }
}

/** Prints the table of one network function; how many builds were not found out as expected. */
async function table(nf: string): Promise<number> {
  const builds = catalogue[nf]
  if (builds === undefined) {
    throw new InputError(`there are no wrong builds of ${nf}`, {
      hint: `there are ${Object.keys(catalogue).join(', ')}`,
    })
  }
  let holes = 0
  for (const scene of scenesOf(builds)) {
    const result = await replayRight(scene)
    if (result.exitCode === 0) continue
    holes += 1
    const { packet = 0, summary = result.cause ?? '' } = result.nfs[0]?.violations[0] ?? {}
    console.log(`${nf.padEnd(9)} as it is: ${scene.name}: ${scene.labelOf(packet) ?? ''}: ${summary}`)
  }
  for (const wrong of builds) {
    const { text, isCaught } = await line(nf, wrong)
    if (!isCaught) holes += 1
    console.log(text)
  }
  return holes
}

try {
  const words = process.argv.slice(2)
  let holes = 0
  for (const nf of words.length > 0 ? words : Object.keys(catalogue)) holes += await table(nf)
  process.exitCode = holes === 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof VigilError)) throw error
  console.error(`vigil: ${error.message}`)
  process.exitCode = error.exitCode
}
