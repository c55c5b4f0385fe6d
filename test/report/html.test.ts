import test from 'ava'
import fc from 'fast-check'

import { html } from '../../src/report/html.js'

test('texts are escaped, markup of the tag itself is not', (t) => {
  const inner = html`<b>${'<script>"&\''}</b>`
  t.is(html`<p>${inner}</p>`.toString(), '<p><b>&lt;script&gt;&quot;&amp;&#39;</b></p>')
})

test('lists are joined; undefined and false insert nothing, zero does', (t) => {
  t.is(html`${[html`<i>${1}</i>`, html`<i>${0}</i>`]}${undefined}${false}`.toString(), '<i>1</i><i>0</i>')
})

test('no text can open a tag or leave an attribute', (t) => {
  fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(html`${text}`.toString())))
  t.pass()
})
