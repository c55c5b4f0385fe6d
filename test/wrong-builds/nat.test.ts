import { testWrongBuilds } from './testing.js'

testWrongBuilds('nat')
