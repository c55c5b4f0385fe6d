/** The frame of every page. */

import { type Content, type Html, html } from './html.js'
import { style } from './style.js'

/** A whole page that needs no other file; scripts and outside content are switched off in it. */
export function page(title: string, version: string, ...body: readonly Content[]): string {
  const markup: Html = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
${style}
</head>
<body>
<main>
${body}
<footer>Vigil ${version}</footer>
</main>
</body>
</html>
`
  return markup.toString()
}
