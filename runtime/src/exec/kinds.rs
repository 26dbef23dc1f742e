//! The kinds of pairs, as a macro: `pairs.rs` makes their opcodes of it, the threaded back end their handlers.

/// Calls a macro with the kinds of pairs, those with the same first operation together, and of these those first that hand
/// on: the opcode, the first operation, and the second, which is run without a dispatch, and to which the first one hands
/// what it made (`feeds`) or not (`precedes`). What `hands` on what was made last, in the register for integers or in the
/// one for floats, is followed by any operation that takes it.
macro_rules! for_each_pair {
    ($use:ident) => {
        $use! {
            MOV__BR_IF = MOV precedes BR_IF;
            MOV__INT = MOV hands int;
            CONST16__SELECT = CONST16 precedes SELECT;
            CONST16__INT = CONST16 hands int;
            CONST64__F64_DIV__FLOAT = CONST64 precedes F64_DIV hands float;
            SELECT__INT = SELECT hands int;
            ADD__LOAD32_ADD__INT = ADD feeds LOAD32_ADD hands int;
            ADD__INT = ADD hands int;
            SUB__ADD = SUB feeds ADD;
            SUB__INT = SUB hands int;
            OR__INT = OR hands int;
            XOR__INT = XOR hands int;
            ADD_IMM__LT_U_IMM = ADD_IMM feeds LT_U_IMM;
            ADD_IMM__BR_GE_U_IMM = ADD_IMM feeds BR_GE_U_IMM;
            ADD_IMM__INT = ADD_IMM hands int;
            MUL_IMM__INT = MUL_IMM hands int;
            AND_IMM__INT = AND_IMM hands int;
            OR_IMM__MUL_IMM__INT = OR_IMM feeds MUL_IMM hands int;
            SHL_IMM__ADD_IMM32__INT = SHL_IMM feeds ADD_IMM32 hands int;
            SHL_IMM__ADD_IMM32 = SHL_IMM feeds ADD_IMM32;
            SHL_IMM__INT = SHL_IMM hands int;
            SHR_U_IMM__ADD = SHR_U_IMM feeds ADD;
            SHR_U_IMM__INT = SHR_U_IMM hands int;
            STEP__STEP = STEP precedes STEP;
            STEP__ADD_BR_NE_IMM = STEP precedes ADD_BR_NE_IMM;
            STEP__INT = STEP hands int;
            ADD_IMM32__LOAD32__INT = ADD_IMM32 feeds LOAD32 hands int;
            ADD_IMM32__LOAD64__INT = ADD_IMM32 feeds LOAD64 hands int;
            ADD_IMM32__LOAD32 = ADD_IMM32 feeds LOAD32;
            ADD_IMM32__INT = ADD_IMM32 hands int;
            AND_IMM32__INT = AND_IMM32 hands int;
            DIV_S_IMM__ADD__INT = DIV_S_IMM feeds ADD hands int;
            DIV_U_IMM__MUL_IMM = DIV_U_IMM feeds MUL_IMM;
            SHL_ADD__LOAD32__INT = SHL_ADD feeds LOAD32 hands int;
            SHL_XOR__SHR_U_XOR__INT = SHL_XOR feeds SHR_U_XOR hands int;
            SHL_XOR__INT = SHL_XOR hands int;
            AND_FF__LOAD8_U_ADD__INT = AND_FF precedes LOAD8_U_ADD hands int;
            AND_FF__INT = AND_FF hands int;
            NE__ADD = NE feeds ADD;
            LT_S__SELECT__INT = LT_S feeds SELECT hands int;
            LT_S__SELECT = LT_S feeds SELECT;
            LT_S_IMM__BR_IF = LT_S_IMM feeds BR_IF;
            LT_S64__SELECT__INT = LT_S64 feeds SELECT hands int;
            F64_LT__SELECT64__FLOAT = F64_LT feeds SELECT64 hands float;
            ADD64__STORE32 = ADD64 feeds STORE32;
            ADD64__INT = ADD64 hands int;
            MUL64_EXTEND_S__SHR_S64_IMM__INT = MUL64_EXTEND_S feeds SHR_S64_IMM hands int;
            MUL64_EXTEND_S__SHR_S64_IMM = MUL64_EXTEND_S feeds SHR_S64_IMM;
            MUL64_IMM__STEP64 = MUL64_IMM feeds STEP64;
            AND64_IMM__SELECT64__INT = AND64_IMM feeds SELECT64 hands int;
            AND64_IMM__SELECT64 = AND64_IMM feeds SELECT64;
            SHL64_IMM__INT = SHL64_IMM hands int;
            STEP64__SHR_U64_IMM = STEP64 precedes SHR_U64_IMM;
            STEP64__INT = STEP64 hands int;
            SHR_S64_IMM__ADD64 = SHR_S64_IMM feeds ADD64;
            F32_MUL__LOAD32_ADD = F32_MUL precedes LOAD32_ADD;
            F64_ADD__F64_MUL_ADD__FLOAT = F64_ADD feeds F64_MUL_ADD hands float;
            F64_ADD__F64_MUL_ADD = F64_ADD feeds F64_MUL_ADD;
            F64_ADD__FLOAT = F64_ADD hands float;
            F64_SUB__F64_ADD__FLOAT = F64_SUB feeds F64_ADD hands float;
            F64_SUB__F64_SUB = F64_SUB feeds F64_SUB;
            F64_SUB__FLOAT = F64_SUB hands float;
            F64_MUL__F64_ADD = F64_MUL feeds F64_ADD;
            F64_MUL__F64_MUL = F64_MUL feeds F64_MUL;
            F64_MUL__FLOAT = F64_MUL hands float;
            F64_DIV__FLOAT = F64_DIV hands float;
            F64_MUL_ADD__F64_ADD__FLOAT = F64_MUL_ADD feeds F64_ADD hands float;
            LOAD32__F32_MUL_ADD__INT = LOAD32 feeds F32_MUL_ADD hands int;
            LOAD32__INT = LOAD32 hands int;
            LOAD32_ADD__MUL64_EXTEND_S__INT = LOAD32_ADD feeds MUL64_EXTEND_S hands int;
            LOAD32_ADD__EXTEND_S = LOAD32_ADD feeds EXTEND_S;
            LOAD32_ADD__INT = LOAD32_ADD hands int;
            LOAD8_U__BR_EQ_IMM = LOAD8_U feeds BR_EQ_IMM;
            LOAD8_U__BR_EQ = LOAD8_U precedes BR_EQ;
            LOAD8_U__INT = LOAD8_U hands int;
            LOAD8_U_ADD__BR_IF = LOAD8_U_ADD feeds BR_IF;
            LOAD8_U_ADD__INT = LOAD8_U_ADD hands int;
            LOAD8_S_ADD__INT = LOAD8_S_ADD hands int;
            LOAD64__F64_ADD__FLOAT = LOAD64 feeds F64_ADD hands float;
            LOAD64__FLOAT = LOAD64 hands float;
            LOAD64_ADD__F64_SUB__FLOAT = LOAD64_ADD feeds F64_SUB hands float;
            LOAD64_ADD__F64_MUL = LOAD64_ADD feeds F64_MUL;
            LOAD64_ADD__F64_MUL_ADD = LOAD64_ADD feeds F64_MUL_ADD;
            LOAD64_ADD__STORE64_ADD = LOAD64_ADD feeds STORE64_ADD;
            LOAD64_ADD__FLOAT = LOAD64_ADD hands float;
            LOAD32_U64__ADD64 = LOAD32_U64 feeds ADD64;
            LOAD32_U64_ADD__MUL64__INT = LOAD32_U64_ADD feeds MUL64 hands int;
            STORE32__STEP = STORE32 precedes STEP;
        }
    };
}
pub(super) use for_each_pair;
