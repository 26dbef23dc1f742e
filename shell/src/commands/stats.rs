//! `ps mem`: what is loaded, and what it takes.

use embedded_storage::nor_flash::NorFlash;

use crate::answer::{Answer, Outcome};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::packed::packed;

/// Width of a column of names.
const NAME_WIDTH: usize = 16;

/// Puts a name into the next place, padded to its column.
fn column(answer: &mut Answer<'_>, name: &str) {
    answer.text(name).pad(NAME_WIDTH.saturating_sub(name.len()).max(1));
}

pub(super) fn ps<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>, args: &mut Args) -> Outcome {
    context.none(args)?;
    let (parts, mut answer) = context.begin_with();
    answer.form(packed!(
        "<\"instances\":[>name            module          \
         fuel, code, stack peak of most, memory committed of declared (bytes)\n"
    ));
    for loaded in parts.instances.iter() {
        answer.form(packed!(
            "<{>{name}{module}{fuel}, {code}, {stack} of {stack_max}, {memory} of {declared}<}>\n"
        ));
        column(&mut answer, loaded.alias.as_str());
        column(&mut answer, loaded.module.as_str());
        answer.number(loaded.fuel).number(loaded.code);
        answer.number(loaded.stack_peak).number(loaded.options.stack);
        answer.number(loaded.store.memory_committed()).number(loaded.store.memory_size());
    }
    answer.form(packed!("<],\"running\":[>"));
    for name in parts.instances.running() {
        column(answer.form(packed!("{}running\n")), name.as_str());
    }
    answer.form(packed!("<]>")).end(0);
    Ok(())
}

pub(super) fn mem<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    args.end_options();
    match (args.get(0), args.len()) {
        (None, _) => {
            board(context);
            Ok(())
        }
        (Some(alias), 1) => instance(context, alias),
        _ => Err(context.misused()),
    }
}

fn board<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>) {
    let heap = context.heap();
    let stack = context.session.console.board().stack();
    let mut answer = context.begin();
    answer.form(packed!(
        "<\"heap\":{>heap {total} B, used {used}, peak {peak}, free {free}, \
         largest free block {largest_free}<}>\n"
    ));
    answer.number(heap.total).number(heap.used).number(heap.peak).number(heap.free).number(heap.largest_free);
    match stack {
        Some(stack) => answer
            .form(packed!("<\"stack\":{>stack {total} B, peak {peak}<}>\n"))
            .number(stack.total)
            .number(stack.peak),
        None => answer.form(packed!("<\"stack\":null>stack unknown on this board\n")),
    };
    answer.end(0);
}

fn instance<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>, alias: &str) -> Outcome {
    let loaded = context.loaded(alias)?;
    let (committed, declared) = (loaded.store.memory_committed(), loaded.store.memory_size());
    let (code, options) = (loaded.code, loaded.options);
    let (peak, stack) = (loaded.stack_peak, loaded.store.stack_size());
    let mut answer = context.begin();
    answer.form(packed!("code {code} B\nlinear memory {memory} B committed of {declared} declared\n"));
    answer.number(code).number(committed).number(declared);
    answer.form(packed!("value stack {stack} B, peak {stack_peak}, at most {stack_max}\n"));
    answer.number(stack).number(peak).number(options.stack);
    answer
        .form(packed!("malloc heap at most {heap_max} B, inside linear memory\n"))
        .number(options.heap)
        .end(0);
    Ok(())
}
