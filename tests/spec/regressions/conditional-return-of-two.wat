;; A conditional branch out of the function moved two results to their slots on the taken path alone, and took
;; them to be there on the other.
(module
  (func (export "br_if") (param i32) (result i32 i32)
    (i32.const 50) (i32.const 51) (br_if 0 (local.get 0))
    (i32.add) (i32.const 52))
  (func (export "br_table") (param i32) (result i32 i32)
    (i32.add (block (result i32 i32) (br_table 0 1 0 (i32.const 50) (i32.const 51) (local.get 0))))
    (i32.const 52)))
