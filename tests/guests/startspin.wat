;; Never gets out of its start function.
(module $startspin
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "never") (result i32) (i32.const 1)))
