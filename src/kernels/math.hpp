// exp, sin, cos and tanh of our own: a C library's differ in the last bit from one version to the next, and one
// bit is one bit too many for a fleet that must agree. Each is a fixed sequence of IEEE operations; the vector
// kernels perform the same sequence in every lane.
#pragma once

namespace minnow::kernels {

// Within 2 units in the last place over the range where the result is normal; exp_f32(-inf) = 0.
float exp_f32(float x) noexcept;
float tanh_f32(float x) noexcept;

// Double precision for position tables, within 1e-12 absolute for |x| < 2^30.
double sin_f64(double x) noexcept;
double cos_f64(double x) noexcept;
// base^exponent for base > 0, within 1e-14 relative.
double pow_f64(double base, double exponent) noexcept;
double log_f64(double x) noexcept;
double exp_f64(double x) noexcept;

}  // namespace minnow::kernels
