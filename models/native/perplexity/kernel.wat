;; Arithmetic over one row of logits, four at a time. Rows are padded to a multiple of eight with very low values.
;; Assembled into kernel-bytes.ts by scripts/assemble-kernel.ts; test/models/native/kernel.test.ts assembles it again.
(module
  (import "assay" "memory" (memory 1 65536))

  ;; Largest value and its first index, and the sum of exp(x - largest) as llama-perplexity takes it: float exponentials
  ;; summed in double. Each exponential is left at $exps for $divergence.
  ;; Writes f64 sum, f32 largest, i32 index at $out. $length counts floats.
  (func (export "stats") (param $row i32) (param $length i32) (param $exps i32) (param $out i32)
    (local $bytes i32) (local $at i32) (local $index i32) (local $mask i32)
    (local $top v128) (local $top2 v128) (local $largest f32) (local $splat v128)
    (local $x v128) (local $bits v128) (local $n v128) (local $r v128) (local $y v128)
    (local $low v128) (local $high v128)
    (local.set $bytes (i32.shl (local.get $length) (i32.const 2)))

    (local.set $top (v128.load (local.get $row)))
    (local.set $top2 (local.get $top))
    (loop $maximum
      ;; pmax is one instruction; a NaN is passed over here and comes out in the sum.
      (local.set $top (f32x4.pmax (local.get $top) (v128.load (i32.add (local.get $row) (local.get $at)))))
      (local.set $top2 (f32x4.pmax (local.get $top2) (v128.load offset=16 (i32.add (local.get $row) (local.get $at)))))
      (br_if $maximum (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $bytes))))
    (local.set $top (f32x4.pmax (local.get $top) (local.get $top2)))
    (local.set $largest
      (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $top)) (f32x4.extract_lane 1 (local.get $top)))
        (f32.max (f32x4.extract_lane 2 (local.get $top)) (f32x4.extract_lane 3 (local.get $top)))))

    (local.set $splat (f32x4.splat (local.get $largest)))
    (local.set $at (i32.const 0))
    (block $found
      (loop $search
        (br_if $found
          (local.tee $mask
            (i32x4.bitmask
              (f32x4.eq (v128.load (i32.add (local.get $row) (local.get $at))) (local.get $splat)))))
        (br_if $search (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes)))))
    (local.set $index (i32.add (i32.shr_u (local.get $at) (i32.const 2)) (i32.ctz (local.get $mask))))

    (local.set $at (i32.const 0))
    (loop $sum
      ;; exp: x = n ln 2 + r, |r| <= ln 2 / 2; ln 2 in two parts; polynomial of Cephes' expf; below -87.3 a float is subnormal.
      (local.set $x
        (f32x4.pmax
          (f32x4.sub (v128.load (i32.add (local.get $row) (local.get $at))) (local.get $splat))
          (v128.const f32x4 -87.3 -87.3 -87.3 -87.3)))
      ;; Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
      (local.set $bits
        (f32x4.add
          (f32x4.mul (local.get $x) (v128.const f32x4 1.44269504 1.44269504 1.44269504 1.44269504))
          (v128.const f32x4 12582912 12582912 12582912 12582912)))
      (local.set $n
        (f32x4.sub (local.get $bits) (v128.const f32x4 12582912 12582912 12582912 12582912)))
      (local.set $r
        (f32x4.sub
          (f32x4.sub
            (local.get $x)
            (f32x4.mul (local.get $n) (v128.const f32x4 0.693359375 0.693359375 0.693359375 0.693359375)))
          (f32x4.mul (local.get $n) (v128.const f32x4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4))))
      (local.set $y (v128.const f32x4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4))
      (local.set $y
        (f32x4.add (f32x4.mul (local.get $y) (local.get $r))
          (v128.const f32x4 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3)))
      (local.set $y
        (f32x4.add (f32x4.mul (local.get $y) (local.get $r))
          (v128.const f32x4 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3)))
      (local.set $y
        (f32x4.add (f32x4.mul (local.get $y) (local.get $r))
          (v128.const f32x4 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2)))
      (local.set $y
        (f32x4.add (f32x4.mul (local.get $y) (local.get $r))
          (v128.const f32x4 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1)))
      (local.set $y
        (f32x4.add (f32x4.mul (local.get $y) (local.get $r))
          (v128.const f32x4 5.0000001201e-1 5.0000001201e-1 5.0000001201e-1 5.0000001201e-1)))
      (local.set $y
        (f32x4.mul
          (f32x4.add
            (f32x4.add
              (f32x4.mul (f32x4.mul (local.get $y) (local.get $r)) (local.get $r))
              (local.get $r))
            (v128.const f32x4 1 1 1 1))
          ;; 2^n by its bits
          (i32x4.shl
            (i32x4.add (local.get $bits) (v128.const i32x4 127 127 127 127))
            (i32.const 23))))
      (v128.store (i32.add (local.get $exps) (local.get $at)) (local.get $y))
      (local.set $low (f64x2.add (local.get $low) (f64x2.promote_low_f32x4 (local.get $y))))
      (local.set $high
        (f64x2.add (local.get $high)
          (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $y) (local.get $y)))))
      (br_if $sum (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes))))

    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (f64.store (local.get $out)
      (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low))))
    (f32.store offset=8 (local.get $out) (local.get $largest))
    (i32.store offset=12 (local.get $out) (local.get $index)))

  ;; Sum over the row of exps[i] * ((base[i] - tested[i]) - shift), in double. With shift = ln sum(base) - ln sum(tested)
  ;; and divided by the base's sum of exponentials this is the KL divergence; equal rows give exactly 0.
  (func (export "divergence")
    (param $base i32) (param $tested i32) (param $exps i32) (param $length i32) (param $shift f64) (result f64)
    (local $bytes i32) (local $at i32) (local $splat v128)
    (local $p v128) (local $q v128) (local $e v128) (local $low v128) (local $high v128)
    (local.set $bytes (i32.shl (local.get $length) (i32.const 2)))
    (local.set $splat (f64x2.splat (local.get $shift)))
    (loop $sum
      (local.set $p (v128.load (i32.add (local.get $base) (local.get $at))))
      (local.set $q (v128.load (i32.add (local.get $tested) (local.get $at))))
      (local.set $e (v128.load (i32.add (local.get $exps) (local.get $at))))
      (local.set $low
        (f64x2.add (local.get $low)
          (f64x2.mul
            (f64x2.promote_low_f32x4 (local.get $e))
            (f64x2.sub
              (f64x2.sub (f64x2.promote_low_f32x4 (local.get $p)) (f64x2.promote_low_f32x4 (local.get $q)))
              (local.get $splat)))))
      (local.set $p (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $p) (local.get $p)))
      (local.set $q (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $q) (local.get $q)))
      (local.set $e (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $e) (local.get $e)))
      (local.set $high
        (f64x2.add (local.get $high)
          (f64x2.mul
            (f64x2.promote_low_f32x4 (local.get $e))
            (f64x2.sub
              (f64x2.sub (f64x2.promote_low_f32x4 (local.get $p)) (f64x2.promote_low_f32x4 (local.get $q)))
              (local.get $splat)))))
      (br_if $sum (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes))))
    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low)))))
