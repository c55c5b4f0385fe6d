import { testWrongBuilds } from './testing.js'

testWrongBuilds('policer')
