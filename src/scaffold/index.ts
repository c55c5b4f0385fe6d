export { type Language, languages, type Scaffolded, scaffold } from './scaffold.js'
