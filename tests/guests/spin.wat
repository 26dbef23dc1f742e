;; Functions that never end, and one that ends late.
(module $spin
  (memory 1)
  (func $forever (export "forever")
    (loop $again (br $again)))

  ;; Spins over memory, so that loads and stores are interrupted too.
  (func $churn (export "churn")
    (loop $again
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (br $again)))

  ;; Calls itself for ever without growing the stack: two functions in turn, by a loop.
  (func $step (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1)))
  (func $calls (export "calls") (local i32)
    (loop $again
      (local.set 0 (call $step (local.get 0)))
      (br $again)))

  ;; Runs `n` rounds and gives their number back.
  (func $rounds (export "rounds") (param $n i32) (result i32) (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i)))
