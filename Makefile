# wasmote: the front door. `make help` lists what there is.

BOARD ?= native
FLASH ?= flash.bin
FLASH_SIZE ?= 1048576
ARGS ?=
PORT ?= /dev/ttyACM0
SECONDS ?= 60

CARGO ?= cargo
TARGET ?= $(or $(CARGO_TARGET_DIR),target)
THUMB := thumbv7em-none-eabi
RISCV := riscv32imac-unknown-none-elf
FIRMWARE := wasmote-runtime wasmote-fs wasmote-shell wasmote-soft wasmote-packed
FUZZ := $(abspath $(TARGET))/fuzz

# The modules that a new flash file holds.
GUESTS := $(wildcard tests/guests/*.wasm)

BOARDS := native mps2-an386

ifeq ($(filter $(BOARD),$(BOARDS)),)
  $(error BOARD=$(BOARD) is unknown; the boards are: $(BOARDS))
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test size guests fmt lint thumb riscv bench mem dispatch fuzz miri term clean prepare

## help: list the targets
help:
	@echo "usage: make TARGET [BOARD=$(BOARD)] [FLASH=$(FLASH)] [ARGS=...]"
	@echo "boards: $(BOARDS)"
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST)) | awk -F': ' '{ printf "  %-10s %s\n", $$1, $$2 }'

## run: start the board's shell on FLASH, made with the sample guests at first (ARGS=--pty for a line of its own)
ifeq ($(BOARD),native)
run: prepare $(FLASH)
	$(CARGO) build --release -p wasmote-native
	@$(TARGET)/release/wasmote-native --flash $(FLASH) --flash-size $(FLASH_SIZE) $(ARGS)
endif

# An existing flash file is never made again: it holds its user's modules.
$(FLASH): | prepare
	$(CARGO) run -p wasmote-host -- image create -o $(FLASH) --size $(FLASH_SIZE) $(GUESTS)

## test: run every test, on the host and at the board's prompt
ifeq ($(BOARD),native)
test: prepare
	$(CARGO) test --workspace
endif

## size: print the firmware's flash, RAM and stack against their budgets, and where the bytes go
ifeq ($(BOARD),native)
size:
	@$(MAKE) --no-print-directory BOARD=mps2-an386 size
else
# The board's own run, test and size.
include app/$(BOARD)/board.mk
endif

## guests: build the sample guests from their sources (clang, lld and rustc)
guests:
	@.ci/prepare guests
	$(CARGO) run -p wasmote-tests --bin guests

## fmt: format the sources
fmt:
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path app/riot/Cargo.toml

## lint: check formatting, lints and the links of the documentation
lint: prepare
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path app/riot/Cargo.toml
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps $(addprefix -p ,$(FIRMWARE) wasmote-host)

## thumb: build the firmware crates for a Cortex-M4
thumb:
	@.ci/prepare thumb
	$(CARGO) build --release --target $(THUMB) $(addprefix -p ,$(FIRMWARE))

## riscv: build the firmware crates for a RISC-V microcontroller
riscv:
	@.ci/prepare riscv
	$(CARGO) build --release --target $(RISCV) $(addprefix -p ,$(FIRMWARE))

## bench: run the benchmarks beside wasmi, stitch, tinywasm and native code (ARGS="--guests fib,crc32 --rounds 3")
bench: prepare
	@tests/bench/run.sh $(ARGS)

## mem: print what modules take of the heap, and their internal code, beside wasmi
mem: prepare
	$(CARGO) run --release -p wasmote-bench --features peers --bin mem

## dispatch: check that the threaded back end goes on by jumps
dispatch: prepare
	$(CARGO) build --release -p wasmote-native
	@tests/dispatch.sh $(TARGET)/release/wasmote-native

## fuzz: hold the runtime against its oracles for SECONDS (ARGS="--seed 1", ARGS="--count 1000000")
fuzz: prepare
	$(CARGO) run --release -p wasmote-spec-tests --bin fuzz -- --seconds $(SECONDS) $(ARGS)

## fuzz-NAME: fuzz load, run, generated, libc (and WASI), console, smp or image for SECONDS, guided by coverage (nightly, cargo-fuzz)
fuzz-%: tests/fuzz/targets/%.rs
	@.ci/prepare fuzz
	@mkdir -p $(FUZZ)/corpus/$* $(FUZZ)/found/$*
	$(CARGO) +nightly fuzz run --fuzz-dir tests/fuzz $* $(FUZZ)/corpus/$* $(FUZZ_SEEDS) -- \
	    -max_total_time=$(SECONDS) -timeout=20 -max_len=16384 -artifact_prefix=$(FUZZ)/found/$*/
fuzz-load fuzz-run: FUZZ_SEEDS := tests/guests
fuzz-console: FUZZ_SEEDS := tests/expect
fuzz-smp: FUZZ_SEEDS := tests/fuzz/seeds/smp

## miri: run the runtime's unit tests in Miri, which finds undefined behaviour (nightly)
miri:
	@.ci/prepare miri
	MIRIFLAGS=-Zmiri-strict-provenance $(CARGO) +nightly miri test -p wasmote-runtime --lib -- --skip libc::
	MIRIFLAGS=-Zmiri-strict-provenance $(CARGO) +nightly miri test -p wasmote-spec-tests --test hosts
	MIRIFLAGS=-Zmiri-strict-provenance $(CARGO) +nightly miri test -p wasmote-spec-tests --test resume nested

## term: open a terminal on a board's line (PORT=/dev/ttyACM0)
term: prepare
	$(CARGO) run --quiet -p wasmote-host -- -p $(PORT) monitor

## clean: remove what was built, but not the flash file
clean:
	$(CARGO) clean

prepare:
	@.ci/prepare build
