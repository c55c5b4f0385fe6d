import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import test from 'ava'

import { listInAssemblyScript } from '../nf/in-assemblyscript.js'
import { catalogue, scenesOf } from './catalogue.js'

test('every network function has wrong builds', (t) => {
  t.deepEqual(Object.keys(catalogue).sort(), [...listInAssemblyScript().map(({ name }) => name), 'router'].sort())
})

for (const [nf, builds] of Object.entries(catalogue)) {
  test(`${nf}: each wrong build has a name of its own, an edit of its own, and a packet that its scene has`, (t) => {
    t.is(new Set(builds.map(({ name }) => name)).size, builds.length)
    t.is(new Set(builds.map(({ find, replace }) => `${find}\0${replace}`)).size, builds.length)
    for (const { name, find, replace, why, scene, at } of builds) {
      t.regex(name, /^[a-z0-9]+(-[a-z0-9]+)*$/)
      t.not(find, replace)
      t.not(why, '')
      t.is(scene.setup.nf, nf)
      t.true(
        scene.packets.some((_, i) => scene.labelOf(i + 1) === at),
        `${name}: '${at}'`,
      )
    }
  })

  test(`${nf}: scenes have names of their own`, (t) => {
    const names = scenesOf(builds).map(({ name }) => name)
    t.is(new Set(names).size, names.length)
  })
}

test('the table of an unknown network function is refused in one line', async (t) => {
  const failure = await t.throwsAsync(promisify(execFile)(process.execPath, ['build/test/wrong-builds/main.js', 'x']))
  const known = Object.keys(catalogue).join(', ')
  t.like(failure, { code: 2, stderr: `vigil: there are no wrong builds of x (there are ${known})\n` })
})
