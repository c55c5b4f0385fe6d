import type { Session } from './session.js'

/** What happened outside of the network functions, by name; only what did happen. */
export function networkCounts({
  simulator,
  bindings,
  map,
  sender,
}: Pick<Session, 'simulator' | 'bindings' | 'map' | 'sender'>): Record<string, number> {
  const { emitted, lostOnLinks, heldBackOnLinks, timesBack } = simulator.counts
  const counts = {
    'heartbeats sent by hosts': emitted,
    'lost on links': lostOnLinks,
    'held back on links': heldBackOnLinks,
    'timestamps that went back': timesBack,
    'answers rewritten': bindings?.answers ?? 0,
    'packets of strangers aimed at a mapping': bindings?.strangers ?? 0,
    'addresses mapped': map?.changed ?? 0,
    'segments of oversize packets': sender.segments,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
