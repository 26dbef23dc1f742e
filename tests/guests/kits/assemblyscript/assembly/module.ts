// Counts, and greets.

// The device's; `imports --available` lists them all.
@external("env", "puts")
declare function puts(text: usize): i32;

/** Prints a text as a line. */
function print(text: string): void {
  puts(changetype<usize>(String.UTF8.encode(text, true)));
}

let count: i32 = 0;

/** Adds to the count, and gives it. */
export function count_up(by: i32): i32 {
  count += by;
  return count;
}

/** Prints the count in words. */
export function report(): void {
  print("the count is " + count.toString());
}

/** Greets whom C's arguments name. */
export function main(argc: i32, argv: usize): i32 {
  let who = "world";
  if (argc > 1) {
    const text = load<usize>(argv, sizeof<usize>());
    let length: usize = 0;
    while (load<u8>(text + length)) length++;
    who = String.UTF8.decodeUnsafe(text, length);
  }
  print("Hello, " + who + " (" + who.length.toString() + " letters)");
  return 0;
}
