/** Names in SMT-LIB text: which must be quoted, and which must not be used as they are. */

const simple = /^[a-zA-Z~!$%^&*_+=<>.?/-][0-9a-zA-Z~!@$%^&*_+=<>.?/-]*$/

/**
 * Words that are reserved, or name something in a theory we print. A solver may know more: it then refuses the query,
 * which is no answer.
 */
const taken = new Set(
  `! _ as BINARY DECIMAL HEXADECIMAL NUMERAL STRING exists forall lambda let match par true false
  not and or xor => = distinct ite select store const map default is concat extract zero_extend sign_extend repeat
  rotate_left rotate_right bv2nat int2bv nat2bv ubv_to_int sbv_to_int int_to_bv bvnot bvneg bvand bvor bvxor bvnand
  bvnor bvxnor bvadd bvsub bvmul bvudiv bvurem bvsdiv bvsrem bvsmod bvshl bvlshr bvashr bvult bvule bvugt bvuge bvslt
  bvsle bvsgt bvsge bvcomp bvredor bvredand bvnego bvuaddo bvsaddo bvumulo bvsmulo bvusubo bvssubo bvsdivo + - * / div
  mod abs < <= > >= divisible to_real to_int is_int exp sin cos tan pi root Bool Int Real Array String BitVec RoundingMode
  RegLan Seq Set Tuple Float16 Float32 Float64 Float128 fp NaN member subset union intersection setminus complement
  emptyset univset choose sep nil`.split(/\s+/),
)

/**
 * A name as SMT-LIB text. Names that mean something there get a `$` in front, which no symbol of a `Terms` begins
 * with, so that different names stay different.
 */
export function printName(name: string): string {
  const safe = taken.has(name) || /^[.@]/.test(name) ? `$${name}` : name
  return simple.test(safe) ? safe : `|${safe}|`
}
