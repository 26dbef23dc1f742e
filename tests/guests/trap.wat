;; One function for each way to trap.
(module $trap
  (type $none (func))
  (type $number (func (result i32)))
  (memory 1)
  (table $table 4 funcref)
  (elem (i32.const 0) $plain)
  (func $plain)

  (func $unreachable (export "unreachable") (unreachable))
  (func $load (export "load") (result i32) (i32.load (i32.const 65533)))
  (func $store (export "store") (i64.store offset=4294967295 (i32.const 16) (i64.const 1)))
  (func $divide (export "divide") (param i32) (result i32) (i32.div_s (i32.const 7) (local.get 0)))
  (func $overflow (export "overflow") (result i32) (i32.div_s (i32.const 0x80000000) (i32.const -1)))
  (func $truncate (export "truncate") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func $beyond (export "beyond") (call_indirect (type $none) (i32.const 9)))
  (func $null (export "null") (call_indirect (type $none) (i32.const 1)))
  (func $type (export "type") (result i32) (call_indirect (type $number) (i32.const 0)))
  (func $table_get (export "table_get") (drop (table.get $table (i32.const 4))))
  (func $recurse (export "recurse") (param i32) (result i32)
    (i32.add (i32.const 1) (call $recurse (i32.add (local.get 0) (i32.const 1)))))

  ;; Three frames deep, for the backtrace.
  (func $inner (unreachable))
  (func $middle (call $inner))
  (func $outer (export "outer") (call $middle)))
