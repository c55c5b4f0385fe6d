import { testWrongBuilds } from './testing.js'

testWrongBuilds('bridge')
