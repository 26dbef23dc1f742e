//! Operations that the driver does: what touches the store, or may take long.

use crate::numbered::numbered;

numbered! {
    /// The sub-operations of `DRIVER`, in operand a. Unit 1 is the first operand's slot, which is the
    /// result's too; further operands follow in the slots behind it. Units 2 and 3 are indices.
    pub(crate) enum DriverOp {
        /// The end of a call into another instance.
        Leave
        MemorySize MemoryGrow MemoryFill MemoryCopy MemoryInit DataDrop
        /// Unit 2 is the table.
        TableGet TableSet TableSize TableGrow TableFill
        /// Unit 2 is the table written to, unit 3 the one read from.
        TableCopy
        /// Unit 2 is the segment, unit 3 the table.
        TableInit
        ElemDrop
        /// Unit 2 is the function.
        RefFunc
        /// Unit 2 is the imported mutable global.
        GlobalGet GlobalSet
        /// Unit 2 is the type, unit 3 the table, unit 4 the frame's base; three units of 0 follow.
        CallIndirect
        /// Unit 2 is the type, unit 3 the table, unit 4 the arguments' first slot, unit 5 the link's; when the
        /// function is of another instance the call returns behind, and the results are at the first slot.
        ReturnCallIndirect
    }
}

impl DriverOp {
    /// Units of the operation.
    pub(crate) fn units(self) -> usize {
        match self {
            Self::CallIndirect => 8,
            Self::ReturnCallIndirect => 6,
            _ => 4,
        }
    }
}
