import { testWrongBuilds } from './testing.js'

testWrongBuilds('balancer')
