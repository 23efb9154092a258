//! A program of somebody else's, in Rust: run_clients builds and runs it.
use std::ffi::{c_char, c_int, CStr};

extern "C" {
    fn relu_fast_elu_float32(n: isize, x: *const f32, alpha: f32, y: *mut f32);
    fn relu_fast_isa() -> *const c_char;
    fn relu_fast_threads() -> c_int;
}

fn main() {
    let x = [f32::NEG_INFINITY, -1.0, 0.0, 1.5];
    let mut y = [0f32; 4];
    unsafe { relu_fast_elu_float32(4, x.as_ptr(), 0.5, y.as_mut_ptr()) };
    assert_eq!(y, [-0.5, (0.5 * (-1f64).exp_m1()) as f32, 0.0, 1.5]);
    let isa = unsafe { CStr::from_ptr(relu_fast_isa()) };
    println!("{}, {} threads: ok", isa.to_str().unwrap(), unsafe { relu_fast_threads() });
}
