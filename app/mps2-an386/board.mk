# The Cortex-M4 under QEMU: `make BOARD=mps2-an386 run|test|size`, with CHIP=small for 256 KB of flash and 64 KB of RAM.

CHIP ?=
ELF := $(TARGET)/$(THUMB)/firmware/wasmote-mps2-an386
# The firmware of each configuration, kept beside each other for the tests.
KEPT := $(TARGET)/$(THUMB)/mps2-an386
QEMU := $(CURDIR)/app/mps2-an386/qemu

FIRMWARE_BUILD := CARGO="$(CARGO)" app/mps2-an386/frameless $(abspath $(TARGET))

FEATURES_small := --features small

.PHONY: firmware firmwares

firmware:
	@.ci/prepare qemu
	$(FIRMWARE_BUILD) $(FEATURES_$(CHIP))

firmwares:
	@.ci/prepare qemu
	@mkdir -p $(KEPT)
	$(FIRMWARE_BUILD) $(FEATURES_small) && cp $(ELF) $(KEPT)/small
	$(FIRMWARE_BUILD) --features faults && cp $(ELF) $(KEPT)/faults
	$(FIRMWARE_BUILD) && cp $(ELF) $(KEPT)/full

run: firmware $(FLASH)
	@$(QEMU) $(abspath $(ELF)) --flash $(FLASH) $(or $(ARGS),--keys)

test: prepare firmwares
	WASMOTE_BOARD="$(QEMU) $(abspath $(KEPT))/full --flash {flash}" \
	    $(CARGO) test -p wasmote-tests --test expect --test board
	WASMOTE_FIRMWARE=$(abspath $(KEPT))/full WASMOTE_FIRMWARE_SMALL=$(abspath $(KEPT))/small \
	    WASMOTE_FIRMWARE_FAULTS=$(abspath $(KEPT))/faults \
	    $(CARGO) test -p wasmote-mps2-an386 --features qemu
	$(CARGO) build --profile firmware --target $(THUMB) -p wasmote-target-tests
	WASMOTE_TARGET=$(abspath $(TARGET))/$(THUMB)/firmware/wasmote-target-tests \
	    $(CARGO) test -p wasmote-spec-tests --features qemu --test target

size: firmware
	@app/mps2-an386/size $(ELF)
