/** The one style sheet of the pages: no font, image or script from elsewhere; light and dark by the reader's choice. */

import { Html } from './html.js'

const light = `
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2330; --quiet: #5b6777; --line: #e1e5eb; --code: #f1f3f6;
  --good: #13795b; --bad: #c0262d; --open: #a15c00; --own: #6b2fa0; --mark: #ffd9d6; --hit: #d9f0e6; --link: #1f5fbf;
  --forwarded: #3b7dd8; --rewritten: #159a8c; --flooded: #8a63d2; --dropped: #9aa5b4; --unspecified: #d2b48c;
  --violated: #d5343c; --undecided: #e39a2d;`

const dark = `
  --page: #12161c; --card: #1a2029; --ink: #e4e9f0; --quiet: #97a3b4; --line: #2c3542; --code: #222a35;
  --good: #3fbf92; --bad: #ff6b6b; --open: #f0b050; --own: #c08cf0; --mark: #6b1f24; --hit: #1c3d31; --link: #7fb2ff;
  --forwarded: #5b9bf0; --rewritten: #2fb8a8; --flooded: #a585e8; --dropped: #5f6b7b; --unspecified: #8c7650;
  --violated: #f0555c; --undecided: #e39a2d;`

const rules = `
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 80px }
h1 { font-size: 27px; line-height: 1.25; margin: 0; letter-spacing: -0.01em }
h2 { font-size: 20px; margin: 40px 0 12px; letter-spacing: -0.01em }
h3 { font-size: 15px; margin: 22px 0 8px }
p { margin: 6px 0 }
a { color: var(--link) }
code, pre, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.87em }
code { background: var(--code); padding: 1px 5px; border-radius: 4px; overflow-wrap: anywhere }
pre { background: var(--code); padding: 12px 14px; border-radius: 8px; overflow-x: auto; margin: 8px 0; line-height: 1.5 }
.quiet { color: var(--quiet) }
.small { font-size: 13px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 22px; margin: 14px 0 }
.scroll { overflow-x: auto }
.banner { border-radius: 14px; padding: 26px 28px; color: #fff; display: flex; gap: 20px; align-items: center }
.banner .sign { font-size: 34px; line-height: 1; width: 62px; height: 62px; border-radius: 50%; flex: none;
  background: rgba(255, 255, 255, 0.18); display: flex; align-items: center; justify-content: center }
.banner p { margin: 6px 0 0; opacity: 0.92 }
.banner.holds { background: linear-gradient(120deg, #0c5f47, #17876a) }
.banner.violated { background: linear-gradient(120deg, #8f1820, #c8323a) }
.banner.undecided { background: linear-gradient(120deg, #7d4700, #b9760f) }
.banner.error { background: linear-gradient(120deg, #4b2173, #7a3fae) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin: 14px 0 0 }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px }
.tile b { display: block; font-size: 22px; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere }
.tile span { color: var(--quiet); font-size: 13px }
.pill { display: inline-block; border-radius: 99px; padding: 1px 11px; font-size: 13px; font-weight: 600;
  border: 1.5px solid currentColor; vertical-align: 3px; white-space: nowrap }
.pill.holds { color: var(--good) } .pill.violated { color: var(--bad) }
.pill.undecided { color: var(--open) } .pill.error { color: var(--own) }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--quiet) }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child > td { border-bottom: 0 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.bar { width: 190px } td.bar svg { display: block; margin-top: 6px }
tr.unseen td { color: var(--quiet) }
.kind { display: inline-block; min-width: 62px; text-align: center; border-radius: 5px; padding: 0 7px; font-size: 12.5px;
  color: #fff; background: var(--dropped) }
.kind.forward { background: var(--rewritten) } .kind.flood { background: var(--flooded) }
.kind.any { background: var(--unspecified) } .kind.drop { background: #6c7888 }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 10px 0 0; padding: 0; list-style: none }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 7px }
details { margin: 10px 0 }
summary { cursor: pointer; color: var(--link); font-size: 14px }
.source { padding: 10px 0; counter-reset: none }
.source span { display: block; padding: 0 14px; white-space: pre }
.source .hit { background: var(--hit) } .source .fault { background: var(--mark) }
.source em { font-style: normal; color: var(--quiet); display: inline-block; text-align: right }
.source .lineno { width: 4ch; margin-right: 2ch } .source .hits { width: 9ch; margin-right: 2ch }
.source .hit .hits { color: var(--good); font-weight: 700 } .source .fault .hits { color: var(--bad); font-weight: 700 }
.violation { border-left: 5px solid var(--bad) }
.violation h3 { margin-top: 0 }
.pair { margin-top: 10px; display: grid; grid-template-columns: repeat(auto-fit, minmax(430px, 1fr)); gap: 0 22px }
.hex { font-size: 10.4px; padding: 10px 12px }
.hex mark { background: var(--mark); color: inherit; border-radius: 2px; font-weight: 700 }
.expected { color: var(--good) } .actual { color: var(--bad) }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 3px 20px; margin: 0 }
.facts dt { color: var(--quiet) } .facts dd { margin: 0; overflow-wrap: anywhere }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 40px }
.tree { font-size: 14px; border-left: 2px solid var(--line); padding-left: 12px }
.tree details { margin: 2px 0 } .tree summary { color: var(--ink); padding: 2px 0 }
.tree .under { border-left: 2px solid var(--line); margin: 0 0 4px 5px; padding-left: 8px }
.tree p { margin: 2px 0 } .tree code { overflow-wrap: normal } .tree .at { font-size: 12px; margin-left: 34px } .tree .at code { background: none }
.way { display: inline-block; width: 28px; text-align: center; border-radius: 4px; font-size: 12px; color: #fff }
.way.yes { background: var(--forwarded) } .way.no { background: #6c7888 }
.outcome { border: 1px solid var(--line); border-radius: 5px; padding: 0 7px; font-size: 12.5px; background: var(--code) }
.leaf { font-size: 13px; margin: 4px 0 8px; padding: 6px 12px; border-radius: 8px; background: var(--code) }
.leaf code { background: none; padding: 0 }
ul.plain { margin: 0; padding-left: 18px }
footer { margin-top: 50px; color: var(--quiet); font-size: 13px }
@media (max-width: 560px) { .pair { grid-template-columns: 1fr } main { padding: 14px 12px 60px } }
@media print { body { background: #fff } .banner { print-color-adjust: exact } }`

export const style = new Html(
  `<style>:root { color-scheme: light dark;${light} }\n@media (prefers-color-scheme: dark) { :root {${dark} } }${rules}</style>`,
)
