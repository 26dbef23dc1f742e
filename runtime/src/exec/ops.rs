//! The one list of operations. Each is a function from registers to registers; `dispatch.rs` makes the
//! interpreter's back end from the list.
//!
//! An operation is two or more units of 16 bits: the opcode and operand a in the first, b and c in the
//! second; a lower-case comment gives what else. Operands are slots of the frame, 8 bits each; `imm8`, `imm16`
//! and `imm32` are sign-extended immediates. Offsets of branches are counted from the end of the field that
//! holds them, which is the operation's end except in a table.

use core::hint::{cold_path, select_unpredictable};
use core::ptr;

use super::code::params;
use super::frame::LINK_SLOTS;
use super::numeric::{div_s, div_u, rem_s, rem_u};
use super::regs::Operand::{A, B, C, D};
use super::regs::{Exit, Flow, Regs, Wide};
use crate::Trap;

/// Slots at the start of a wide frame, through which operands beyond slot 255 pass.
pub(crate) const SCRATCH_SLOTS: u16 = 8;

/// Bits of a function reference that hold the function's index; the instance's tag is above them.
pub(crate) const FUNC_BITS: u32 = 20;

macro_rules! for_each_op {
    ($backend:ident) => {
        $backend! {
            // Control.
            HALT(r) = Err((r, Exit::Halt));
            // sub-operation in a | slot16 | imm16 | imm16
            DRIVER(r) = Err((r, Exit::Driver));
            // slots to zero in a | frame16 | first16
            ENTER(r) = r.enter();
            // frame16 | slots of parameters16 | slots to zero16
            ENTER_WIDE(r) = {
                if r.fp.wrapping_add(r.u1()) > (*r.cx).limit {
                    return Err((r, Exit::Stack));
                }
                let kept = usize::from(r.unit(2)) + LINK_SLOTS;
                let moved = r.fp.add(usize::from(SCRATCH_SLOTS));
                ptr::copy(r.fp, moved, kept);
                moved.add(kept).write_bytes(0, usize::from(r.unit(3)));
                r.next(4)
            };
            BR(r) = r.jump(2, r.i1());
            BR_IF(r) = { if r.get(A) != 0 { r.jump(2, r.i1()) } else { r.next(2) } };
            BR_UNLESS(r) = { if r.get(A) == 0 { r.jump(2, r.i1()) } else { r.next(2) } };
            // n16 | n + 1 offsets16
            BR_TABLE(r) = {
                let (index, n) = (r.get(A) as usize, r.u1());
                // A branch and no minimum, which would delay what comes next until the index is there.
                let entry = 2 + if index < n { index } else { cold_path(); n };
                r.jump(entry + 1, i32::from(r.unit(entry) as i16))
            };
            // offset32
            BR_WIDE(r) = r.jump(3, r.imm32(1) as i32);
            BR_IF_WIDE(r) = { if r.get(A) != 0 { r.jump(3, r.imm32(1) as i32) } else { r.next(3) } };
            BR_UNLESS_WIDE(r) = { if r.get(A) == 0 { r.jump(3, r.imm32(1) as i32) } else { r.next(3) } };
            // n32 | n + 1 offsets32
            BR_TABLE_WIDE(r) = {
                let entry = 3 + 2 * (r.get(A) as usize).min(r.imm32(1) as usize);
                r.jump(entry + 2, r.imm32(entry) as i32)
            };
            // link16
            RET0(r) = r.ret(r.u1(), |_| ());
            RET32(r) = r.ret(r.u1(), |r| r.set(0, r.get(A)));
            RET64(r) = r.ret(r.u1(), |r| r.set64(0, r.get64(A)));
            RET_IMM(r) = r.ret(r.u1(), |r| r.set(0, r.a_imm()));
            // link16 | first16 | slots16
            RET_N(r) = r.ret(r.u1(), |r| {
                ptr::copy(r.fp.add(usize::from(r.unit(2))), r.fp, usize::from(r.unit(3)));
            });
            // frame's base in a | function16
            CALL(r) = r.call(*(*r.cx).funcs.add(r.u1()), r.a(), 2);
            CALL_IMPORT(r) = Err((r, Exit::Driver));
            // element's slot in a | table8, frame's base8 | type16
            CALL_INDIRECT(r) = {
                if r.b() != 0 {
                    return Err((r, Exit::Driver));
                }
                let index = r.get(A);
                if index >= (*r.cx).table_len {
                    return r.trap(Trap::UndefinedElement);
                }
                let bits = *(*r.cx).table.add(index as usize);
                let local = bits.wrapping_sub((*r.cx).tag);
                if local >> FUNC_BITS != 0 {
                    return Err((r, Exit::Driver));
                }
                if *(*r.cx).types.add(local as usize) != r.unit(2) {
                    return r.trap(Trap::BadSignature);
                }
                r.call(*(*r.cx).funcs.add(local as usize), r.c(), 3)
            };
            // function16 | arguments' first16 | link16
            RETURN_CALL(r) = {
                let r = r.pay()?;
                Ok(tail_call(r, *(*r.cx).funcs.add(r.u1()), usize::from(r.unit(2)), usize::from(r.unit(3))))
            };
            // slots16
            FP_UP(r) = { r.fp = r.fp.add(r.u1()); r.next(2) };
            FP_DOWN(r) = { r.fp = r.fp.sub(r.u1()); r.next(2) };

            // Moves.
            MOV(r) = { r.set(r.a(), r.get(B)); r.next(2) };
            MOV64(r) = { r.set64(r.a(), r.get64(B)); r.next(2) };
            // a = b, c = d8
            MOV2(r) = {
                r.set(r.a(), r.get(B));
                r.set(r.c(), r.get(D));
                r.next(3)
            };
            // to16 | from16
            MOV_WIDE(r) = { r.set(r.u1(), r.slot(usize::from(r.unit(2)))); r.next(3) };
            MOV64_WIDE(r) = { r.set64(r.u1(), r.slot64(usize::from(r.unit(2)))); r.next(3) };
            // imm16
            CONST16(r) = { r.set(r.a(), r.i1() as u32); r.next(2) };
            CONST64_16(r) = { r.set64(r.a(), r.i1() as u64); r.next(2) };
            // imm32
            CONST32(r) = { r.set(r.a(), r.imm32(1)); r.next(3) };
            // imm64
            CONST64(r) = { r.set64(r.a(), u64::from(r.imm32(1)) | u64::from(r.imm32(3)) << 32); r.next(5) };
            // a = condition8 ? b : c
            SELECT(r) = {
                r.set(r.a(), r.choose(r.fp));
                r.next(3)
            };
            // a = condition8 ? imm8 in b : imm8 in c
            SELECT_IMM(r) = {
                r.set(r.a(), select_unpredictable(r.get(D) != 0, r.b_imm(), r.c_imm()));
                r.next(3)
            };
            SELECT64(r) = {
                r.set64(r.a(), r.choose(r.fp.cast::<Wide>()).0);
                r.next(3)
            };
            // global's slot16
            GLOBAL_GET(r) = { r.set(r.a(), *(*r.cx).globals.add(r.u1())); r.next(2) };
            GLOBAL_SET(r) = { *(*r.cx).globals.add(r.u1()) = r.get(A); r.next(2) };

            // 32-bit integers: a = b op c.
            ADD(r) = r.bin(u32::wrapping_add);
            SUB(r) = r.bin(u32::wrapping_sub);
            MUL(r) = r.bin(u32::wrapping_mul);
            AND(r) = r.bin(|x, y| x & y);
            OR(r) = r.bin(|x, y| x | y);
            XOR(r) = r.bin(|x, y| x ^ y);
            SHL(r) = r.bin(u32::wrapping_shl);
            SHR_S(r) = r.bin(|x, y| (x as i32).wrapping_shr(y) as u32);
            SHR_U(r) = r.bin(u32::wrapping_shr);
            DIV_S(r) = r.bin_trap(div_s);
            DIV_U(r) = r.bin_trap(div_u);
            REM_S(r) = r.bin_trap(rem_s);
            REM_U(r) = r.bin_trap(rem_u);
            // a = b op imm8, in the order above
            ADD_IMM(r) = r.bin_imm(u32::wrapping_add);
            RSUB_IMM(r) = r.bin_imm(|x, y| y.wrapping_sub(x));
            MUL_IMM(r) = r.bin_imm(u32::wrapping_mul);
            AND_IMM(r) = r.bin_imm(|x, y| x & y);
            OR_IMM(r) = r.bin_imm(|x, y| x | y);
            XOR_IMM(r) = r.bin_imm(|x, y| x ^ y);
            SHL_IMM(r) = r.bin_imm(u32::wrapping_shl);
            SHR_S_IMM(r) = r.bin_imm(|x, y| (x as i32).wrapping_shr(y) as u32);
            SHR_U_IMM(r) = r.bin_imm(u32::wrapping_shr);
            ROTL_IMM(r) = r.bin_imm(|x, y| x.rotate_left(y & 31));
            // a += imm8 in c; b is a
            STEP(r) = {
                r.set(r.a(), r.get(A).wrapping_add(r.c_imm()));
                r.next(2)
            };
            // a = b op imm32
            ADD_IMM32(r) = r.bin_imm32(u32::wrapping_add);
            MUL_IMM32(r) = r.bin_imm32(u32::wrapping_mul);
            AND_IMM32(r) = r.bin_imm32(|x, y| x & y);
            // a = b op imm16 in unit 2, neither 0 nor -1
            DIV_S_IMM(r) = r.div_imm(|x, y| (x as i32).checked_div(y).unwrap_or_default() as u32);
            DIV_U_IMM(r) = r.div_imm(|x, y| x.checked_div(y as u32).unwrap_or_default());
            REM_S_IMM(r) = r.div_imm(|x, y| (x as i32).checked_rem(y).unwrap_or_default() as u32);
            REM_U_IMM(r) = r.div_imm(|x, y| x.checked_rem(y as u32).unwrap_or_default());
            // a = b * c + d8; a = (b << imm8 in unit 2) + c
            MUL_ADD(r) = {
                let product = r.get(B).wrapping_mul(r.get(C));
                r.set(r.a(), product.wrapping_add(r.get(D)));
                r.next(3)
            };
            SHL_ADD(r) = {
                let shifted = r.get(B).wrapping_shl(u32::from(r.unit(2)));
                r.set(r.a(), shifted.wrapping_add(r.get(C)));
                r.next(3)
            };
            // a = b + c + d8
            ADD3(r) = {
                let sum = r.get(B).wrapping_add(r.get(C));
                r.set(r.a(), sum.wrapping_add(r.get(D)));
                r.next(3)
            };
            // a = (b shifted or rotated by imm8 in unit 2) ^ c
            SHL_XOR(r) = r.shift_xor(|x, by| x.wrapping_shl(by));
            SHR_U_XOR(r) = r.shift_xor(|x, by| x.wrapping_shr(by));
            ROTL_XOR(r) = r.shift_xor(|x, by| x.rotate_left(by & 31));
            EXTEND8(r) = { r.set(r.a(), r.get(B) as i8 as u32); r.next(2) };
            EXTEND16(r) = { r.set(r.a(), r.get(B) as i16 as u32); r.next(2) };
            AND_FF(r) = { r.set(r.a(), r.get(B) & 0xff); r.next(2) };

            // Comparisons: a = b op c; an odd opcode distance is the opposite comparison.
            EQ(r) = r.bin(|x, y| u32::from(x == y));
            NE(r) = r.bin(|x, y| u32::from(x != y));
            LT_S(r) = r.bin(|x, y| u32::from((x as i32) < y as i32));
            GE_S(r) = r.bin(|x, y| u32::from(x as i32 >= y as i32));
            LT_U(r) = r.bin(|x, y| u32::from(x < y));
            GE_U(r) = r.bin(|x, y| u32::from(x >= y));
            // a = b op imm16 in unit 2
            EQ_IMM(r) = r.cmp_imm(|x, y| x == y);
            NE_IMM(r) = r.cmp_imm(|x, y| x != y);
            LT_S_IMM(r) = r.cmp_imm(|x, y| (x as i32) < y as i32);
            GE_S_IMM(r) = r.cmp_imm(|x, y| x as i32 >= y as i32);
            LT_U_IMM(r) = r.cmp_imm(|x, y| x < y);
            GE_U_IMM(r) = r.cmp_imm(|x, y| x >= y);
            EQ64(r) = r.cmp64(|x, y| x == y);
            NE64(r) = r.cmp64(|x, y| x != y);
            LT_S64(r) = r.cmp64(|x, y| (x as i64) < y as i64);
            GE_S64(r) = r.cmp64(|x, y| x as i64 >= y as i64);
            LT_U64(r) = r.cmp64(|x, y| x < y);
            GE_U64(r) = r.cmp64(|x, y| x >= y);
            EQZ64(r) = { r.set(r.a(), u32::from(r.get64(B) == 0)); r.next(2) };
            NEZ64(r) = { r.set(r.a(), u32::from(r.get64(B) != 0)); r.next(2) };
            F32_LT(r) = r.f32_cmp(|x, y| x < y);
            F32_LE(r) = r.f32_cmp(|x, y| x <= y);
            F64_EQ(r) = r.f64_cmp(|x, y| x == y);
            F64_NE(r) = r.f64_cmp(|x, y| x != y);
            F64_LT(r) = r.f64_cmp(|x, y| x < y);
            F64_LE(r) = r.f64_cmp(|x, y| x <= y);

            // Compare and branch: a op b | offset16, in the order of the comparisons.
            BR_EQ(r) = r.br_cmp(|x, y| x == y);
            BR_NE(r) = r.br_cmp(|x, y| x != y);
            BR_LT_S(r) = r.br_cmp(|x, y| (x as i32) < y as i32);
            BR_GE_S(r) = r.br_cmp(|x, y| x as i32 >= y as i32);
            BR_LT_U(r) = r.br_cmp(|x, y| x < y);
            BR_GE_U(r) = r.br_cmp(|x, y| x >= y);
            // a op imm16 | offset16
            BR_EQ_IMM(r) = r.br_cmp_imm(|x, y| x == y);
            BR_NE_IMM(r) = r.br_cmp_imm(|x, y| x != y);
            BR_LT_S_IMM(r) = r.br_cmp_imm(|x, y| (x as i32) < y as i32);
            BR_GE_S_IMM(r) = r.br_cmp_imm(|x, y| x as i32 >= y as i32);
            BR_LT_U_IMM(r) = r.br_cmp_imm(|x, y| x < y);
            BR_GE_U_IMM(r) = r.br_cmp_imm(|x, y| x >= y);
            // a op imm32 | offset16
            BR_EQ_IMM32(r) = r.br_cmp_imm32(|x, y| x == y);
            BR_NE_IMM32(r) = r.br_cmp_imm32(|x, y| x != y);
            BR_LT_U_IMM32(r) = r.br_cmp_imm32(|x, y| x < y);
            BR_GE_U_IMM32(r) = r.br_cmp_imm32(|x, y| x >= y);
            // 64 bits: a op b | offset16
            BR_EQ64(r) = r.br_cmp64(|x, y| x == y);
            BR_NE64(r) = r.br_cmp64(|x, y| x != y);
            BR_LT_S64(r) = r.br_cmp64(|x, y| (x as i64) < y as i64);
            BR_GE_S64(r) = r.br_cmp64(|x, y| x as i64 >= y as i64);
            BR_LT_U64(r) = r.br_cmp64(|x, y| x < y);
            BR_GE_U64(r) = r.br_cmp64(|x, y| x >= y);
            // a op imm16 | offset16
            BR_EQ64_IMM(r) = r.branch(r.get64(A) == r.i1() as u64, 3);
            BR_NE64_IMM(r) = r.branch(r.get64(A) != r.i1() as u64, 3);
            // Floats: a op b, or its opposite, which a NaN makes true | offset16
            BR_F64_LT(r) = r.br_cmp64(|x, y| f64::from_bits(x) < f64::from_bits(y));
            BR_F64_NOT_LT(r) = r.br_cmp64(|x, y| !(f64::from_bits(x) < f64::from_bits(y)));
            BR_F64_LE(r) = r.br_cmp64(|x, y| f64::from_bits(x) <= f64::from_bits(y));
            BR_F64_NOT_LE(r) = r.br_cmp64(|x, y| !(f64::from_bits(x) <= f64::from_bits(y)));
            // Add and branch: a = b + imm8 in c | offset16
            ADD_BR(r) = {
                let x = r.get(B).wrapping_add(r.c_imm());
                r.step_branch(x, true, 3)
            };
            // Add, compare and branch: a += imm8 in b; a op c | offset16
            ADD_BR_NE(r) = r.add_br(|x, y| x != y);
            ADD_BR_LT_S(r) = r.add_br(|x, y| (x as i32) < y as i32);
            // a += imm8 in b; a op imm16 | offset16
            ADD_BR_NE_IMM(r) = r.add_br_imm(|x, y| x != y);
            ADD_BR_LT_S_IMM(r) = r.add_br_imm(|x, y| (x as i32) < y as i32);

            // 64-bit integers.
            ADD64(r) = r.bin64(u64::wrapping_add);
            SUB64(r) = r.bin64(u64::wrapping_sub);
            MUL64(r) = r.bin64(u64::wrapping_mul);
            AND64(r) = r.bin64(|x, y| x & y);
            OR64(r) = r.bin64(|x, y| x | y);
            XOR64(r) = r.bin64(|x, y| x ^ y);
            // c has 32 bits, which are sign-extended
            ADD64_EXTEND_S(r) = r.bin_extend_s(u64::wrapping_add);
            MUL64_EXTEND_S(r) = r.bin_extend_s(u64::wrapping_mul);
            // a = b op imm8
            ADD64_IMM(r) = r.bin64_imm(u64::wrapping_add);
            MUL64_IMM(r) = r.bin64_imm(u64::wrapping_mul);
            AND64_IMM(r) = r.bin64_imm(|x, y| x & y);
            SHL64_IMM(r) = r.bin64_imm(|x, y| x.wrapping_shl(y as u32));
            SHR_S64_IMM(r) = r.bin64_imm(|x, y| (x as i64).wrapping_shr(y as u32) as u64);
            SHR_U64_IMM(r) = r.bin64_imm(|x, y| x.wrapping_shr(y as u32));
            ROTL64_IMM(r) = r.bin64_imm(|x, y| x.rotate_left(y as u32 & 63));
            // a += imm8 in c; b is a
            STEP64(r) = {
                r.set64(r.a(), r.get64(A).wrapping_add(r.c_imm() as i32 as u64));
                r.next(2)
            };
            // a = (b rotated by imm8 in unit 2) ^ c
            ROTL_XOR64(r) = {
                let x = r.get64(B).rotate_left(u32::from(r.unit(2)) & 63);
                r.set64(r.a(), x ^ r.get64(C));
                r.next(3)
            };
            EXTEND_S(r) = { r.set64(r.a(), r.get(B) as i32 as u64); r.next(2) };
            EXTEND_U(r) = { r.set64(r.a(), u64::from(r.get(B))); r.next(2) };

            // Floats.
            F32_ADD(r) = r.f32_bin(|x, y| x + y);
            F32_SUB(r) = r.f32_bin(|x, y| x - y);
            F32_MUL(r) = r.f32_bin(|x, y| x * y);
            F32_DIV(r) = r.f32_bin(|x, y| x / y);
            F64_ADD(r) = r.f64_bin(|x, y| x + y);
            F64_SUB(r) = r.f64_bin(|x, y| x - y);
            F64_MUL(r) = r.f64_bin(|x, y| x * y);
            F64_DIV(r) = r.f64_bin(|x, y| x / y);
            // a = b op constant64
            F64_ADD_CONST(r) = r.f64_const(|x, y| x + y);
            F64_MUL_CONST(r) = r.f64_const(|x, y| x * y);
            // a = b * c + d8; a = d8 - b * c; each step rounds
            F32_MUL_ADD(r) = r.f32_mul(|product, z| product + z);
            F32_MUL_RSUB(r) = r.f32_mul(|product, z| z - product);
            F64_MUL_ADD(r) = r.f64_mul(|product, z| product + z);
            F64_MUL_RSUB(r) = r.f64_mul(|product, z| z - product);
            // sub-operation in b's place, operand b in c's | operand c8 when there is one
            RARE(r) = {
                match crate::exec::rare::run(r.fp, r.ip, r.cx) {
                    0 => Err((r, (*r.cx).exit)),
                    units => r.next(units),
                }
            };

            // Loads: a = [b + offset], the forms in this order:
            // offset8 in c; offset32; imm32 added to b with wrapping, offset8 in c; c added to b with
            // wrapping, offset16; address16, for 32 and 64 bits only.
            LOAD32(r) = r.load(r.get(B), r.c() as u32, 2, |x: u32| x);
            LOAD32_FAR(r) = r.load(r.get(B), r.imm32(2), 4, |x: u32| x);
            LOAD32_ADD(r) = r.load(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, |x: u32| x);
            LOAD32_INDEX(r) = r.load(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, |x: u32| x);
            LOAD32_ABS(r) = r.load(0, r.u1() as u32, 2, |x: u32| x);
            LOAD8_U(r) = r.load(r.get(B), r.c() as u32, 2, |x: u8| x.into());
            LOAD8_U_FAR(r) = r.load(r.get(B), r.imm32(2), 4, |x: u8| x.into());
            LOAD8_U_ADD(r) = r.load(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, |x: u8| x.into());
            LOAD8_U_INDEX(r) = r.load(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, |x: u8| x.into());
            LOAD8_S(r) = r.load(r.get(B), r.c() as u32, 2, |x: i8| x as u32);
            LOAD8_S_FAR(r) = r.load(r.get(B), r.imm32(2), 4, |x: i8| x as u32);
            LOAD8_S_ADD(r) = r.load(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, |x: i8| x as u32);
            LOAD8_S_INDEX(r) = r.load(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, |x: i8| x as u32);
            LOAD16_U(r) = r.load(r.get(B), r.c() as u32, 2, |x: u16| x.into());
            LOAD16_U_FAR(r) = r.load(r.get(B), r.imm32(2), 4, |x: u16| x.into());
            LOAD16_U_ADD(r) = r.load(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, |x: u16| x.into());
            LOAD16_U_INDEX(r) = r.load(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, |x: u16| x.into());
            LOAD16_S(r) = r.load(r.get(B), r.c() as u32, 2, |x: i16| x as u32);
            LOAD64(r) = r.load64(r.get(B), r.c() as u32, 2);
            LOAD64_FAR(r) = r.load64(r.get(B), r.imm32(2), 4);
            LOAD64_ADD(r) = r.load64(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4);
            LOAD64_INDEX(r) = r.load64(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3);
            LOAD64_ABS(r) = r.load64(0, r.u1() as u32, 2);
            // Loads of 32 bits into 64.
            LOAD32_U64(r) = r.load_u64(r.get(B), r.c() as u32, 2);
            LOAD32_U64_FAR(r) = r.load_u64(r.get(B), r.imm32(2), 4);
            LOAD32_U64_ADD(r) = r.load_u64(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4);
            LOAD32_U64_INDEX(r) = r.load_u64(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3);
            // Stores: [b + offset] = a, in the same forms.
            STORE32(r) = r.store(r.get(B), r.c() as u32, 2, r.get(A));
            STORE32_FAR(r) = r.store(r.get(B), r.imm32(2), 4, r.get(A));
            STORE32_ADD(r) = r.store(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, r.get(A));
            STORE32_INDEX(r) = r.store(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, r.get(A));
            STORE32_ABS(r) = r.store(0, r.u1() as u32, 2, r.get(A));
            STORE8(r) = r.store(r.get(B), r.c() as u32, 2, r.get(A) as u8);
            STORE8_FAR(r) = r.store(r.get(B), r.imm32(2), 4, r.get(A) as u8);
            STORE8_ADD(r) = r.store(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, r.get(A) as u8);
            STORE8_INDEX(r) = r.store(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, r.get(A) as u8);
            STORE16(r) = r.store(r.get(B), r.c() as u32, 2, r.get(A) as u16);
            STORE16_FAR(r) = r.store(r.get(B), r.imm32(2), 4, r.get(A) as u16);
            STORE16_ADD(r) = r.store(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, r.get(A) as u16);
            STORE16_INDEX(r) = r.store(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, r.get(A) as u16);
            STORE64(r) = r.store(r.get(B), r.c() as u32, 2, r.get64(A));
            STORE64_FAR(r) = r.store(r.get(B), r.imm32(2), 4, r.get64(A));
            STORE64_ADD(r) = r.store(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, r.get64(A));
            STORE64_INDEX(r) = r.store(r.get(B).wrapping_add(r.get(C)), u32::from(r.unit(2)), 3, r.get64(A));
            STORE64_ABS(r) = r.store(0, r.u1() as u32, 2, r.get64(A));
            // [b + offset8 in c] = imm8 in a; the same with imm32 added to b with wrapping
            STORE32_IMM(r) = r.store(r.get(B), r.c() as u32, 2, r.a_imm());
            STORE32_IMM_ADD(r) = r.store(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, r.a_imm());
            STORE8_IMM(r) = r.store(r.get(B), r.c() as u32, 2, r.a_imm() as u8);
            STORE8_IMM_ADD(r) = r.store(r.get(B).wrapping_add(r.imm32(2)), r.c() as u32, 4, r.a_imm() as u8);
        }
    };
}

/// Moves the arguments to the frame's start and enters the function that starts at `func` in place of the running function.
///
/// # Safety
/// As for the methods of [`Regs`]; `first` is the arguments' first slot and `link` the return address's.
#[inline(always)]
pub(crate) unsafe fn tail_call(mut r: Regs, func: *const u16, first: usize, link: usize) -> Regs {
    // SAFETY: the arguments and both links are inside the frame or its reserve above the soft limit.
    unsafe {
        let back = r.fp.add(link).cast::<*const u16>().read_unaligned();
        let params = params(func);
        ptr::copy(r.fp.add(first), r.fp, params);
        r.fp.add(params).cast::<*const u16>().write_unaligned(back);
        r.ip = func;
    }
    r
}

macro_rules! define {
    ($($name:ident($r:ident) = $body:expr;)*) => {
        /// The opcodes.
        pub(crate) mod op {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Number { $($name),* }
            $(pub(crate) const $name: u8 = {
                assert!((Number::$name as usize) < 256);
                Number::$name as u8
            };)*
            /// How many there are.
            pub(crate) const COUNT: usize = [$(Number::$name),*].len();
        }
        /// What each operation does.
        pub(crate) mod run {
            #[allow(clippy::wildcard_imports, unused_imports)]
            use super::*;
            $(#[inline(always)]
            // An unordered pair of floats must fail what negates a comparison.
            #[allow(non_snake_case, unused_mut, unused_unsafe, clippy::missing_safety_doc, clippy::neg_cmp_op_on_partial_ord)]
            pub(crate) unsafe fn $name(mut $r: Regs) -> Flow {
                // SAFETY: the contract of the methods of `Regs`.
                unsafe { $body }
            })*
        }
    };
}
for_each_op!(define);
pub(crate) use for_each_op;
