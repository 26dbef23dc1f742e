;; A value that i32.wrap_i64 cut to 32 bits was written whole, over the next local or the return address.
(module
  (func (export "const") (param i32 i32) (result i32)
    (local.set 1 (i32.wrap_i64 (i64.const 4123891037856176590)))
    (local.get 1))
  (func (export "computed") (param i64) (result i32 i32) (local i32 i32)
    (local.set 2 (i32.const 7))
    (local.set 1 (i32.wrap_i64 (i64.mul (local.get 0) (i64.const 0x1_0000_0003))))
    (local.get 1) (local.get 2))
  (func (export "trap") (param i32 i32)
    (local.set 1 (i32.wrap_i64 (i64.const 4123891037856176590)))
    unreachable))
