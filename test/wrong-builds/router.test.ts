import { testWrongBuilds } from './testing.js'

testWrongBuilds('router')
