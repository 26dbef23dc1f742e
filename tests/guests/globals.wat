;; Exported globals of every type, mutable and not, for `get` and `set`.
(module $globals
  (global (export "answer") i32 (i32.const 42))
  (global $level (export "level") (mut i32) (i32.const -5))
  (global (export "total") (mut i64) (i64.const 0x8000000000000000))
  (global (export "ratio") (mut f32) (f32.const 1.5))
  (global (export "pi") f64 (f64.const 3.141592653589793))
  (global (export "odd") (mut f64) (f64.const nan:0x123))

  ;; Shows that the module sees what `set` wrote.
  (func $level (export "level_twice") (result i32)
    (i32.mul (global.get $level) (i32.const 2))))
