;; With a frame of more than 256 slots, the backtrace of a host function's trap followed a garbage return
;; address. Each of these calls the host until it fails; the test gives them many locals, too.
(module
  (import "env" "h" (func $h (result i32)))
  (table funcref (elem $h))
  (func (export "direct") (result i32)
    (loop (drop (call $h)) (br 0)) (i32.const 1))
  (func (export "indirect") (result i32)
    (loop (drop (call_indirect (result i32) (i32.const 0))) (br 0)) (i32.const 1))
  (func (export "tail") (result i32)
    (loop (drop (call $tail)) (br 0)) (i32.const 1))
  (func $tail (result i32)
    (return_call $h)))
