/**
 * The tests of a network function's properties: each holds on much traffic and speaks about some of it, and for each
 * there is a network function that violates it.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import test from 'ava'

import {
  type LoadedProperty,
  loadPropertiesOf,
  PropertyCheck,
  type PropertyFinding,
} from '../../../src/oracle/index.js'
import { withClang } from '../../nf/c/with-clang.js'
import { catalogue, scenesOf } from '../../wrong-builds/catalogue.js'
import { inFolder } from '../../wrong-builds/run.js'
import { type Edit, isInC, writeSource } from '../../wrong-builds/wrong-build.js'
import { nfUnderTest, type UnderTest } from '../under-test.js'
import { ofScene, type Traffic } from './traffic.js'

/** A wrong network function, and traffic that shows that it violates a property. */
export interface Violator {
  readonly edit: Edit
  readonly traffic: Traffic
}

/** A wrong build of the catalogue, in its own scene or in other traffic. */
export function build(nf: string, name: string, traffic?: Traffic): Violator {
  const wrong = catalogue[nf]?.find((one) => one.name === name)
  if (wrong === undefined) throw new Error(`there is no wrong build ${name} of ${nf}`)
  return { edit: wrong, traffic: traffic ?? ofScene(wrong.scene) }
}

/** `violators` has one for each property of `nf`, by name; `traffic` is sent to the right one, scenes included. */
export function testProperties(
  nf: string,
  traffic: readonly Traffic[],
  violators: Readonly<Record<string, Violator>>,
): void {
  const declare: typeof withClang = isInC(nf) ? withClang : test.serial
  const properties = loadPropertiesOf(`nfs/${nf}/spec.ts`)

  test(`${nf}: each property has a title, a clause and a violator`, async (t) => {
    const names = (await properties).map(({ name }) => name)
    t.deepEqual(Object.keys(violators).sort(), names.sort())
    for (const { title, clause } of await properties) {
      t.regex(title, /^[A-Z].* /)
      t.not(clause, '')
    }
  })

  test(`${nf}: README lists the properties as they are`, async (t) => {
    const rows = readFileSync(`nfs/${nf}/README.md`, 'utf8').split('\n')
    const listed = rows.flatMap((row) => {
      const [, name, file, title, clause] =
        /^\| \[`(.*)`\]\((properties\/.*)\) +\| (.*?) +\| (.*?) +\|$/.exec(row) ?? []
      return name === undefined ? [] : [{ name, file, title, clause }]
    })
    const folder = `nfs/${nf}/`
    const declared = (await properties).map(({ name, file, title, clause }) => {
      return { name, file: file.slice(folder.length), title, clause }
    })
    t.deepEqual(listed, declared)
  })

  declare(`${nf}: each property holds, and says something, on scenes and random traffic`, async (t) => {
    const spoken = new Map<string, number>()
    for (const one of [...scenesOf(catalogue[nf] ?? []).map(ofScene), ...traffic]) {
      const check = await holdsOn(one, await properties)
      for (const { property, violated, undecided, holds } of check.counts) {
        t.is(violated + undecided, 0, `${property.name}, ${one.what}`)
        spoken.set(property.name, (spoken.get(property.name) ?? 0) + holds)
      }
    }
    t.log([...spoken].map(([name, packets]) => `${name} ${packets}`).join(', '))
    for (const [name, packets] of spoken) t.true(packets > 0, `${name} is vacuous`)
  })

  for (const [name, { edit, traffic: shows }] of Object.entries(violators)) {
    declare(`${nf}, ${name}: violated by ${edit.name}`, async (t) => {
      const property = (await properties).filter((one) => one.name === name)
      const found = await inFolder((folder) => violationBy(edit, shows, property, folder))
      if (found === undefined) return t.fail(`not violated: ${edit.why}`)
      t.is(found.site?.file, resolve(property[0]?.file ?? ''))
      t.true((found.site?.line ?? 0) > 1)
      t.not(found.what, '')
    })
  }
}

/** Sends traffic to the network function as it is; fails where it is not as specified. */
async function holdsOn(traffic: Traffic, properties: readonly LoadedProperty[]): Promise<PropertyCheck> {
  const device = await watched(traffic)
  const check = new PropertyCheck(device.oracle, properties)
  for (const { port, frame, now } of traffic.arrivals()) {
    const { violation } = device.send(port, frame, now)
    if (violation !== undefined) throw new Error(`${traffic.what}: ${violation}`)
    check.check()
  }
  return check
}

/**
 * The violation of a property by a wrong build, at the latest with the first packet that the specification does not
 * allow: from there on the state that the oracle keeps is not the device's any more.
 */
async function violationBy(
  edit: Edit,
  traffic: Traffic,
  properties: readonly LoadedProperty[],
  folder: string,
): Promise<PropertyFinding | undefined> {
  const device = await watched(traffic, writeSource(folder, traffic.nf, edit))
  const check = new PropertyCheck(device.oracle, properties)
  for (const { port, frame, now } of traffic.arrivals()) {
    const { violation } = device.send(port, frame, now)
    const found = check.check().find(({ outcome }) => outcome === 'violated')
    if (found !== undefined || violation !== undefined) return found
  }
  return undefined
}

async function watched({ nf, config, ports }: Traffic, source?: string): Promise<UnderTest> {
  const options = { ports, watched: true, ...(source === undefined ? {} : { source }) }
  return (await nfUnderTest(nf, config, options))()
}
