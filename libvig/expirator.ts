/** Vigor's `expirator`: one call that forgets what is too old in a map, its vector of keys and its chain of indices. */
import { dchain_expire_one_index } from './dchain'
import { map_erase } from './map'
import { vector_borrow, vector_return } from './vector'

/** Where the calls below leave what they find. */
const scratch: u32 = <u32>memory.data(8)

/**
 * Frees every index of `chain` whose time is below `threshold` and erases from `map` the key that lies in the cell of
 * that index of `vector`. How many those were.
 */
export function expire_items_single_map(chain: i32, vector: i32, map: i32, threshold: i64): i32 {
  let count = 0
  while (dchain_expire_one_index(chain, <i32>scratch, threshold)) {
    const index = load<i32>(scratch)
    vector_borrow(vector, index, <i32>(scratch + 4))
    map_erase(map, load<i32>(scratch, 4))
    vector_return(vector, index)
    count++
  }
  return count
}
