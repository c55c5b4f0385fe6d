/** `vigil new`: a network function to begin with. */

import { type Command, Option } from 'commander'

import { type Language, languages, scaffold } from '../scaffold/index.js'
import { type VerbContext, verb } from './command.js'

interface Options {
  readonly language: Language
  readonly json?: boolean
}

export function newVerb({ terminal }: VerbContext): Command {
  return verb('new', 'begin a network function: source, specification and a property in nfs/NAME', [
    'vigil new pinhole',
    'vigil new pinhole --language c',
  ])
    .argument('<name>', 'small letters, digits and hyphens')
    .addOption(new Option('--language <language>', 'of the source').choices(languages).default('typescript'))
    .action((name: string, { language, json }: Options) => {
      const made = scaffold(name, language)
      terminal.out(
        json === true ? `${JSON.stringify(made, undefined, 2)}\n` : madeText(made.name, made.folder, made.files),
      )
    })
}

function madeText(name: string, folder: string, files: readonly string[]): string {
  return [
    `${folder}: ${files.join(', ')}`,
    '',
    'It works as it is; begin with its README.md. To see that it does:',
    `  npx vigil verify ${name}`,
    `  npx vigil conform ${name}`,
    `  npx vigil generate ${name}.pcap --profile firewall`,
    `  npx vigil replay ${name}.pcap --nf ${name}`,
    '',
  ].join('\n')
}
