/** What network functions in C are built with. */
import { CLANG, findTool, LEAST_VERSION, type Tool, WASM_LD } from '../nf/index.js'
import { absent, type Finding, ok, type Section, section } from './check.js'

export function compilers(): Section {
  return section('Network functions in C (optional)', [CLANG, WASM_LD].map(found))
}

function found(tool: Tool): Finding {
  const { says, major } = findTool(tool)
  const hint = `from version ${LEAST_VERSION} on; Debian: apt install ${tool.package}`
  if (says === undefined) return absent(tool.name, 'not found', hint)
  return major !== undefined && major >= LEAST_VERSION ? ok(tool.name, says) : absent(tool.name, says, hint)
}
