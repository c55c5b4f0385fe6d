#!/usr/bin/env node
// An import that cannot link would end with Node's exit code 1, which means a violation here.
import('../build/src/cli/main.js').catch((error) => {
  console.error(`vigil: cannot start: ${error.message} (build or install it again)`)
  process.exit(70)
})
