/** Makes it when it is asked for first, and gives the same from then on. */
export function once<R>(make: () => R): () => R {
  let made: { readonly value: R } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
