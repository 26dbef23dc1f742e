//! `ps mem`: what is loaded, and what it takes.

use super::{MISUSED, none};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Output, put, putln};
use embedded_storage::nor_flash::NorFlash;

/// Width of a column of names.
const NAME_WIDTH: usize = 16;

/// Prints a name padded to its column.
fn column(out: &mut Output<'_>, name: &str) {
    put!(out, "{}", name);
    super::store::pad(out, NAME_WIDTH.saturating_sub(name.len()).max(1));
}

pub(super) fn ps<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    none(args)?;
    let session = &mut *context.session;
    // The list is printed while it is borrowed, so it is taken out of the session meanwhile.
    let instances = core::mem::replace(&mut session.instances, crate::instances::Instances::new());
    if context.json {
        context.answer(|json| {
            json.key("instances").begin('[');
            for loaded in instances.iter() {
                json.begin('{')
                    .key("name")
                    .text(loaded.alias.as_str())
                    .key("module")
                    .text(loaded.module.as_str());
                json.key("fuel").number(loaded.fuel).key("code").number(loaded.code);
                json.key("stack").number(loaded.stack_peak).key("stack_max").number(loaded.options.stack);
                json.key("memory").number(loaded.store.memory_committed());
                json.key("declared").number(loaded.store.memory_size()).end('}');
            }
            json.end(']').key("running").begin('[');
            for name in instances.running() {
                json.text(name.as_str());
            }
            json.end(']');
        });
    } else {
        let out = &mut context.out();
        column(out, "name");
        column(out, "module");
        putln!(out, "fuel, code, stack peak of most, memory committed of declared (bytes)");
        for loaded in instances.iter() {
            column(out, loaded.alias.as_str());
            column(out, loaded.module.as_str());
            put!(
                out,
                "{}, {}, {} of {}, ",
                loaded.fuel,
                loaded.code,
                loaded.stack_peak,
                loaded.options.stack
            );
            putln!(out, "{} of {}", loaded.store.memory_committed(), loaded.store.memory_size());
        }
        for name in instances.running() {
            column(out, name.as_str());
            putln!(out, "running");
        }
    }
    context.session.instances = instances;
    Ok(())
}

pub(super) fn mem<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    match (args.get(0), args.len()) {
        (None, _) => board(context),
        (Some(alias), 1) => return instance(context, alias),
        _ => return Err(MISUSED),
    }
    Ok(())
}

fn board<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>) {
    let heap = context.heap();
    let stack = context.session.console.board().stack();
    if context.json {
        return context.answer(|json| {
            json.key("heap").begin('{').key("total").number(heap.total).key("used").number(heap.used);
            json.key("peak").number(heap.peak).key("free").number(heap.free);
            json.key("largest_free").number(heap.largest_free).end('}').key("stack");
            match stack {
                Some(stack) => {
                    json.begin('{').key("total").number(stack.total).key("peak").number(stack.peak).end('}')
                }
                None => json.null(),
            };
        });
    }
    let out = &mut context.out();
    put!(out, "heap {} B, used {}, peak {}, free {}, ", heap.total, heap.used, heap.peak, heap.free);
    putln!(out, "largest free block {}", heap.largest_free);
    match stack {
        Some(stack) => putln!(out, "stack {} B, peak {}", stack.total, stack.peak),
        None => putln!(out, "stack unknown on this board"),
    }
}

fn instance<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    alias: &'e str,
) -> Result<(), Error<'e>> {
    let loaded = context.session.instances.get(alias)?;
    let (committed, declared) = (loaded.store.memory_committed(), loaded.store.memory_size());
    let (code, options) = (loaded.code, loaded.options);
    let (peak, stack) = (loaded.stack_peak, loaded.store.stack_size());
    if context.json {
        context.answer(|json| {
            json.key("code").number(code).key("memory").number(committed).key("declared").number(declared);
            json.key("stack")
                .number(stack)
                .key("stack_peak")
                .number(peak)
                .key("stack_max")
                .number(options.stack);
            json.key("heap_max").number(options.heap);
        });
    } else {
        let out = &mut context.out();
        putln!(out, "code {} B", code);
        putln!(out, "linear memory {} B committed of {} declared", committed, declared);
        putln!(out, "value stack {} B, peak {}, at most {}", stack, peak, options.stack);
        putln!(out, "malloc heap at most {} B, inside linear memory", options.heap);
    }
    Ok(())
}
