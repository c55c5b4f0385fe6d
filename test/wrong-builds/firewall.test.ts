import { testWrongBuilds } from './testing.js'

testWrongBuilds('firewall')
