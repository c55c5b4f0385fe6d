/**
 * Network functions as binaries: reading nf.yaml, compiling, admitting a module, linking it with libVig, and running
 * packets through it. docs/nf-binary.md is the interface that any language can meet.
 *
 * Guarantees: what is wrong with an nf.yaml, a configuration or a binary is an InputError of one line, with its place.
 * A module that was admitted cannot reach JavaScript: it links to libVig, constants and its memory, nothing else. The
 * same packets with the same times give the same verdicts and bytes in bursts of any size. A trap is an NfTrap. A
 * network function that never returns cannot be stopped from inside this process.
 *
 * Called by the simulator, replay and the command line; the verifier reads the same binaries.
 */
export { type CheckedModule, checkNf, openModule } from './binary.js'
export { type Compiled, compileBurst, compileLibvig } from './build.js'
export { type Buildable, listBuildable } from './buildable.js'
export { CLANG, findTool, LEAST_VERSION, type Tool, WASM_LD } from './c/tools.js'
export { compileNf, isC } from './compile-nf.js'
export { type ResolvedConfig, type ResolvedEntry, type ResolveOptions, resolveConfig, resolveValues } from './config.js'
export { type ConfigOverride, type ConfigSource, overrideWord, readOverrides } from './config-overrides.js'
export { findNf, listBinaries, listNfs } from './find.js'
export { NfInstance } from './instance.js'
export { InitError, type InstanceParts } from './link.js'
export { codeFile, type DescribedNf, type InstantiateOptions, type LoadedNf, type LoadOptions, loadNf } from './load.js'
export { macsOf } from './macs.js'
export { type NfManifest, readManifest } from './manifest.js'
export type { ConfigEntry, PrefixesEntry, ScalarEntry, TableEntry } from './manifest-config.js'
export * from './memory-map.js'
export { formatBytes, formatDuration, formatRate } from './quantities.js'
export { settingsOf } from './settings.js'
export { NfTrap } from './trap.js'
export { BAD_VERDICT, DROP, describeResult, egressOf, FLOOD } from './verdict.js'
export { type YamlPath, YamlSource } from './yaml-source.js'
