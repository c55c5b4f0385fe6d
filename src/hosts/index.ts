/** Hosts at the ports of a device: where they are, what they answer, and whom they ask for, so that a router sends to them. */
export {
  type AnsweringHost,
  answerOf,
  arpAnswer,
  arpRequest,
  echoAnswer,
  echoAnswer6,
  echoRequest,
  echoRequest6,
  isQuestion,
} from './answers.js'
export { type Ask, addressByIp, addressTo, askBy, type ReadAnswer, resolveGateways } from './gateways.js'
export { answeringHosts, portsOfHosts, refuseImpaired } from './links.js'
