;; A constant less a constant became the sum of what was in its slot, and a constant plus what is above it that of a
;; slot that is used again.
(module
  (global $g (mut i32) (i32.const 5))
  (func (export "less") (result i32) (i32.sub (i32.const 7) (i32.const 3)))
  (func (export "more") (param i32) (result i32)
    (i32.add (i32.const -129) (i32.clz (local.get 0)))
    (i32.xor (i32.clz (i32.const 1)))
    (i32.xor (global.get $g)))
  (func (export "lifted") (param i32) (result i32)
    (i32.const -129)
    (i32.add (i32.const 4) (i32.clz (local.get 0)))
    i32.add
    (i32.clz (i32.const 1))
    i32.sub)
  ;; A sum that waits while its local is set, and one on a way that is not always taken.
  (func (export "set") (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 40))
    (local.set 0 (i32.const 3))
    (i32.add (local.get 0) (i32.const 1000))
    i32.mul)
  (func (export "branch") (param i32 i32) (result i32)
    (block (result i32)
      (i32.add (i32.clz (local.get 0)) (i32.const 9))
      (br_if 0 (local.get 1))
      (i32.const 100)
      i32.add)))
