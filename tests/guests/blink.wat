;; Blinks with what a board offers: a lamp, a clock and a sleep.
(module $blink
  (import "env" "led_set" (func $led_set (param i32)))
  (import "env" "millis" (func $millis (result i32)))
  (import "env" "sleep_ms" (func $sleep_ms (param i32)))

  ;; Turns the lamp on and off `times` times, each for `ms` milliseconds, and gives 1 if the clock agrees.
  (func $blink (export "blink") (param $times i32) (param $ms i32) (result i32)
    (local $start i32) (local $done i32)
    (local.set $start (call $millis))
    (block $end
      (loop $again
        (br_if $end (i32.ge_u (local.get $done) (local.get $times)))
        (call $led_set (i32.const 1))
        (call $sleep_ms (local.get $ms))
        (call $led_set (i32.const 0))
        (call $sleep_ms (local.get $ms))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $again)))
    (i32.ge_u
      (i32.sub (call $millis) (local.get $start))
      (i32.mul (i32.const 2) (i32.mul (local.get $times) (local.get $ms))))))
