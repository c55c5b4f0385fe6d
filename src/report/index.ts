/**
 * Pages for people, made from results.
 *
 * `runPage` is report.html: the verdict in one sentence, counts, which line of the specification decided how often,
 * violations with expected against actual by field and byte, traces with what was not sent and why, and what is needed
 * to run it again. `indexPage` links several runs. A page is one file without scripts or anything from elsewhere; every
 * text in it is escaped by construction (html.ts). `writeRun` writes a whole run folder.
 *
 * Reads the sources of specifications to show them, if they are still what the run was judged by.
 *
 * Called by the command line and the demo.
 */

export { verdictSentence } from './banner.js'
export { outcomesOf } from './bars.js'
export { conformedLines } from './conform-section.js'
export { count, counted, seconds, share } from './format.js'
export { indexPage, type LinkedRun } from './index-page.js'
export { realLines } from './real.js'
export { runPage } from './run-page.js'
export {
  directionCells,
  directionHead,
  figureText,
  latencyColumns,
  limitText,
  nanoseconds,
  oddities,
  percent,
  perSecond,
  valueText,
} from './stress-text.js'
export { percentileText } from './stressed-section.js'
export { resultText, type WriteRunOptions, writeRun } from './write-run.js'
