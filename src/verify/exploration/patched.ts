import { FunctionValue, Model } from '../../smt/index.js'

/**
 * A model with what another says put over it. From a model of all facts of a path and one of the few that a question is
 * about, mostly a model of both: whether it is one is for the caller to evaluate.
 */
export function patched(model: Model, over: Model): Model {
  const made = new Model()
  for (const { variables } of [model, over]) {
    for (const [symbol, value] of variables) made.variables.set(symbol, value)
  }
  for (const [symbol, table] of model.functions) made.functions.set(symbol, table)
  for (const [symbol, table] of over.functions) {
    const below = model.functions.get(symbol)
    const both = new FunctionValue((below ?? table).fallback)
    // What is defined already stays.
    for (const { args, result } of table.points()) both.define(args, result)
    for (const { args, result } of below?.points() ?? []) both.define(args, result)
    made.functions.set(symbol, both)
  }
  return made
}
