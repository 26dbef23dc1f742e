//! Allocation that reports failure as a value: what `alloc` lacks on stable Rust.

#![expect(unsafe_code, reason = "a fallible Box and Rc need the raw allocator")]

use alloc::alloc::{Layout, alloc, dealloc};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::{self, NonNull};

use crate::error::OutOfMemory;

type Result<T> = core::result::Result<T, OutOfMemory>;

/// Makes room for one more element, or reports that memory ran out. A vector grows by half: by its double, as `Vec`
/// does, the heap's peak is higher.
// Where flash is short, once for a type.
pub(crate) fn reserve_one<T>(vec: &mut Vec<T>) -> Result<()> {
    if vec.len() == vec.capacity() {
        vec.try_reserve_exact((vec.len() / 2).max(4)).map_err(|_| OutOfMemory)?;
    }
    Ok(())
}

/// Appends to a vector, or reports that memory ran out.
#[cfg_attr(target_os = "none", inline(never))]
pub(crate) fn push<T>(vec: &mut Vec<T>, value: T) -> Result<()> {
    reserve_one(vec)?;
    let len = vec.len();
    // `Vec::push` would have its own way to grow.
    // SAFETY: there is room behind the last element, and an element there afterwards.
    unsafe {
        vec.as_mut_ptr().add(len).write(value);
        vec.set_len(len + 1);
    }
    Ok(())
}

/// Appends copies of a slice's elements, or reports that memory ran out.
pub(crate) fn append<T: Copy>(vec: &mut Vec<T>, slice: &[T]) -> Result<()> {
    let len = vec.len();
    if vec.capacity() - len < slice.len() {
        vec.try_reserve_exact(slice.len().max(len / 2)).map_err(|_| OutOfMemory)?;
    }
    // SAFETY: there is room behind the last element for the slice, which is none of the vector's, and there are elements
    // afterwards.
    unsafe {
        vec.as_mut_ptr().add(len).copy_from_nonoverlapping(slice.as_ptr(), slice.len());
        vec.set_len(len + slice.len());
    }
    Ok(())
}

/// Lengthens a vector to `len` elements by copies of a value, or reports that memory ran out.
pub(crate) fn lengthen<T: Copy>(vec: &mut Vec<T>, len: usize, value: T) -> Result<()> {
    let more = len.saturating_sub(vec.len());
    vec.try_reserve_exact(more).map_err(|_| OutOfMemory)?;
    for place in vec.spare_capacity_mut().iter_mut().take(more) {
        place.write(value);
    }
    // SAFETY: there is room for so many elements, and as many were written.
    unsafe { vec.set_len(vec.len() + more) };
    Ok(())
}

/// Puts an element in front of the one at `at`, or reports that memory ran out.
pub(crate) fn insert<T: Copy>(vec: &mut Vec<T>, at: usize, value: T) -> Result<()> {
    push(vec, value)?;
    if let Some(behind) = vec.get_mut(at..)
        && let Some(moved) = behind.len().checked_sub(1)
    {
        behind.copy_within(..moved, 1);
        behind.iter_mut().take(1).for_each(|place| *place = value);
    }
    Ok(())
}

/// Makes an empty vector that holds exactly `len` elements without growing.
pub(crate) fn with_capacity<T>(len: usize) -> Result<Vec<T>> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(len).map_err(|_| OutOfMemory)?;
    Ok(vec)
}

/// Makes a boxed slice of `len` copies of a value.
pub(crate) fn filled<T: Copy>(value: T, len: usize) -> Result<Box<[T]>> {
    let mut vec = Vec::new();
    lengthen(&mut vec, len, value)?;
    exact(vec)
}

/// Copies a slice to the heap.
pub(crate) fn copied<T: Copy>(slice: &[T]) -> Result<Box<[T]>> {
    let mut vec = Vec::new();
    append(&mut vec, slice)?;
    exact(vec)
}

/// Turns a vector into a boxed slice of its exact size without the infallible reallocation of `into_boxed_slice`.
pub(crate) fn exact<T>(mut vec: Vec<T>) -> Result<Box<[T]>> {
    shrink(&mut vec);
    if vec.capacity() != vec.len() {
        return Err(OutOfMemory);
    }
    let mut vec = ManuallyDrop::new(vec);
    let slice = ptr::slice_from_raw_parts_mut(vec.as_mut_ptr(), vec.len());
    // SAFETY: the elements are the vector's whole allocation, which is forgotten.
    Ok(unsafe { Box::from_raw(slice) })
}

/// Moves a vector's elements to an allocation of their exact size; when there is none, they stay where they are.
pub(crate) fn shrink<T>(vec: &mut Vec<T>) {
    const { assert!(align_of::<T>() <= MAX_ALIGN) };
    let (capacity, len) = (vec.capacity(), vec.len());
    // SAFETY: a vector's pointer is not null.
    let place = unsafe { NonNull::new_unchecked(vec.as_mut_ptr()) };
    // SAFETY: `place` is the vector's allocation for so many elements, some of which it has.
    if let Ok(place) = unsafe { fitted(place.cast(), Layout::new::<T>(), capacity, len) } {
        // SAFETY: the elements moved to `place`, which has room for just them; the vector's old place is gone, so it is
        // overwritten and not dropped.
        unsafe { ptr::write(vec, Vec::from_raw_parts(place.cast().as_ptr(), len, len)) };
    }
}

/// The alignment of a place for no elements of any type.
const MAX_ALIGN: usize = align_of::<u64>();

/// Moves a block of `capacity` elements to one of `len`: [`shrink`], once for all types.
///
/// # Safety
/// `place` is a block for `capacity` elements of this layout by the global allocator, or dangling where that takes
/// no bytes; `len` is no larger.
#[inline(never)]
unsafe fn fitted(place: NonNull<u8>, element: Layout, capacity: usize, len: usize) -> Result<NonNull<u8>> {
    let (from, to) = (element.size().wrapping_mul(capacity), element.size().wrapping_mul(len));
    if from == to {
        return Ok(place);
    }
    // SAFETY: the block has this layout.
    let layout = unsafe { Layout::from_size_align_unchecked(from, element.align()) };
    // SAFETY: the size is smaller than that of a layout with this alignment.
    let fitting = unsafe { Layout::from_size_align_unchecked(to, element.align()) };
    if to == 0 {
        // SAFETY: the caller's promise; the block has bytes, since it has more than none.
        unsafe { dealloc(place.as_ptr(), layout) };
        return Ok(NonNull::<u64>::dangling().cast());
    }
    // A block that shrinks where it is leaves a gap behind it; a copy may close one.
    // SAFETY: the size is not 0.
    let copy = NonNull::new(unsafe { alloc(fitting) }).ok_or(OutOfMemory)?;
    // SAFETY: the new block has `to` bytes, the old one more, and they are two; the old one is freed after its last use,
    // with its layout.
    unsafe {
        copy.copy_from_nonoverlapping(place, to);
        dealloc(place.as_ptr(), layout);
    }
    Ok(copy)
}

/// Moves a value to the heap: what `Box::try_new` will be.
///
/// # Errors
/// `OutOfMemory`; the value is dropped then.
pub fn boxed<T>(value: T) -> Result<Box<T>> {
    let layout = Layout::new::<T>();
    if layout.size() == 0 {
        // A zero-sized value takes no allocation, so this cannot fail.
        return Ok(Box::new(value));
    }
    // SAFETY: the layout's size is not zero.
    let place = unsafe { alloc(layout) }.cast::<T>();
    if place.is_null() {
        return Err(OutOfMemory);
    }
    // SAFETY: `place` is a fresh allocation of T's layout by the global allocator, which Box frees with.
    unsafe {
        place.write(value);
        Ok(Box::from_raw(place))
    }
}

struct Counted<T> {
    count: Cell<u32>,
    value: T,
}

/// A reference-counted value: `Rc` without weak references whose creation can fail.
pub(crate) struct Shared<T>(NonNull<Counted<T>>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Result<Self> {
        let place = Box::into_raw(boxed(Counted { count: Cell::new(1), value })?);
        // SAFETY: a pointer from `Box::into_raw` is not null.
        Ok(Self(unsafe { NonNull::new_unchecked(place) }))
    }
}

impl<T> Shared<T> {
    /// The value, while there is one reference to it.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        // SAFETY: the allocation lives while a `Shared` to it does, and this is the only one.
        let counted = unsafe { self.0.as_mut() };
        (counted.count.get() == 1).then_some(&mut counted.value)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        // SAFETY: the allocation lives while a `Shared` to it does.
        let count = unsafe { &self.0.as_ref().count };
        // Each clone is a live word in memory, so 2^32 of them do not fit a 32-bit address space; on a
        // 64-bit one the saturated count keeps the value for ever instead of freeing it early.
        count.set(count.get().saturating_add(1));
        Self(self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the allocation lives while a `Shared` to it does, and only shared references are given out.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: the allocation lives while a `Shared` to it does.
        let count = unsafe { &self.0.as_ref().count };
        match count.get() {
            1 => {
                // SAFETY: this was the last reference; the value is dropped once and its place given back
                // with the layout that `boxed` took it with.
                unsafe {
                    self.0.as_ptr().drop_in_place();
                    dealloc(self.0.as_ptr().cast(), Layout::new::<Counted<T>>());
                }
            }
            u32::MAX => {}
            n => count.set(n - 1),
        }
    }
}
