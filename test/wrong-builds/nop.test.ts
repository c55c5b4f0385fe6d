import { testWrongBuilds } from './testing.js'

testWrongBuilds('nop')
