/** Writes the pages of docs/ that are printed from the program: `node build/src/cli/write-docs.js`. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { packageRoot } from '../package-root.js'
import { printedPages } from './docs.js'

for (const [name, text] of printedPages()) writeFileSync(join(packageRoot, 'docs', name), text)
