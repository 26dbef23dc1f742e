;; Arithmetic on every value type, several results, and state in a global and in memory.
(module $calc
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))

  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func $add64 (export "add64") (param i64 i64) (result i64)
    (i64.add (local.get 0) (local.get 1)))
  (func $addf (export "addf") (param f32 f32) (result f32)
    (f32.add (local.get 0) (local.get 1)))
  (func $addd (export "addd") (param f64 f64) (result f64)
    (f64.add (local.get 0) (local.get 1)))

  ;; Quotient and remainder, rounded towards zero; divides by zero with a trap.
  (func $divmod (export "divmod") (param i64 i64) (result i64 i64)
    (i64.div_s (local.get 0) (local.get 1))
    (i64.rem_s (local.get 0) (local.get 1)))

  ;; Gives its arguments back, so that each can be seen to arrive.
  (func $echo (export "echo") (param i32 i64 f32 f64) (result i32 i64 f32 f64)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3))

  (func $sqrt (export "sqrt") (param f64) (result f64)
    (f64.sqrt (local.get 0)))

  ;; Neither takes nor gives anything.
  (func $nothing (export "nothing"))

  ;; Counts its calls in a global.
  (func $count (export "count") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))

  ;; Adds to the word at address 1024 and gives its new value.
  (func $tally (export "tally") (param i32) (result i32)
    (i32.store (i32.const 1024)
      (i32.add (i32.load (i32.const 1024)) (local.get 0)))
    (i32.load (i32.const 1024)))

  ;; Recursive, to see frames and fuel.
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add
        (call $fib (i32.sub (local.get $n) (i32.const 1)))
        (call $fib (i32.sub (local.get $n) (i32.const 2))))))))
