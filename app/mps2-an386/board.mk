# The Cortex-M4 under QEMU: `make BOARD=mps2-an386 run|test|size`, with CHIP=small for 256 KB of flash and 64 KB of RAM.

CHIP ?=
ELF := $(TARGET)/$(THUMB)/firmware/wasmote-mps2-an386
QEMU := $(CURDIR)/app/mps2-an386/qemu

FIRMWARE_BUILD := $(CARGO) build --profile firmware --target $(THUMB) -p wasmote-mps2-an386

.PHONY: firmware test-firmware

firmware:
	@.ci/prepare qemu
	$(FIRMWARE_BUILD) $(if $(CHIP),--features $(CHIP))

run: firmware $(FLASH)
	@$(QEMU) $(abspath $(ELF)) --flash $(FLASH) $(or $(ARGS),--keys)

test: prepare firmware
	WASMOTE_BOARD="$(QEMU) $(abspath $(ELF)) --flash {flash}" $(CARGO) test -p wasmote-tests --test expect --test board

size: firmware
	@app/mps2-an386/size $(ELF)
